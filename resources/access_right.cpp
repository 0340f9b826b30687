// SPDX-License-Identifier: Apache-2.0
// accessRight: who may do what with the resources that point to it, and with itself.  TS 102 921 10.11
#include <set>

#include <nscl/core/hooks.h>
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

namespace access_right_rules {

std::size_t holders_of(const Value& permission) {
  std::size_t count = 0;
  const auto* holders = permission.find("permissionHolders");
  if (!holders) return 0;
  for (const auto& kind : holders->object()) {
    for (const auto& member : kind.value.object()) count += member.value.list().size();
  }
  return count;
}

Result<void> check_list(const core::HookContext& context, std::string_view name) {
  const auto* permissions = context.resource.attributes.find(name);
  const auto* list = permissions ? permissions->find("permission") : nullptr;
  if (!list) return {};
  if (list->list().size() > context.policy.permissions_per_access_right) return failure(Status::forbidden, std::string(name) + " holds more permissions than this SCL takes");
  std::set<std::string_view> ids;
  std::size_t holders = 0;
  for (const auto& permission : list->list()) {
    holders += holders_of(permission);
    const auto* id = permission.find("id");
    if (id && !ids.insert(id->text()).second) return bad_request("two permissions in " + std::string(name) + " have the id " + std::string(id->text()));
  }
  return holders <= context.policy.holders_per_access_right ? Result<void>{} : failure(Status::forbidden, std::string(name) + " names more holders than this SCL takes");
}

Result<void> check(core::HookContext& context) {
  const auto* self = context.resource.attributes.find("selfPermissions");
  const auto* list = self ? self->find("permission") : nullptr;
  if (!list || list->list().empty()) return bad_request("selfPermissions must hold a permission, or nobody could change this accessRight");
  if (auto result = check_list(context, "permissions"); !result) return result;
  return check_list(context, "selfPermissions");
}

}  // namespace access_right_rules

const ResourceType& access_right() {
  static const ResourceType type{
      .name = "accessRight",
      .parents = {"accessRights"},
      .verbs = Verb::create | Verb::retrieve | Verb::update | Verb::remove,
      .attributes = {
          attributes::expiration_time(),
          attributes::search_strings(),
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::announce_to(),
          {.name = "permissions", .type = &types::permission_list, .create = O, .update = O, .response = M},
          {.name = "selfPermissions", .type = &types::permission_list, .create = M, .update = M, .response = M},
          attributes::reference("subscriptionsReference", "subscriptions"),
          attributes::id(),
      },
      .children = {"subscriptions"},
      .id_attribute = "id",
      .id_prefix = "AR_",
      .member_type = "ACCESS_RIGHT",
      .announced_as = "accessRightAnnc",
      .governance = Governance::self,
      .searchable = true,
      .expires = true,
      .audited = true,
      .hooks = {.before_create = access_right_rules::check, .before_update = access_right_rules::check},
  };
  return type;
}

}  // namespace nscl::resources
