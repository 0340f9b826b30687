// SPDX-License-Identifier: Apache-2.0
// subscriptions: who wants to be told of changes of the resource above.  TS 102 921 10.24
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& subscriptions() {
  static const ResourceType type{
      .name = "subscriptions",
      .verbs = Verb::retrieve,
      .attributes = {
          attributes::collection("subscriptionCollection", "subscription"),
      },
      .is_collection = true,
      .governance = Governance::parent,
      .keeps_times = false,
  };
  return type;
}

}  // namespace nscl::resources
