// SPDX-License-Identifier: Apache-2.0
// application: a network application registered at this SCL over mIa.  TS 102 921 10.8
#include <algorithm>
#include <set>

#include <nscl/base/path.h>
#include <nscl/core/announced.h>
#include <nscl/model/resource_type.h>

namespace nscl::resources {
const model::ResourceType& application();
using namespace model;

namespace application_rules {

Result<void> check_registration(core::HookContext& context) {
  const auto& from = *context.request.from;
  const auto path = std::string_view(context.resource.path);
  if (parent_path(path) != "applications") return bad_request("below an scl only announced applications (applicationAnnc) stand");
  if (!from.scl_id().empty()) return failure(Status::forbidden, "an SCL announces its applications, it does not register them here");
  if (context.policy.open_application_registration || from.is_operator || from.application_id() == last_segment(path)) return {};
  return failure(Status::forbidden, "this SCL registers an application only for the principal of that appId");
}

// A path below the application: its first segment must not be taken by the tree (resources.md 1.14).
Result<void> check_apoc_path(std::string_view path, std::string_view own_reference, std::set<std::string, std::less<>>& seen) {
  if (path.starts_with(own_reference)) path.remove_prefix(own_reference.size());
  else if (path.starts_with('/')) return bad_request("an aPoCPath is relative, or lies below the application");
  const auto first = path.substr(0, path.find('/'));
  const auto& children = application().children;
  if (first.empty()) return bad_request("an aPoCPath's path is empty");
  if (application().find(first) || std::find(children.begin(), children.end(), first) != children.end()) {
    return bad_request("the aPoCPath " + std::string(first) + " is the name of an attribute or sub-resource");
  }
  if (!seen.emplace(path).second) return bad_request("an aPoCPath stands twice in the list");
  return {};
}

Result<void> check_apoc_paths(core::HookContext& context) {
  const auto* paths = context.resource.attributes.find("aPoCPaths");
  const auto* list = paths ? paths->find("aPoCPath") : nullptr;
  if (!list) return {};
  const auto own_reference = context.policy.base_path + "/" + encode_path(context.resource.path) + "/";
  std::set<std::string, std::less<>> seen;
  for (const auto& entry : list->list()) {
    const auto* path = entry.find("path");
    // OM2M puts the address of an interworking plug-in here; it is no path of ours
    if (path && path->text().find("://") != std::string_view::npos) continue;
    if (auto result = check_apoc_path(path ? path->text() : std::string_view{}, own_reference, seen); !result) return result;
  }
  return {};
}

Result<void> before_create(core::HookContext& context) {
  if (auto result = check_registration(context); !result) return result;
  context.resource.attributes.set("referencePoint", "MIA_REFERENCE_POINT");
  core::remember_registrant(context);
  return check_apoc_paths(context);
}

}  // namespace application_rules

const ResourceType& application() {
  static const ResourceType type{
      .name = "application",
      .parents = {"applications"},
      .verbs = Verb::create | Verb::retrieve | Verb::update | Verb::remove,
      .attributes = {
          attributes::expiration_time(),
          attributes::access_right_id(),
          attributes::search_strings(),
          attributes::creation_time(),
          attributes::last_modified_time(),
          attributes::announce_to(),
          {.name = "aPoC", .type = &types::uri, .create = O, .update = O, .response = O},
          {.name = "aPoCPaths", .type = &types::apoc_paths, .create = O, .update = O, .response = O},
          {.name = "locRequestor", .type = &types::any, .create = O, .update = O, .response = O},
          {.name = "referencePoint", .type = &types::reference_point, .response = O, .release_2 = true},
          attributes::reference("containersReference", "containers"),
          attributes::reference("groupsReference", "groups"),
          attributes::reference("accessRightsReference", "accessRights"),
          attributes::reference("subscriptionsReference", "subscriptions"),
          attributes::reference("notificationChannelsReference", "notificationChannels"),
          attributes::plain_id("appId", O, M),
      },
      .children = {"containers", "groups", "accessRights", "subscriptions", "notificationChannels"},
      .id_attribute = "appId",
      .id_prefix = "APP_",
      .member_type = "APPLICATION",
      .announced_as = "applicationAnnc",
      .admission = Admission::registration,
      .searchable = true,
      .expires = true,
      .audited = true,
      .hooks = {.before_create = application_rules::before_create, .before_update = application_rules::check_apoc_paths},
  };
  return type;
}

}  // namespace nscl::resources
