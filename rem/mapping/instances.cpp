// SPDX-License-Identifier: Apache-2.0
// New objects on a device, and the end of them (rem.md 2.5).
#include <algorithm>

#include <nscl/rem/mapping.h>

#include "attribute_value.h"
#include "foreign_attributes.h"

namespace nscl::rem {

using model::Object;
using model::ResourceType;

namespace {

/// "Device.A.{i}.B.{i}." in "Device.A.3." -> "Device.A.3.B.", so with slashes; empty if it does not stand there.
std::string table_below(std::string_view pattern, std::string_view parent) {
  const char joint = joint_of(parent);
  std::size_t at = 0;
  for (auto joints = std::ranges::count(parent, joint); joints > 0 && at != std::string_view::npos; --joints) at = pattern.find(joint, at) + 1;
  const auto tail = pattern.substr(std::min(at, pattern.size()));
  const bool is_table = tail.ends_with(std::string("{i}") + joint) && tail.find('{') == tail.rfind('{');
  if (!is_table || !matches_path(pattern.substr(0, at), parent)) return {};
  return std::string(parent).append(tail.substr(0, tail.size() - 4));
}

/// The table that the device gives a number in.
Result<AddInstance> numbered(const std::string& table, const Object& attributes) {
  if (auto sound = check_original_mo(table); !sound) return tl::unexpected(sound.error());
  if (!is_object_path(table)) return bad_request("originalMO has to end in a dot, as the path of a table does");
  auto leaves = foreign_leaves(attributes);
  if (!leaves) return tl::unexpected(leaves.error());
  return AddInstance{.object = table, .leaves = *std::move(leaves)};
}

/// A node of OMA-DM, whose name is chosen here. One that is a leaf has the empty path in itself.
Result<AddInstance> named(const std::string& place, const Object& attributes) {
  if (auto sound = check_original_mo(place); !sound) return tl::unexpected(sound.error());
  AddInstance out{.object = std::string(object_above(place)), .leaves = {}, .name = std::string(last_name(place))};
  if (out.object.empty()) return bad_request("originalMO has to be a node below ./");
  auto leaves = foreign_changes(place, {}, attributes);
  if (!leaves) return tl::unexpected(leaves.error());
  for (auto& leaf : *leaves) out.leaves.push_back({leaf.path.substr(place.size()), std::move(leaf.value)});
  return out;
}

}  // namespace

bool DeviceMapping::is_new_instance(const ResourceType& type, const Object& attributes) const {
  const auto place = is_low_level(type) ? foreign_place(attributes) : std::string();
  if (is_node_uri(place)) return has_values(attributes);
  return is_object_path(place) && last_number(place).empty() && has_values_without_path(attributes);
}

Result<AddInstance> DeviceMapping::addition(const ResourceType& type, std::string_view parent_mo, const Object& attributes, std::string_view id) const {
  if (is_low_level(type)) {
    const auto place = foreign_place(attributes);
    return is_node_uri(place) ? named(place, attributes) : numbered(place, attributes);
  }
  const auto parent = bound_by(parent_mo);
  AddInstance out;
  for (const auto& rule : table_.objects) {
    if (rule.type != &type || !rule.creatable || !fits(rule.match, facts_) || rule.protocol != protocol_of(parent.root)) continue;
    for (const auto& pattern : patterns_of(rule.at.front(), parent.root, facts_.models)) {
      if (out.object.empty()) out.object = table_below(pattern, parent.path);
    }
    if (out.object.empty()) continue;
    if (is_node_uri(out.object)) out.name = id;
    for (const auto& [name, value] : attributes) {
      if (auto done = append_change(out.leaves, &rule, type, name, nullptr, &value, {"", parent.root}); !done) return tl::unexpected(done.error());
    }
    for (const auto& [leaf, value] : rule.on_create) out.leaves.push_back({leaf, value});
    return out;
  }
  return failure(Status::not_implemented, "the device cannot make a new " + std::string(type.name) + "; CREATE one that is there, by its originalMO");
}

std::optional<DeleteInstance> DeviceMapping::removal(const ResourceType& type, const Object& attributes) const {
  const auto bound = bound_by(text_of(attributes.find("originalMO")));
  if (is_low_level(type)) {
    const auto place = foreign_place(attributes);
    const bool can_go = is_node_uri(place) ? attributes.find(made_attribute) != nullptr : is_object_path(place) && !last_number(place).empty();
    return can_go ? std::optional(DeleteInstance{place}) : std::nullopt;
  }
  const auto* rule = rule_of(type, bound.path);
  return rule && rule->creatable ? std::optional(DeleteInstance{bound.path}) : std::nullopt;
}

}  // namespace nscl::rem
