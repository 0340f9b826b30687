// SPDX-License-Identifier: Apache-2.0
// attachedDevice: a device without M2M service capabilities; it is there for its management objects.  TS 102 921 10.35
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& attached_device() {
  static const ResourceType type{
      .name = "attachedDevice",
      .parents = {"attachedDevices"},
      .verbs = Verb::create | Verb::retrieve | Verb::update | Verb::remove,
      .attributes = {
          attributes::access_right_id(),
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::reference("mgmtObjsReference", "mgmtObjs"),
          attributes::reference("subscriptionsReference", "subscriptions"),
          attributes::id(),
      },
      .children = {"subscriptions", "mgmtObjs"},
      .id_attribute = "id",
      .id_prefix = "DEV_",
      .member_type = "ATTACHED_DEVICE",
  };
  return type;
}

}  // namespace nscl::resources
