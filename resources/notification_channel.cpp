// SPDX-License-Identifier: Apache-2.0
// notificationChannel: how an application or SCL without a server gets its notifications.  TS 102 921 10.37
#include <nscl/core/channels.h>
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& notification_channel() {
  static const ResourceType type = core::channel_type("notificationChannel", "notificationChannels", "NC_");
  return type;
}

}  // namespace nscl::resources
