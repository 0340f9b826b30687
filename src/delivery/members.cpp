// SPDX-License-Identifier: Apache-2.0
// References of a group -> what is asked, here or at other SCLs.
#include "members.h"

#include <algorithm>
#include <set>

#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/core/procedure.h>
#include <nscl/core/representation.h>

namespace nscl::delivery {
namespace {

using core::Dialect;
using core::Route;

constexpr std::string_view behind_group = "/membersContent";

std::string below(std::string uri, std::string_view rest) {
  while (uri.ends_with('/')) uri.pop_back();
  return rest.empty() ? uri : uri.append("/").append(encode_path(rest));
}

/// "gscl/applications/a", "/om2m/gscl/applications/a" -> the SCL and what follows.
std::optional<Route> om2m_route(std::string_view reference, const core::Policy& policy) {
  if (reference.starts_with('/')) {
    if (policy.om2m_path.empty() || !is_within(reference, policy.om2m_path) || reference.size() <= policy.om2m_path.size()) return std::nullopt;
    reference.remove_prefix(policy.om2m_path.size() + 1);
  }
  const auto slash = std::min(reference.find('/'), reference.size());
  Route route;
  route.scl_id = reference.substr(0, slash);
  route.path = reference.substr(std::min(slash + 1, reference.size()));
  if (!is_valid_id(route.scl_id) || route.scl_id == policy.scl_id) return std::nullopt;
  return route;
}

class Finder {
 public:
  Finder(store::View& view, const core::Policy& policy, const core::RequestIndication& request, const core::Target& target, const model::Resource& group, Time now)
      : view_(view), policy_(policy), request_(request), target_(target), access_(view, *request.from, policy, now),
        authority_(core::text_of(group, security::authority_attribute)) {}

  Member find(const std::string& reference) {
    const auto path = access_.local_path(reference, authority_);
    return path == "\n" ? remote(reference) : local(reference, path);
  }

 private:
  Member local(const std::string& reference, const std::string& path) {
    const bool is_uri = reference.starts_with('/') || reference.find("://") != reference.npos;
    const bool as_written = is_uri && request_.dialect == Dialect::standard;
    Member member;
    member.id = as_written ? reference : core::reference_to(path, policy_, request_.dialect);
    member.to = path;
    member.nested = group_at(path.substr(0, path.find(behind_group)));
    if (member.nested != 0 && path.find(behind_group) == path.npos) member.to = path + std::string(behind_group);
    if (!target_.rest.empty()) member.to = join(member.to, target_.rest);
    member.uri = core::reference_to(member.to, policy_, request_.dialect);
    return member;
  }

  /// Key of the group at `path`, 0 if there is none.
  std::uint64_t group_at(std::string_view path) {
    if (last_segment(parent_path(path)) != "groups") return 0;
    const auto stored = view_.find(path);
    return stored && stored->type->name == "group" ? stored->key : 0;
  }

  Member remote(const std::string& reference) const {
    Member member;
    member.id = reference;
    member.uri = below(reference, target_.rest);
    if (reference.find_first_of("?#") != reference.npos) {
      member.flaw = Error{Status::bad_request, "the member's URI has a query or a fragment"};
    } else if (reference.find("://") != reference.npos) {
      member.route = Route{};
      member.route->uri = member.uri;
    } else if (auto route = om2m_route(reference, policy_)) {
      route->path = below(std::move(route->path), target_.rest);
      if (route->path.starts_with('/')) route->path.erase(0, 1);
      member.route = std::move(route);
    } else {
      member.flaw = Error{Status::not_found, "the member's URI means nothing at this SCL, and names no other"};
    }
    return member;
  }

