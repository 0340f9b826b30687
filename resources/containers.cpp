// SPDX-License-Identifier: Apache-2.0
// containers: containers and announced containers.  TS 102 921 10.13
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& containers() {
  static const ResourceType type{
      .name = "containers",
      .verbs = Verb::retrieve | Verb::update,
      .attributes = {
          attributes::access_right_id(NA),
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::collection("containerCollection", "container"),
          attributes::collection("containerAnncCollection", "containerAnnc"),
          attributes::collection("locationContainerCollection", "locationContainer"),
          attributes::collection("locationContainerAnncCollection", "locationContainerAnnc"),
          attributes::reference("subscriptionsReference", "subscriptions"),
      },
      .children = {"subscriptions"},
      .is_collection = true,
  };
  return type;
}

}  // namespace nscl::resources
