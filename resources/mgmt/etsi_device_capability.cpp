// SPDX-License-Identifier: Apache-2.0
// etsiDeviceCapability: what the device can do; one capabilityInstance for each.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& etsi_device_capability() {
  static const auto type = core::mgmt_obj_type("etsiDeviceCapability", "EtsiDeviceCapability");
  return type;
}

}  // namespace nscl::resources
