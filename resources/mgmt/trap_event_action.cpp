// SPDX-License-Identifier: Apache-2.0
// trapEventAction: starts and ends the watching.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& trap_event_action() {
  static const auto type = core::parameters_type("trapEventAction", "TrapEventAction", {
      core::trigger("trapEventEnable"),
      core::trigger("trapEventDisable"),
  }, "trapEventAction");
  return type;
}

}  // namespace nscl::resources
