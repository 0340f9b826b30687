// SPDX-License-Identifier: Apache-2.0
// contentInstances: the content of a container; its instances stand in it whole.  TS 102 921 10.18
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& content_instances() {
  static const ResourceType type{
      .name = "contentInstances",
      .verbs = Verb::retrieve,
      .attributes = {
          attributes::creation_time(),
          attributes::last_modified_time(),
          {.name = "currentNrOfInstances", .type = &types::integer, .origin = Origin::computed},
          {.name = "currentByteSize", .type = &types::integer, .origin = Origin::computed},
          {.name = "contentInstanceCollection", .type = &types::content_instance_collection, .origin = Origin::computed},
          {.name = "latest", .type = &types::named_reference, .response = O, .origin = Origin::computed},
          {.name = "oldest", .type = &types::named_reference, .response = O, .origin = Origin::computed},
          attributes::reference("subscriptionsReference", "subscriptions"),
      },
      .children = {"subscriptions"},
      .is_collection = true,
      .governance = Governance::parent,
  };
  return type;
}

}  // namespace nscl::resources
