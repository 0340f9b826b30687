// SPDX-License-Identifier: Apache-2.0
// groups: groups and announced groups.  TS 102 921 10.20
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& groups() {
  static const ResourceType type{
      .name = "groups",
      .verbs = Verb::retrieve | Verb::update,
      .attributes = {
          attributes::access_right_id(NA),
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::collection("groupCollection", "group"),
          attributes::collection("groupAnncCollection", "groupAnnc"),
          attributes::reference("subscriptionsReference", "subscriptions"),
      },
      .children = {"subscriptions"},
      .is_collection = true,
  };
  return type;
}

}  // namespace nscl::resources
