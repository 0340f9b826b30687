// SPDX-License-Identifier: Apache-2.0
// capabilityAction: switches a capability on and off.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& capability_action() {
  static const auto type = core::parameters_type("capabilityAction", "CapabilityAction", {
      core::trigger("devCapEnable", M),
      core::trigger("devCapDisable", M),
  }, "capabilityAction");
  return type;
}

}  // namespace nscl::resources