  store::View& view_;
  const core::Policy& policy_;
  const core::RequestIndication& request_;
  const core::Target& target_;
  security::AccessControl access_;
  std::string_view authority_;
};

/// Some path at which a resource with this memberType can stand; nullopt if no type of this release has it.
std::optional<std::string> sample_path(const model::Registry& registry, std::string_view member_type) {
  std::set<const model::ResourceType*> seen;
  std::vector<std::pair<const model::ResourceType*, std::string>> found{{&registry.root(), ""}};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto [type, path] = found[i];
    if (type->member_type == member_type) return path;
    for (const auto segment : type->children) {
      const auto* child = registry.fixed_child(*type, segment);
      if (child && seen.insert(child).second) found.emplace_back(child, join(path, segment));
    }
    for (const auto* individual : registry.individuals(*type)) {
      if (seen.insert(individual).second) found.emplace_back(individual, join(path, "x"));
    }
  }
  return std::nullopt;
}

Result<void> check_rest(const model::Registry& registry, std::string_view member_type, std::string_view rest) {
  if (rest.empty() || member_type == "MIXED") return {};
  const auto sample = sample_path(registry, member_type);
  if (!sample) return {};
  const auto target = core::resolve(registry, join(*sample, rest));
  if (target || target.error().status != Status::not_found) return {};
  return bad_request("no resource below a member of type " + std::string(member_type) + " can have the path that follows membersContent");
}

}  // namespace

Result<Group> find_group(store::View& view, const model::Registry& registry, const core::Policy& policy,
                         const core::RequestIndication& request, const core::Target& target, Time now) {
  const core::Procedure procedure(registry, policy, request, target, now);
  const auto resource = procedure.group(view);
  if (!resource) return tl::unexpected(resource.error());
  const auto& stored = **resource;
  if (auto fits = check_rest(registry, core::text_of(stored, "memberType"), target.rest); !fits) return tl::unexpected(fits.error());
  Group group;
  group.key = stored.key;
  const auto* members = stored.attributes.find("members");
  const auto* list = members ? members->find("reference") : nullptr;
  if (!list) return group;
  Finder finder(view, policy, request, target, stored, now);
  group.members.reserve(list->list().size());
  for (const auto& reference : list->list()) group.members.push_back(finder.find(std::string(reference.text())));
  return group;
}

namespace {

/// Parameters that are about the group's URI and not about a member's.
bool is_about_the_group(std::string_view name) { return name == "anycast" || name == "spread" || name == "targetID"; }

std::string without_group_parameters(std::string_view query) {
  std::string kept;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto parameter = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto name = query_decode(parameter.substr(0, parameter.find('=')));
    if (parameter.empty() || (name && is_about_the_group(*name))) continue;
    if (!kept.empty()) kept += '&';
    kept += parameter;
  }
  return kept;
}

Result<void> read_spread(const std::string& value, model::Verb verb, std::chrono::milliseconds longest, Manner& manner) {
  manner.in_turn = value == "roundRobin";
  if (manner.in_turn) return {};
  const auto duration = parse_duration(value);
  if (!duration || duration->negative || duration->months != 0) return bad_request("query parameter spread is neither roundRobin nor an xs:duration without months");
  if (verb != model::Verb::retrieve) return bad_request("only a RETRIEVE can be spread over a time");
  if (duration->rest > longest) return bad_request("a RETRIEVE can be spread over " + std::to_string(longest.count() / 1000) + " seconds at most");
  manner.window = std::chrono::duration_cast<std::chrono::milliseconds>(duration->rest);
  return {};
}

}  // namespace

Result<Manner> take_manner(core::RequestIndication& request, std::chrono::milliseconds longest_window) {
  Manner manner;
  for (const auto& [name, value] : request.query) {
    if (name == "anycast") {
      manner.anycast = value == "true" || value == "1";
      if (!manner.anycast && value != "false" && value != "0") return bad_request("query parameter anycast is not true or false");
    } else if (name == "spread") {
      if (auto result = read_spread(value, request.verb, longest_window, manner); !result) return tl::unexpected(result.error());
    }
  }
  if (manner.window && manner.is_single()) return bad_request("a request to one member cannot be spread over a time");
  std::erase_if(request.query, [](const auto& parameter) { return is_about_the_group(parameter.first); });
  request.raw_query = without_group_parameters(request.raw_query);
  return manner;
}

}  // namespace nscl::delivery
