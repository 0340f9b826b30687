// SPDX-License-Identifier: Apache-2.0
// membersContent: stands for what the same path means at every member of the group; each verb is passed on to them.
// TS 102 921 10.23
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& members_content() {
  static const ResourceType type{
      .name = "membersContent",
      .verbs = Verb::create | Verb::retrieve | Verb::update | Verb::remove | Verb::execute,
      .governance = Governance::parent,
      .keeps_times = false,
  };
  return type;
}

}  // namespace nscl::resources
