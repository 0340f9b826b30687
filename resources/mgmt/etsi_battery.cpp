// SPDX-License-Identifier: Apache-2.0
// etsiBattery: how long the batteries last (minutes); one batteryInstance for each.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& etsi_battery() {
  static const auto type = core::mgmt_obj_type("etsiBattery", "EtsiBattery", {
      core::by_entity("standbyTime", types::integer, M),
  });
  return type;
}

}  // namespace nscl::resources
