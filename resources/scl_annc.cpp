// SPDX-License-Identifier: Apache-2.0
// sclAnnc: stands for an SCL that is registered elsewhere; its link leads to the original.  TS 102 921 10.6a
#include <nscl/core/announced.h>
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& scl_annc() {
  static const ResourceType type{
      .name = "sclAnnc",
      .parents = {"sclAnncs"},
      .verbs = Verb::create | Verb::retrieve | Verb::update | Verb::remove,
      .attributes = {
          attributes::link(),
          attributes::access_right_id(),
          attributes::search_strings(M),
          attributes::expiration_time(),
          attributes::reference("applicationsReference", "applications"),
          attributes::reference("containersReference", "containers"),
          attributes::reference("groupsReference", "groups"),
          attributes::reference("accessRightsReference", "accessRights"),
          attributes::plain_id(),
      },
      .children = {"applications", "containers", "groups", "accessRights"},
      .id_attribute = "id",
      .id_prefix = "ANNC_",
      .searchable = true,
      .keeps_times = false,
      .expires = true,
      .hooks = {.before_create = core::check_announcement, .before_update = core::check_announcement_update},
  };
  return type;
}

}  // namespace nscl::resources
