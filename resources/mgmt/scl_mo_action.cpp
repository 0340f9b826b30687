// SPDX-License-Identifier: Apache-2.0
// sclMoAction: makes the managed SCL register again or leave.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& scl_mo_action() {
  static const auto type = core::parameters_type("sclMoAction", "SclMoAction", {
      core::trigger("reRegistration"),
      core::trigger("deRegistration"),
  }, "sclMoAction");
  return type;
}

}  // namespace nscl::resources
