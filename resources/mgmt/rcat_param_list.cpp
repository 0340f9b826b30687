// SPDX-License-Identifier: Apache-2.0
// rcatParamList: how long and how much of a request category may be held back.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& rcat_param_list() {
  static const auto type = core::parameters_type("rcatParamList", "RcatParamList", {
      core::mo_attribute("rcatValue", types::rcat, M),
      core::mo_attribute("defaultTrpdtValue", types::trpdt, M),
      core::mo_attribute("maxPendReqs", types::non_negative),
      core::mo_attribute("maxPendData", types::memory_size),
      core::mo_attribute("rankedAnList", types::ranked_an_list, M),
  });
  return type;
}

}  // namespace nscl::resources
