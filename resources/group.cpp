// SPDX-License-Identifier: Apache-2.0
// group: resources that are addressed together.  TS 102 921 10.21
#include <set>

#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/core/hooks.h>
#include <nscl/model/resource_type.h>

namespace nscl::resources {
using namespace model;

namespace group_rules {

enum class Fit { right, wrong, unknown };

// A member that the requestor may not discover counts as missing, or a group would tell what exists.
Fit fit_of(core::HookContext& context, std::string_view reference, std::string_view wanted) {
  const auto path = context.access.local_path(reference, context.request.host);
  if (path == "\n") return Fit::unknown;
  const auto member = context.view.find(path);
  if (!member || member->expiration_time <= context.now) return Fit::wrong;
  core::Authoriser authoriser(context.view, context.registry, context.policy, *context.request.from, context.now);
  if (authoriser.resource(*member, security::Flag::discover) != security::Decision::allowed) return Fit::wrong;
  if (member->type->name == "group") return core::text_of(*member, "memberType") == wanted ? Fit::right : Fit::wrong;
  return member->type->member_type == wanted ? Fit::right : Fit::wrong;
}

void set_members(core::HookContext& context, List members) {
  Object wrapper;
  wrapper.set("reference", std::move(members));
  context.resource.attributes.set("members", std::move(wrapper));
}

List distinct_members(core::HookContext& context) {
  List distinct;
  const auto* members = context.resource.attributes.find("members");
  const auto* list = members ? members->find("reference") : nullptr;
  if (!list) return distinct;
  std::set<std::string_view> seen;
  for (const auto& member : list->list()) {
    if (seen.insert(member.text()).second) distinct.push_back(member);
  }
  if (distinct.size() != list->list().size()) context.altered = true;
  return distinct;
}

Result<void> check_size(core::HookContext& context, std::size_t size) {
  const auto* most = context.resource.attributes.find("maxNrOfMembers");
  const auto* number = most ? most->get<std::int64_t>() : nullptr;
  if (!number) context.resource.attributes.set("maxNrOfMembers", -1);
  const auto status = context.request.dialect == core::Dialect::om2m ? Status::bad_request : Status::forbidden;
  if (number && *number >= 0 && size > std::size_t(*number)) return failure(status, "the group has more members than maxNrOfMembers");
  if (size > context.policy.members_per_group) return failure(status, "the group has more members than this SCL takes");
  return {};
}

// resources.md 3.22: what becomes of a member of the wrong type is the consistencyStrategy's.
Result<void> check_members(core::HookContext& context) {
  auto& attributes = context.resource.attributes;
  if (!attributes.find("consistencyStrategy")) attributes.set("consistencyStrategy", "ABANDON_MEMBER");
  const std::string strategy(core::text_of(context.resource, "consistencyStrategy"));
  const std::string wanted(core::text_of(context.resource, "memberType"));
  auto members = distinct_members(context);
  if (auto result = check_size(context, members.size()); !result) return result;

  bool validated = true;
  List kept;
  for (auto& member : members) {
    const auto fit = wanted == "MIXED" ? Fit::right : fit_of(context, member.text(), wanted);
    validated = validated && fit != Fit::unknown;
    if (fit == Fit::wrong && strategy == "ABANDON_GROUP") return context.abandon("a member has another type than memberType, or does not exist");
    if (fit == Fit::wrong) context.altered = true;
    if (fit == Fit::wrong && strategy == "MODIFY_TYPE") attributes.set("memberType", "MIXED");
    if (fit != Fit::wrong || strategy == "MODIFY_TYPE") kept.push_back(std::move(member));
  }
  attributes.set("memberTypeValidated", validated);
  set_members(context, std::move(kept));
  return {};
}

Result<void> count_members(core::HookContext& context) {
  const auto* members = context.resource.attributes.find("members");
  const auto* list = members ? members->find("reference") : nullptr;
  context.representation->set("currentNrOfMembers", std::int64_t(list ? list->list().size() : 0));
  return {};
}

}  // namespace group_rules

const ResourceType& group() {
  static const ResourceType type{
      .name = "group",
      .parents = {"groups"},
      .verbs = Verb::create | Verb::retrieve | Verb::update | Verb::remove,
      .attributes = {
          attributes::expiration_time(),
          attributes::access_right_id(),
          attributes::search_strings(),
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::announce_to(),
          {.name = "memberType", .type = &types::member_type, .create = M, .update = NP, .response = M},
          {.name = "currentNrOfMembers", .type = &types::integer, .origin = Origin::computed},
          {.name = "maxNrOfMembers", .type = &types::integer, .create = O, .update = O, .response = M},
          {.name = "members", .type = &types::uri_list, .create = O, .update = O, .response = M, .local_uri = true},
          {.name = "membersContentAccessRightID", .type = &types::uri, .create = O, .update = O, .response = O, .local_uri = true, .release_2 = true},
          {.name = "memberTypeValidated", .type = &types::boolean, .release_2 = true},
          {.name = "consistencyStrategy", .type = &types::consistency_strategy, .create = O, .update = O, .response = M, .release_2 = true},
          attributes::reference("membersContentReference", "membersContent"),
          attributes::reference("subscriptionsReference", "subscriptions"),
          attributes::id(),
      },
      .children = {"membersContent", "subscriptions"},
      .id_attribute = "id",
      .id_prefix = "GRP_",
      .announced_as = "groupAnnc",
      .searchable = true,
      .expires = true,
      .hooks = {.before_create = group_rules::check_members,
                .before_update = group_rules::check_members,
                .on_retrieve = group_rules::count_members},
  };
  return type;
}

}  // namespace nscl::resources
