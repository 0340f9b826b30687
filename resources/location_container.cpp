// SPDX-License-Identifier: Apache-2.0
// locationContainer: a container of places, filled by applications or by the network's location server.  TS 102 921 10.16
#include <algorithm>

#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& container();

namespace location_container_rules {

// The schema extends Container: the attribute stands behind all of its elements.
ResourceType extended_container() {
  auto type = container();
  type.name = "locationContainer";
  type.parents = {"containers"};
  const auto id = std::find_if(type.attributes.begin(), type.attributes.end(), [](const Attribute& a) { return a.form == Field::Form::attribute; });
  type.attributes.insert(id, {.name = "locationContainerType", .type = &types::location_container_type, .create = M, .update = NP, .response = M});
  type.id_prefix = "LOC_";
  type.member_type = "LOCATION_CONTAINER";
  type.announced_as = "locationContainerAnnc";
  type.unknown_to_om2m = true;
  return type;
}

}  // namespace location_container_rules

const ResourceType& location_container() {
  static const auto type = location_container_rules::extended_container();
  return type;
}

}  // namespace nscl::resources
