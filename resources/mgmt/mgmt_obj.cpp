// SPDX-License-Identifier: Apache-2.0
// mgmtObj: a management object of a model that the standard does not know; its attributes are of other namespaces.
// TS 102 921 10.29
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& mgmt_obj() {
  static const auto type = core::mgmt_obj_type("mgmtObj");
  return type;
}

}  // namespace nscl::resources
