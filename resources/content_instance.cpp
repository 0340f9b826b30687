// SPDX-License-Identifier: Apache-2.0
// contentInstance: one piece of content, never changed once it is there. Stored apart from the other resources; the
// procedures are in core/instances.cpp.  TS 102 921 10.19
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& content_instance() {
  static const ResourceType type{
      .name = "contentInstance",
      .parents = {"contentInstances"},
      .verbs = Verb::create | Verb::retrieve | Verb::remove,
      .attributes = {
          attributes::creation_time(),
          attributes::last_modified_time(),
          {.name = "delayTolerance", .type = &types::date_time, .create = O, .response = O},
          {.name = "searchStrings", .type = &types::search_strings, .create = O, .response = O},
          {.name = "contentTypes", .type = &types::content_types, .create = O, .response = M},
          {.name = "contentSize", .type = &types::integer},
          {.name = "content", .type = &types::content, .create = M, .response = M},
          attributes::id(),
          {.name = "href", .type = &types::uri, .response = O, .form = Field::Form::attribute, .qualified = false},
      },
      .id_attribute = "id",
      .governance = Governance::parent,
  };
  return type;
}

}  // namespace nscl::resources
