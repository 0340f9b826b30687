// SPDX-License-Identifier: Apache-2.0
// trapInstance: one watched event and when it occured last.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& trap_instance() {
  static const auto type = core::parameters_type("trapInstance", "TrapInstance", {
      core::mo_attribute("trapId", types::string),
      core::by_entity("eventOccured", types::occured_events),
      core::by_entity("trapActionStatus", types::action_status),
  });
  return type;
}

}  // namespace nscl::resources
