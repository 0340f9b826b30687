// SPDX-License-Identifier: Apache-2.0
// perfLogAction: starts and ends the logging.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& perf_log_action() {
  static const auto type = core::parameters_type("perfLogAction", "PerfLogAction", {
      core::trigger("perfLogStart"),
      core::trigger("perfLogStop"),
  }, "perfLogAction");
  return type;
}

}  // namespace nscl::resources
