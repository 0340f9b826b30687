// SPDX-License-Identifier: Apache-2.0
// mgmtCmd: a command of TR-069 that no object can stand for.  TS 102 921 10.31
#include <nscl/core/management.h>

namespace nscl::resources {
using namespace model;

namespace mgmt_cmd_rules {

// The table lets the client name the switch, but where a command is executed is the SCL's to say.
Result<void> own_switch(core::HookContext& context) {
  if (context.resource.attributes.erase("execEnable")) context.altered = true;
  return {};
}

Attribute exec_enable() {
  auto attribute = attributes::reference("execEnable", "execEnable");
  attribute.create = O;
  attribute.trigger = true;
  return attribute;
}

}  // namespace mgmt_cmd_rules

const ResourceType& mgmt_cmd() {
  static const ResourceType type{
      .name = "mgmtCmd",
      .parents = {"mgmtObjs"},
      .verbs = Verb::create | Verb::retrieve | Verb::update | Verb::remove | Verb::execute,
      .attributes = {
          attributes::expiration_time(),
          attributes::access_right_id(),
          attributes::search_strings(),
          attributes::creation_time(),
          attributes::last_modified_time(),
          {.name = "description", .type = &types::string, .create = O, .update = O, .response = O},
          {.name = "cmdType", .type = &types::cmd_type, .create = M, .update = O, .response = M},
          mgmt_cmd_rules::exec_enable(),
          {.name = "execReqArgs", .type = &types::exec_req_args, .create = O, .update = O, .response = O},
          attributes::reference("execInstancesReference", "execInstances"),
          attributes::reference("subscriptionsReference", "subscriptions"),
          attributes::id(),
      },
      .children = {"execInstances", "subscriptions"},
      .id_attribute = "id",
      .id_prefix = "CMD_",
      .member_type = "MGMT_CMD",
      .searchable = true,
      .expires = true,
      .hooks = {.before_create = mgmt_cmd_rules::own_switch, .before_update = core::check_changed_object},
  };
  return type;
}

}  // namespace nscl::resources
