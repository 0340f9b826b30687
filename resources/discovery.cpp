// SPDX-License-Identifier: Apache-2.0
// discovery: the search of the tree; the procedure is in core/discovery.cpp.  TS 102 921 10.36
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& discovery() {
  static const ResourceType type{
      .name = "discovery",
      .verbs = Verb::retrieve,
      .attributes = {
          {.name = "matchSize", .type = &types::integer, .response = O, .origin = Origin::computed},
          {.name = "truncated", .type = &types::boolean, .response = O, .origin = Origin::computed},
          {.name = "discoveryURI", .type = &types::uri_list, .origin = Origin::computed},
      },
      .governance = Governance::none,
      .keeps_times = false,
  };
  return type;
}

}  // namespace nscl::resources
