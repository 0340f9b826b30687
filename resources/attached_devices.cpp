// SPDX-License-Identifier: Apache-2.0
// attachedDevices: the devices behind a gateway that are no SCLs themselves.  TS 102 921 10.34
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& attached_devices() {
  static const ResourceType type{
      .name = "attachedDevices",
      .verbs = Verb::retrieve | Verb::update,
      .attributes = {
          attributes::access_right_id(NA),
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::collection("attachedDeviceCollection", "attachedDevice"),
          attributes::reference("subscriptionsReference", "subscriptions"),
          attributes::reference_in_release_2("mgmtObjsReference", "mgmtObjs"),
      },
      .children = {"subscriptions", "mgmtObjs"},
      .is_collection = true,
  };
  return type;
}

}  // namespace nscl::resources
