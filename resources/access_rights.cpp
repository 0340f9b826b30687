// SPDX-License-Identifier: Apache-2.0
// accessRights: access rights and announced access rights.  TS 102 921 10.10
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& access_rights() {
  static const ResourceType type{
      .name = "accessRights",
      .verbs = Verb::retrieve | Verb::update,
      .attributes = {
          attributes::access_right_id(NA),
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::collection("accessRightCollection", "accessRight"),
          attributes::collection("accessRightAnncCollection", "accessRightAnnc"),
          attributes::reference("subscriptionsReference", "subscriptions"),
      },
      .children = {"subscriptions"},
      .is_collection = true,
  };
  return type;
}

}  // namespace nscl::resources
