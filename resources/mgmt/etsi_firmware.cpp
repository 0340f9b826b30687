// SPDX-License-Identifier: Apache-2.0
// etsiFirmware: firmware of the device; one fwInstance for each image.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& etsi_firmware() {
  static const auto type = core::mgmt_obj_type("etsiFirmware", "EtsiFirmware");
  return type;
}

}  // namespace nscl::resources
