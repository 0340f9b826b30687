// SPDX-License-Identifier: Apache-2.0
// capabilityInstance: one capability, such as a camera.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& capability_instance() {
  static const auto type = core::parameters_type("capabilityInstance", "CapabilityInstance", {
      core::by_entity("capabilityName", types::string),
      core::by_entity("attached", types::boolean),
      core::by_entity("capabilityActionStatus", types::action_status),
  });
  return type;
}

}  // namespace nscl::resources
