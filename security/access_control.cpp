// SPDX-License-Identifier: Apache-2.0
// Evaluation of accessRight resources.
#include <nscl/security/access_control.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include <nscl/base/path.h>

namespace nscl::security {
namespace {

constexpr int group_depth = 4;   // groups as holders may contain groups; deeper nesting grants nothing
constexpr std::size_t most_members = 20'000;   // looked at for one decision, of all groups together; what is beyond grants nothing

std::string_view text_member(const model::Object& object, std::string_view name) {
  const auto* value = object.find(name);
  return value ? value->text() : std::string_view{};
}

const model::List& list_member(const model::Object& object, std::string_view wrapper, std::string_view name) {
  static const model::List none;
  const auto* outer = object.find(wrapper);
  const auto* inner = outer ? outer->find(name) : nullptr;
  return inner ? inner->list() : none;
}

struct Uri {
  std::string_view host, rest;   // rest: path without a trailing '/'
};

Uri split(std::string_view uri) {
  if (const auto scheme = uri.find("://"); scheme != uri.npos) uri.remove_prefix(scheme + 3);
  const auto slash = uri.find('/');
  Uri result{uri.substr(0, slash), slash == uri.npos ? std::string_view{} : uri.substr(slash)};
  if (result.rest.ends_with('/')) result.rest.remove_suffix(1);
  return result;
}

std::string without_port(std::string_view host) {
  const auto colon = host.rfind(':');
  if (colon != host.npos && host.find(']', colon) == host.npos) host = host.substr(0, colon);
  if (host.ends_with('.')) host.remove_suffix(1);
  std::string result(host);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return result;
}

bool is_address_literal(std::string_view host) {
  return host.starts_with('[') || host.find_first_not_of("0123456789.") == host.npos;
}

}  // namespace

std::string AccessControl::local_path(std::string_view reference, std::string_view authority) const {
  static const std::string foreign = "\n";
  if (reference.empty()) return foreign;
  auto entity = canonical_entity(reference, authority, own_);
  const bool is_foreign = entity.find("://") != entity.npos || entity.starts_with('/');
  return is_foreign ? foreign : entity;
}

Decision AccessControl::check(std::string_view path, std::string_view access_right_id, std::string_view authority, Flag flag) {
  if (requestor_.is_operator) return Decision::allowed;
  if (!access_right_id.empty()) {
    const auto right = view_.find(local_path(access_right_id, authority));
    if (right && right->type->name == "accessRight" && right->expiration_time > now_) {
      return evaluate(right->attributes.find("permissions"), text_member(right->attributes, authority_attribute), flag);
    }
  }
  return check_default(path);
}

Decision AccessControl::check_self(const model::Resource& access_right, Flag flag) {
  if (requestor_.is_operator) return Decision::allowed;
  return evaluate(access_right.attributes.find("selfPermissions"), text_member(access_right.attributes, authority_attribute), flag);
}

Decision AccessControl::evaluate(const model::Value* permissions, std::string_view authority, Flag flag) {
  const auto* list = permissions ? permissions->find("permission") : nullptr;
  if (!list) return Decision::hidden;
  bool seen = false;
  std::size_t members_left = most_members;
  for (const auto& permission : list->list()) {
    const auto* holders = permission.find("permissionHolders");
    if (!holders || !is_holder(holders->object(), authority, members_left)) continue;
    const auto& flags = list_member(permission.object(), "permissionFlags", "flag");
    seen = seen || !flags.empty();
    const auto has_flag = [&](const model::Value& f) { return f.text() == name_of(flag); };
    if (std::any_of(flags.begin(), flags.end(), has_flag)) return Decision::allowed;
  }
  if (seen && flag == Flag::discover) return Decision::allowed;   // any flag implies that the resource may be known
  return seen ? Decision::denied : Decision::hidden;
}

bool AccessControl::is_holder(const model::Object& holders, std::string_view authority, std::size_t& members_left) {
  if (holders.find("all")) return true;
  const auto any = [](const model::List& list, auto&& test) {
    return std::any_of(list.begin(), list.end(), [&](const model::Value& v) { return test(v.text()); });
  };
  const auto is_application = [&](std::string_view id) { return !id.empty() && id == requestor_.application_id(); };
  const auto is_scl = [&](std::string_view id) { return !id.empty() && id == requestor_.scl_id(); };
  return any(list_member(holders, "applicationIDs", "applicationID"), is_application) ||
         any(list_member(holders, "sclIDs", "sclID"), is_scl) ||
         any(list_member(holders, "domains", "domain"), [&](std::string_view d) { return matches_domain(d); }) ||
         matches_references(list_member(holders, "holderRefs", "holderRef"), authority, members_left);
}

// Level by level, each group once: groups that hold each other would else be as many ways as there are.
bool AccessControl::matches_references(const model::List& holders, std::string_view authority, std::size_t& members_left) {
  Groups groups;
  for (const auto& holder : holders)
    if (names_requestor(holder.text(), authority, groups)) return true;
  for (int depth = 0; depth < group_depth && !groups.found.empty(); ++depth) {
    for (const auto& group : std::exchange(groups.found, {})) {
      const auto group_authority = text_member(group->attributes, authority_attribute);
      for (const auto& member : list_member(group->attributes, "members", "reference")) {
        if (members_left == 0) return false;
        --members_left;
        if (names_requestor(member.text(), group_authority, groups)) return true;
      }
    }
  }
  return false;
}

bool AccessControl::names_requestor(std::string_view reference, std::string_view authority, Groups& groups) {
  // OM2M names a holder "user:password"; the password half proves nothing here, the principal's own one was checked.
  const bool is_name = reference.find('/') == reference.npos;
  if (is_name) return reference.substr(0, reference.find(':')) == requestor_.principal;
  const auto entity = canonical_entity(reference, authority, own_);
  if (!requestor_.entity.empty() && entity == requestor_.entity) return true;
  if (entity.find("://") != entity.npos || last_segment(parent_path(entity)) != "groups" || !groups.seen.insert(entity).second) return false;
  auto group = view_.find(entity);
  if (group && group->type->name == "group" && group->expiration_time > now_) groups.found.push_back(std::move(group));
  return false;
}

bool AccessControl::matches_domain(std::string_view domain) const {
  const bool is_local = requestor_.entity.find("://") == std::string::npos;
  const std::string uri = is_local ? own_.base_uri + own_.base_path + "/" + requestor_.entity : requestor_.entity;
  const auto wanted = split(domain);
  const auto present = split(uri);
  if (wanted.host.empty() || present.host.empty()) return false;
  if (!wanted.rest.empty()) {
    if (without_port(wanted.host) != without_port(present.host) || !present.rest.starts_with(wanted.rest)) return false;
    return present.rest.size() == wanted.rest.size() || present.rest[wanted.rest.size()] == '/';
  }
  const auto suffix = without_port(wanted.host);
  const auto host = without_port(present.host);
  return host == suffix || (!is_address_literal(host) && host.ends_with("." + suffix));
}

bool AccessControl::owns(const model::Resource& owner) const {
  if (is_within(requestor_.entity, owner.path)) return true;
  if (const auto registrant = text_member(owner.attributes, registrant_attribute); !registrant.empty() && registrant == requestor_.principal) return true;
  const auto link = text_member(owner.attributes, "link");
  if (link.find("://") == link.npos || requestor_.entity.empty()) return false;
  return is_within(requestor_.entity, canonical_entity(link, {}, own_));
}

Decision AccessControl::check_default(std::string_view path) {
  if (requestor_.is_operator) return Decision::allowed;
  const auto first_two = [&](std::string_view collection) -> std::string_view {
    if (!path.starts_with(collection) || path.size() <= collection.size() || path[collection.size()] != '/') return {};
    return path.substr(0, path.find('/', collection.size() + 1));
  };
  for (const auto collection : {std::string_view("applications"), std::string_view("scls")}) {
    const auto owner_path = first_two(collection);
    if (owner_path.empty()) continue;
    if (!requestor_.entity.empty() && is_within(requestor_.entity, owner_path)) return Decision::allowed;
    if (const auto owner = view_.find(owner_path); owner && owns(*owner)) return Decision::allowed;
    // An announced application: the original that its link names has the same rights as the announcing SCL.
    const auto below = std::string(owner_path) + "/applications/";
    if (!path.starts_with(below)) continue;
    const auto announced = view_.find(path.substr(0, path.find('/', below.size())));
    if (announced && owns(*announced)) return Decision::allowed;
  }
  return Decision::hidden;
}

}  // namespace nscl::security
