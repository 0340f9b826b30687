// SPDX-License-Identifier: Apache-2.0
// applicationAnnc: stands for an application of another SCL; its link leads to the original.  TS 102 921 10.9
#include <nscl/core/announced.h>
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& application_annc() {
  static const ResourceType type{
      .name = "applicationAnnc",
      .parents = {"applications"},
      .verbs = Verb::create | Verb::retrieve | Verb::update | Verb::remove,
      .attributes = {
          attributes::link(),
          attributes::access_right_id(),
          attributes::search_strings(M),
          attributes::expiration_time(),
          attributes::announce_to_in_release_2(),
          attributes::reference("containersReference", "containers"),
          attributes::reference("groupsReference", "groups"),
          attributes::reference("accessRightsReference", "accessRights"),
          attributes::plain_id(),
      },
      .children = {"containers", "groups", "accessRights"},
      .id_attribute = "id",
      .id_prefix = "ANNC_",
      .announced_as = "applicationAnnc",
      .searchable = true,
      .keeps_times = false,
      .expires = true,
      .hooks = {.before_create = core::check_announcement, .before_update = core::check_announcement_update},
  };
  return type;
}

}  // namespace nscl::resources
