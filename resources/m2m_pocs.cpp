// SPDX-License-Identifier: Apache-2.0
// m2mPocs: the points of contact of a registered SCL.  TS 102 921 10.26
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& m2m_pocs() {
  static const ResourceType type{
      .name = "m2mPocs",
      .verbs = Verb::retrieve,
      .attributes = {
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::collection("m2mPocCollection", "m2mPoc"),
      },
      .is_collection = true,
      .governance = Governance::owner_only,
  };
  return type;
}

}  // namespace nscl::resources
