// SPDX-License-Identifier: Apache-2.0
// applications: applications registered here, or announced by the SCL above.  TS 102 921 10.7
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& applications() {
  static const ResourceType type{
      .name = "applications",
      .verbs = Verb::retrieve | Verb::update,
      .attributes = {
          attributes::access_right_id(NA),
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::collection("applicationCollection", "application"),
          attributes::collection("applicationAnncCollection", "applicationAnnc"),
          attributes::reference("subscriptionsReference", "subscriptions"),
          attributes::reference("mgmtObjsReference", "mgmtObjs"),
      },
      .children = {"subscriptions", "mgmtObjs"},
      .is_collection = true,
  };
  return type;
}

}  // namespace nscl::resources
