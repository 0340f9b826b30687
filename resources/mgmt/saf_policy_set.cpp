// SPDX-License-Identifier: Apache-2.0
// safPolicySet: store-and-forward policies for some applications, or by default.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& saf_policy_set() {
  static const auto type = core::parameters_type("safPolicySet", "SafPolicySet", {
      core::mo_attribute("policyScope", types::uri_list, M),
  });
  return type;
}

}  // namespace nscl::resources
