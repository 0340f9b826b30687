// SPDX-License-Identifier: Apache-2.0
// etsiDeviceInfo: what the device is; only its label is given from outside.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& etsi_device_info() {
  static const auto type = core::mgmt_obj_type("etsiDeviceInfo", "EtsiDeviceInfo", {
      core::mo_attribute("deviceLabel", types::string),
      core::by_entity("manufacturer", types::string),
      core::by_entity("model", types::string),
      core::by_entity("deviceType", types::string),
      core::by_entity("firmwareVersion", types::string),
      core::by_entity("softwareVersion", types::text_32),
      core::by_entity("hardwareVersion", types::string),
  });
  return type;
}

}  // namespace nscl::resources
