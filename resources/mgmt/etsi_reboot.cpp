// SPDX-License-Identifier: Apache-2.0
// etsiReboot: how the device is to be restarted.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& etsi_reboot() {
  static const auto type = core::mgmt_obj_type("etsiReboot", "EtsiReboot", {
      core::mo_attribute("rebootLevel", types::reboot_level),
      core::mo_attribute("rebootTiming", types::reboot_timing),
      core::mo_attribute("applicationRef", types::string),
      core::by_entity("rebootActionStatus", types::action_status),
  });
  return type;
}

}  // namespace nscl::resources
