// SPDX-License-Identifier: Apache-2.0
// areaNwkDeviceInfoInstance: one device and how it sleeps (seconds).  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& area_nwk_device_info_instance() {
  static const auto type = core::parameters_type("areaNwkDeviceInfoInstance", "AreaNwkDeviceInfoInstance", {
      core::by_entity("areaNwkID", types::integer, M),
      core::mo_attribute("sleepInterval", types::non_negative, M),
      core::mo_attribute("sleepDuration", types::non_negative, M),
      core::by_entity("status", types::area_nwk_status, M),
      core::by_entity("areaNwkTypeInfoOfDevice", types::name_value_set, M),
      core::mo_attribute("groupsReference", types::uri),
  });
  return type;
}

}  // namespace nscl::resources
