// SPDX-License-Identifier: Apache-2.0
// batteryInstance: charge (per cent) and state of one battery.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& battery_instance() {
  static const auto type = core::parameters_type("batteryInstance", "BatteryInstance", {
      core::by_entity("battLevel", types::battery_level, M),
      core::by_entity("battStatus", types::battery_status, M),
  });
  return type;
}

}  // namespace nscl::resources
