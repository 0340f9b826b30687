// SPDX-License-Identifier: Apache-2.0
// sclAnncs: SCLs that a registered SCL is told of.  TS 102 921 10.5a
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& scl_anncs() {
  static const ResourceType type{
      .name = "sclAnncs",
      .verbs = Verb::retrieve | Verb::update,
      .attributes = {
          attributes::access_right_id(NA),
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::collection("sclAnncCollection", "sclAnnc"),
          attributes::reference("subscriptionsReference", "subscriptions"),
      },
      .children = {"subscriptions"},
      .is_collection = true,
  };
  return type;
}

}  // namespace nscl::resources
