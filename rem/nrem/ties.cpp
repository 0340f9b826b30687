// SPDX-License-Identifier: Apache-2.0
#include "ties.h"

#include <algorithm>

#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/rem/mapping.h>
#include <nscl/rem/node_path.h>
#include <nscl/rem/transfer_planner.h>

namespace nscl::rem {
namespace {

constexpr std::string_view scls = "scls/", attached = "attachedDevices", objects = "mgmtObjs";

/// The length of the first `count` segments of `path`; npos if there are fewer.
std::size_t length_of(std::string_view path, unsigned count) {
  std::size_t end = 0;
  for (unsigned i = 0; i < count; ++i) {
    if (end >= path.size()) return path.npos;
    end = path.find('/', end + (i > 0));
    if (end == path.npos) end = path.size();
  }
  return end;
}

std::string_view segment(std::string_view path, unsigned index) {
  const auto begin = index == 0 ? 0 : length_of(path, index), end = length_of(path, index + 1);
  if (begin == path.npos || end == path.npos) return {};
  return path.substr(begin + (index > 0), end - begin - (index > 0));
}

/// What a task reads or writes.
std::vector<std::string> paths_in(const Task& task) {
  if (const auto* get = std::get_if<GetLeaves>(&task)) return get->paths;
  if (const auto* add = std::get_if<AddInstance>(&task)) return {add->object};
  if (const auto* removal = std::get_if<DeleteInstance>(&task)) return {removal->object};
  if (const auto* discover = std::get_if<Discover>(&task)) return discover->objects;
  std::vector<std::string> out;
  if (const auto* invoke = std::get_if<Invoke>(&task)) {
    out.push_back(invoke->node);
    for (const auto& leaf : invoke->leaves) out.push_back(leaf.path);
  }
  if (const auto* command = std::get_if<Command>(&task)) out.push_back(with_end(argument(*command, action_object)));
  if (const auto* set = std::get_if<SetLeaves>(&task)) {
    for (const auto& leaf : set->leaves) out.push_back(leaf.path);
  }
  if (const auto* wish = std::get_if<SetNotifications>(&task)) {
    for (const auto& leaf : wish->leaves) out.push_back(leaf.path);
  }
  return out;
}

}  // namespace

std::string_view managed_entity(std::string_view path) {
  if (!path.starts_with(scls)) return {};
  if (segment(path, 2) == objects) return path.substr(0, length_of(path, 2));
  if (segment(path, 2) == attached && segment(path, 4) == objects) return path.substr(0, length_of(path, 4));
  return {};
}

std::vector<std::string> places_of(const model::Resource& attached_device) {
  std::vector<std::string> out;
  if (const auto* places = attached_device.attributes.find(mark::places)) {
    for (const auto& place : places->list()) out.emplace_back(place.text());
  }
  return out;
}

std::optional<Tie> tie_of(store::View& view, std::string_view path) {
  const auto entity = managed_entity(path);
  if (entity.empty()) return std::nullopt;
  if (auto found = view.management().device_of(entity)) return Tie{*std::move(found), false, {}, {}};
  const auto resource = segment(entity, 2) == attached ? view.find(entity) : nullptr;
  if (!resource) return std::nullopt;
  const auto row = core::text_of(*resource, mark::row);
  const bool is_marked = resource->attributes.find(mark::identity) || resource->attributes.find(mark::device);
  if (is_marked && row.empty()) return std::nullopt;
  auto gateway = view.management().device_of(entity.substr(0, length_of(entity, 2)));
  if (!gateway) return std::nullopt;
  return Tie{*std::move(gateway), true, std::string(row), places_of(*resource)};
}

Result<void> check_reach(const Tie& tie, const Task& task) {
  if (!tie.is_behind) return {};
  const auto* command = std::get_if<Command>(&task);
  const bool is_of_object = command && !argument(*command, action_object).empty();   // an action's, of OMA-DM
  if ((command && !is_of_object) || std::holds_alternative<Cancel>(task)) {
    return failure(Status::not_implemented, "the command would be the gateway's own: a device behind it takes no commands");
  }
  if (tie.row.empty()) {   // its own SCL told where its objects are
    const bool is_known = !std::holds_alternative<Discover>(task) && !std::holds_alternative<AddInstance>(task);
    if (is_known) return {};
    return failure(Status::not_implemented, "the gateway does not list this device: it is not known which of its objects are the device's");
  }
  for (const auto& path : paths_in(task)) {
    const bool is_within = std::ranges::any_of(tie.places, [&](const auto& place) { return path.starts_with(place); });
    if (!is_within) return failure(Status::forbidden, path + " is nothing of the device behind the gateway " + tie.device.id);
  }
  return {};
}

bool is_mirror(const core::RequestIndication& request, std::string_view path) {
  const auto id = request.from->scl_id();
  return !id.empty() && path.starts_with(scls) && segment(path, 1) == id;
}

}  // namespace nscl::rem
