// SPDX-License-Identifier: Apache-2.0
// etsiAreaNwkDeviceInfo: the devices of the area networks; one areaNwkDeviceInfoInstance for each.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& etsi_area_nwk_device_info() {
  static const auto type = core::mgmt_obj_type("etsiAreaNwkDeviceInfo", "EtsiAreaNwkDeviceInfo");
  return type;
}

}  // namespace nscl::resources
