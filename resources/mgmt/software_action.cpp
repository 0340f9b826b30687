// SPDX-License-Identifier: Apache-2.0
// softwareAction: what can be done with a software package.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& software_action() {
  static const auto type = core::parameters_type("softwareAction", "SoftwareAction", {
      core::trigger("swDownload", M),
      core::trigger("swDownloadAndInstall", M),
      core::trigger("swInstall", M),
      core::trigger("swRemove", M),
      core::trigger("swActivate", M),
      core::trigger("swDeactivate", M),
  }, "softwareAction");
  return type;
}

}  // namespace nscl::resources
