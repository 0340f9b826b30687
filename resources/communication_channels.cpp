// SPDX-License-Identifier: Apache-2.0
// communicationChannels: the communicationChannels of the resource above.  TS 102 921 10.41
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& communication_channels() {
  static const ResourceType type{
      .name = "communicationChannels",
      .verbs = Verb::retrieve,
      .attributes = {
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::collection("communicationChannelCollection", "communicationChannel"),
      },
      .is_collection = true,
      .governance = Governance::owner_only,
  };
  return type;
}

}  // namespace nscl::resources
