// SPDX-License-Identifier: Apache-2.0
// anpPolicy: when an access network may be used.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& anp_policy() {
  static const auto type = core::parameters_type("anpPolicy", "AnpPolicy", {
      core::mo_attribute("anName", types::string, M),
      core::mo_attribute("rcatSchedList", types::rcat_sched_list, M),
      core::mo_attribute("blockPeriods", types::block_list),
  });
  return type;
}

}  // namespace nscl::resources
