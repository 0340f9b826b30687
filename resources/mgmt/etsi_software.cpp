// SPDX-License-Identifier: Apache-2.0
// etsiSoftware: software of the device; one swInstance for each package.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& etsi_software() {
  static const auto type = core::mgmt_obj_type("etsiSoftware", "EtsiSoftware");
  return type;
}

}  // namespace nscl::resources
