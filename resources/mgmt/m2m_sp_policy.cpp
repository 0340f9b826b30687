// SPDX-License-Identifier: Apache-2.0
// m2mSpPolicy: the service provider's policy; one rcatParamList for each request category.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& m2m_sp_policy() {
  static const auto type = core::parameters_type("m2mSpPolicy", "M2mSpPolicy", {
      core::mo_attribute("defaultRcatValue", types::rcat, M),
  }, "m2mSpPolicy");
  return type;
}

}  // namespace nscl::resources
