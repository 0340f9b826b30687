// SPDX-License-Identifier: Apache-2.0
// etsiTrapEvent: events that the device watches for; one trapInstance for each.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& etsi_trap_event() {
  static const auto type = core::mgmt_obj_type("etsiTrapEvent", "EtsiTrapEvent");
  return type;
}

}  // namespace nscl::resources
