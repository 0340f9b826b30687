// SPDX-License-Identifier: Apache-2.0
// fwInstance: one firmware image.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& fw_instance() {
  static const auto type = core::parameters_type("fwInstance", "FwInstance", {
      core::mo_attribute("firmwareName", types::text_256, M),
      core::mo_attribute("firmwareVersion", types::string, M),
      core::mo_attribute("firmwareURL", types::text_256, M),
      core::by_entity("fwActionStatus", types::action_status),
  });
  return type;
}

}  // namespace nscl::resources
