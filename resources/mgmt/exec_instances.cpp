// SPDX-License-Identifier: Apache-2.0
// execInstances: the executions of a mgmtCmd.  TS 102 921 10.32
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& exec_instances() {
  static const ResourceType type{
      .name = "execInstances",
      .verbs = Verb::retrieve,
      .attributes = {
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::collection("execInstanceCollection", "execInstance"),
          attributes::reference("subscriptionsReference", "subscriptions"),
      },
      .children = {"subscriptions"},
      .is_collection = true,
      .governance = Governance::parent,
  };
  return type;
}

}  // namespace nscl::resources
