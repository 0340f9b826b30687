// SPDX-License-Identifier: Apache-2.0
// rebootAction: restarts the device, or sets it back to what it left the factory with.  TS 102 921 annex E
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

const ResourceType& reboot_action() {
  static const auto type = core::parameters_type("rebootAction", "RebootAction", {
      core::trigger("reboot"),
      core::trigger("factoryReset"),
  }, "rebootAction");
  return type;
}

}  // namespace nscl::resources
