// SPDX-License-Identifier: Apache-2.0
// etsiMemory: volatile memory of the device, in kilobytes.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& etsi_memory() {
  static const auto type = core::mgmt_obj_type("etsiMemory", "EtsiMemory", {
      core::by_entity("ramAvailable", types::integer),
      core::by_entity("ramTotal", types::integer),
  });
  return type;
}

}  // namespace nscl::resources
