// SPDX-License-Identifier: Apache-2.0
// notificationChannels: the notificationChannels of the resource above.  TS 102 921 10.38
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& notification_channels() {
  static const ResourceType type{
      .name = "notificationChannels",
      .verbs = Verb::retrieve,
      .attributes = {
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::collection("notificationChannelCollection", "notificationChannel"),
      },
      .is_collection = true,
      .governance = Governance::owner_only,
  };
  return type;
}

}  // namespace nscl::resources
