// SPDX-License-Identifier: Apache-2.0
// scls: the SCLs registered at this one.  TS 102 921 10.5
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& scls() {
  static const ResourceType type{
      .name = "scls",
      .verbs = Verb::retrieve | Verb::update,
      .attributes = {
          attributes::access_right_id(NA),
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::collection("sclCollection", "scl"),
          attributes::reference("subscriptionsReference", "subscriptions"),
          attributes::reference("mgmtObjsReference", "mgmtObjs"),
      },
      .children = {"subscriptions", "mgmtObjs"},
      .is_collection = true,
  };
  return type;
}

}  // namespace nscl::resources
