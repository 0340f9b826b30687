// SPDX-License-Identifier: Apache-2.0
// execInstance: one execution of a mgmtCmd, made by the SCL.  TS 102 921 10.33
#include <nscl/model/mgmt_types.h>
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

const ResourceType& exec_instance() {
  static const ResourceType type{
      .name = "execInstance",
      .parents = {"execInstances"},
      .verbs = Verb::retrieve | Verb::remove,
      .attributes = {
          attributes::expiration_time(),
          attributes::access_right_id(),
          attributes::creation_time(),
          attributes::last_modified_time(),
          {.name = "execStatus", .type = &types::exec_status},
          {.name = "execResult", .type = &types::exec_result},
          {.name = "execDisable", .type = &types::uri, .response = O, .local_uri = true, .trigger = true},
          attributes::reference("subscriptionsReference", "subscriptions"),
          attributes::id(),
      },
      .children = {"subscriptions"},
      .id_attribute = "id",
      .id_prefix = "EXEC_",
      .expires = true,
  };
  return type;
}

}  // namespace nscl::resources
