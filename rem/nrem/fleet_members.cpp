// SPDX-License-Identifier: Apache-2.0
#include "fleet_members.h"

#include <nscl/base/path.h>
#include <nscl/core/authorise.h>

namespace nscl::rem {
namespace {

constexpr std::string_view behind_group = "/membersContent";

store::FleetMember refused(std::string_view reference, Status status, std::string text) {
  return {.path = std::string(reference), .state = store::FleetMemberState::refused, .status = std::string(name_of(status)), .text = std::move(text)};
}

}  // namespace

const model::List* references_of(const model::Resource& group) {
  const auto* members = group.attributes.find("members");
  const auto* list = members ? members->find("reference") : nullptr;
  return list ? &list->list() : nullptr;
}

FleetMembers::FleetMembers(store::View& view, const security::Requestor& from, const core::Policy& policy, const model::Resource& group,
                           std::string_view suffix, Time now)
    : view_(view), access_(view, from, policy, now), authority_(core::text_of(group, security::authority_attribute)), suffix_(suffix) {}

bool FleetMembers::is_group(std::string_view path) {
  if (last_segment(parent_path(path)) != "groups") return false;
  const auto stored = view_.find(path);
  return stored && stored->type->name == "group";
}

// A group stands for its members: it is one member of the fleet work by its own path, whatever follows its membersContent.
store::FleetMember FleetMembers::member(std::string_view reference) {
  const auto path = access_.local_path(reference, authority_);
  if (path == "\n") return refused(reference, Status::not_implemented, "the member is not of this SCL: ask it there");
  const auto behind = path.find(behind_group);
  const auto group = path.substr(0, behind);
  if (!is_group(group)) return {.path = suffix_.empty() ? path : join(path, suffix_)};
  auto rest = behind == path.npos ? std::string() : path.substr(behind + behind_group.size());
  if (rest.starts_with('/')) rest.erase(0, 1);
  if (!suffix_.empty()) rest = rest.empty() ? std::string(suffix_) : join(rest, suffix_);
  return {.path = group, .state = store::FleetMemberState::group, .text = std::move(rest)};
}

}  // namespace nscl::rem
