// SPDX-License-Identifier: Apache-2.0
// mgmtObjs: management objects and commands of the resource above.  TS 102 921 10.28
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& mgmt_objs() {
  static const ResourceType type{
      .name = "mgmtObjs",
      .verbs = Verb::retrieve | Verb::update,
      .attributes = {
          attributes::access_right_id(NA),
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::collection("mgmtObjCollection", "mgmtObj"),
          attributes::collection("mgmtCmdCollection", "mgmtCmd"),
          attributes::reference("subscriptionsReference", "subscriptions"),
      },
      .children = {"subscriptions"},
      .is_collection = true,
  };
  return type;
}

}  // namespace nscl::resources
