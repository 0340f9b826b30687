// SPDX-License-Identifier: Apache-2.0
// communicationChannel: how an SCL without a server gets requests.  TS 102 921 10.42
#include <nscl/core/channels.h>
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& communication_channel() {
  static const ResourceType type = core::channel_type("communicationChannel", "communicationChannels", "CC_");
  return type;
}

}  // namespace nscl::resources
