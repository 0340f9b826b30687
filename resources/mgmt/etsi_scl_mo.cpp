// SPDX-License-Identifier: Apache-2.0
// etsiSclMo: how the managed SCL registers, announces and discovers.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& etsi_scl_mo() {
  static const auto type = core::mgmt_obj_type("etsiSclMo", "EtsiSclMo", {
      core::mo_attribute("regTargetNsclList", types::uri_list),
      core::mo_attribute("regExpirationDuration", types::duration),
      core::mo_attribute("regAccessRightID", types::uri),
      core::mo_attribute("regSearchStrings", types::search_strings),
      core::mo_attribute("announcedToSclList", types::uri_list),
      core::mo_attribute("maxNumberOfDiscovRecords", types::non_negative),
      core::mo_attribute("maxSizeOfDiscovAnswer", types::non_negative),
      core::by_entity("sclActionStatus", types::action_status),
  });
  return type;
}

}  // namespace nscl::resources
