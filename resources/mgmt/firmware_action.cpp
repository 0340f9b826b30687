// SPDX-License-Identifier: Apache-2.0
// firmwareAction: what can be done with a firmware image.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& firmware_action() {
  static const auto type = core::parameters_type("firmwareAction", "FirmwareAction", {
      core::trigger("fwDownload", M),
      core::trigger("fwUpdate", M),
      core::trigger("fwDownloadAndUpdate", M),
      core::trigger("fwRemove", M),
  }, "firmwareAction");
  return type;
}

}  // namespace nscl::resources
