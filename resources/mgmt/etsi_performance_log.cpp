// SPDX-License-Identifier: Apache-2.0
// etsiPerformanceLog: a log of the device. The schema spells perfoLogActionStatus so.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& etsi_performance_log() {
  static const auto type = core::mgmt_obj_type("etsiPerformanceLog", "EtsiPerformanceLog", {
      core::mo_attribute("logTypeId", types::log_type),
      core::by_entity("logData", types::log_data),
      core::by_entity("perfoLogActionStatus", types::action_status),
  });
  return type;
}

}  // namespace nscl::resources
