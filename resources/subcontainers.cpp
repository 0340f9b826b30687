// SPDX-License-Identifier: Apache-2.0
// subcontainers: containers inside a container.  TS 102 921 10.40
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& subcontainers() {
  static const ResourceType type{
      .name = "subcontainers",
      .verbs = Verb::retrieve | Verb::update,
      .attributes = {
          attributes::access_right_id(NA),
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::collection("containerCollection", "container"),
          attributes::reference("subscriptionsReference", "subscriptions"),
      },
      .children = {"subscriptions"},
      .is_collection = true,
  };
  return type;
}

}  // namespace nscl::resources
