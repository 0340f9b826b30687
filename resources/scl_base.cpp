// SPDX-License-Identifier: Apache-2.0
// sclBase: the root of the tree, made by the SCL itself.  TS 102 921 10.4
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& scl_base() {
  static const ResourceType type{
      .name = "sclBase",
      .verbs = Verb::retrieve | Verb::update,
      .attributes = {
          attributes::access_right_id(NA),
          attributes::search_strings(),
          attributes::creation_time(),
          attributes::last_modified_time(),
          {.name = "aPocHandling", .type = &types::apoc_handling, .create = NA, .update = O, .response = O},
          attributes::reference("sclsReference", "scls"),
          attributes::reference("applicationsReference", "applications"),
          attributes::reference("containersReference", "containers"),
          attributes::reference("groupsReference", "groups"),
          attributes::reference("accessRightsReference", "accessRights"),
          attributes::reference("subscriptionsReference", "subscriptions"),
          attributes::reference("discoveryReference", "discovery"),
      },
      .children = {"scls", "applications", "containers", "groups", "accessRights", "subscriptions", "discovery"},
      .member_type = "SCL_BASE",
  };
  return type;
}

}  // namespace nscl::resources
