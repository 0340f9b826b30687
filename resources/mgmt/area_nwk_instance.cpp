// SPDX-License-Identifier: Apache-2.0
// areaNwkInstance: one area network and the devices in it.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& area_nwk_instance() {
  static const auto type = core::parameters_type("areaNwkInstance", "AreaNwkInstance", {
      core::by_entity("areaNwkType", types::area_nwk_type, M),
      core::by_entity("addressType", types::string, M),
      core::by_entity("areaNwkTypeInfo", types::name_value_set, M),
      core::by_entity("listOfDevices", types::group, M),
  });
  return type;
}

}  // namespace nscl::resources
