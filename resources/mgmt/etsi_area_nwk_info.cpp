// SPDX-License-Identifier: Apache-2.0
// etsiAreaNwkInfo: the area networks of a gateway; one areaNwkInstance for each.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& etsi_area_nwk_info() {
  static const auto type = core::mgmt_obj_type("etsiAreaNwkInfo", "EtsiAreaNwkInfo", {
      core::by_entity("numOfAreaNwks", types::integer),
  });
  return type;
}

}  // namespace nscl::resources
