// SPDX-License-Identifier: Apache-2.0
// swInstance: one software package. The schema demands swActionStatus, by mistake (resources.md 4.3).  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& sw_instance() {
  static const auto type = core::parameters_type("swInstance", "SwInstance", {
      core::mo_attribute("softwareName", types::text_64, M),
      core::mo_attribute("softwareVersion", types::text_32, M),
      core::mo_attribute("softwareURL", types::text_1024, M),
      core::by_entity("swActionStatus", types::action_status),
  });
  return type;
}

}  // namespace nscl::resources
