// SPDX-License-Identifier: Apache-2.0
// Attributes of one resource, both ways.
#include <nscl/rem/mapping.h>

#include <algorithm>

#include "attribute_value.h"
#include "device_tree.h"
#include "foreign_attributes.h"
#include "methods.h"

namespace nscl::rem {

using model::Object;
using model::ResourceType;
using Form = AttributeRule::Form;

namespace {

std::string original_mo_of(const Object& attributes) { return text_of(attributes.find("originalMO")); }

/// The root that a path begins with.
std::string root_of(std::string_view path) { return std::string(path.substr(0, path.find('.') == path.npos ? 0 : path.find('.') + 1)); }

const AttributeRule* find_rule(const ObjectRule& rule, std::string_view attribute) {
  const auto found = std::ranges::find(rule.attributes, attribute, &AttributeRule::name);
  return found == rule.attributes.end() ? nullptr : &*found;
}

/// Attributes that every management object has are the NSCL's own, and so are hidden ones.
bool is_of_the_model(const ResourceType& type, std::string_view name) {
  if (name.starts_with('.') || name == foreign_attribute) return false;
  static constexpr std::string_view common[] = {"expirationTime", "accessRightID", "searchStrings", "creationTime", "lastModifiedTime", "moID",
                                                "originalMO", "contentType", "description"};
  const auto* attribute = type.find(name);
  return attribute && attribute->origin == model::Origin::stored && !attribute->trigger && std::ranges::find(common, name) == std::end(common);
}

/// The device says in its own words what stands here already: PT1H, which it has as 3600 seconds.
bool says_the_same(const AttributeRule& rule, const model::Value& known, const model::Value& told) {
  const bool is_time = rule.rows.empty() && (rule.form == Form::seconds || rule.form == Form::tolerance);
  const auto before = is_time ? leaf_text(rule, known) : Result<std::string>(std::string());
  const auto now = is_time ? leaf_text(rule, told) : before;
  return is_time && before && now && *before == *now;
}

/// "Device.A.{i}.B.{i}." in "Device.A.3." -> "Device.A.3.B."; empty if it does not stand there.
std::string table_below(std::string_view pattern, std::string_view parent) {
  std::size_t at = 0;
  for (auto dots = std::ranges::count(parent, '.'); dots > 0 && at != std::string_view::npos; --dots) at = pattern.find('.', at) + 1;
  const auto tail = pattern.substr(std::min(at, pattern.size()));
  if (!matches_path(pattern.substr(0, at), parent) || !tail.ends_with("{i}.") || tail.find('{') != tail.rfind('{')) return {};
  return std::string(parent).append(tail.substr(0, tail.size() - 4));
}

/// A leaf that the device did not list when it was asked what it has.
bool is_absent(const Object& attributes, const std::string& leaf) {
  const auto absent = " " + text_of(attributes.find(absent_attribute)) + " ";
  return absent.find(" " + leaf + " ") != absent.npos;
}

Error about(std::string_view name, Error error) {
  error.detail = std::string(name) + " " + error.detail;
  return error;
}

/// One attribute that was changed, added or taken away.
Result<void> append_change(std::vector<Leaf>& out, const ObjectRule* rule, const ResourceType& type, std::string_view name,
                           const model::Value* before, const model::Value* after, const Bound& bound) {
  if (!is_of_the_model(type, name)) return {};
  const auto* attribute = rule ? find_rule(*rule, name) : nullptr;
  if (!attribute) return failure(Status::not_implemented, std::string(name) + " has no counterpart on the device");
  auto leaves = written(*attribute, before, after, bound);
  if (!leaves) return tl::unexpected(about(name, std::move(leaves.error())));
  out.insert(out.end(), std::make_move_iterator(leaves->begin()), std::make_move_iterator(leaves->end()));
  return {};
}

}  // namespace

std::optional<model::Value> attribute_after(const ResourceType& type, const Object& before, std::string_view name, const model::Value* wanted) {
  if (name == foreign_attribute && is_low_level(type)) return foreign_after(original_mo_of(before), before.find(name), wanted);
  return wanted ? std::optional(*wanted) : std::nullopt;
}

void change_attribute(const ResourceType& type, Object& attributes, std::string_view name, const model::Value* wanted) {
  auto value = attribute_after(type, attributes, name, wanted);
  const auto* attribute = type.find(name);   // whose name lasts as long as any resource
  if (value) attributes.set(attribute ? attribute->name : name, *std::move(value));
  else attributes.erase(name);
}

std::string_view method_of_command(std::string_view cmd_type) { return method_of(cmd_type); }

bool fits(const ModelMatch& match, const DeviceFacts& facts) {
  const auto fits_one = [](const std::string& pattern, const std::string& text) { return pattern.empty() || matches_text(pattern, text); };
  return fits_one(match.oui, facts.oui) && fits_one(match.product_class, facts.product_class) && fits_one(match.software_version, facts.software_version);
}

void MappingTable::override_by(MappingTable later) {
  const auto is_replaced = [&](const ObjectRule& old) {
    return std::ranges::any_of(later.objects, [&](const ObjectRule& rule) { return rule.type == old.type && rule.match == old.match; });
  };
  std::erase_if(objects, is_replaced);
  objects.insert(objects.begin(), std::make_move_iterator(later.objects.begin()), std::make_move_iterator(later.objects.end()));
  std::erase_if(models, [&](const ModelRule& old) { return std::ranges::find(later.models, old.match, &ModelRule::match) != later.models.end(); });
  models.insert(models.begin(), std::make_move_iterator(later.models.begin()), std::make_move_iterator(later.models.end()));
  if (!command) command = later.command;
}

tr069::ModelOptions model_options(const MappingTable& table, const DeviceFacts& facts) {
  const auto found = std::ranges::find_if(table.models, [&](const ModelRule& rule) { return fits(rule.match, facts); });
  return found == table.models.end() ? tr069::ModelOptions() : found->options;
}

DeviceMapping::DeviceMapping(const MappingTable& table, const DeviceFacts& facts) : table_(table), facts_(facts) {}

const ObjectRule* DeviceMapping::rule_of(const ResourceType& type, std::string_view original_mo) const {
  const auto root = root_of(original_mo);
  const ObjectRule* unbound = nullptr;
  for (const auto& rule : table_.objects) {
    if (rule.type != &type || !fits(rule.match, facts_)) continue;
    if (!unbound) unbound = &rule;
    for (const auto& at : rule.at) {
      if (matches_path(with_root(at, root), original_mo)) return &rule;
    }
  }
  return original_mo.empty() ? unbound : nullptr;
}

std::vector<std::string> DeviceMapping::leaves(const ResourceType& type, const Object& attributes) const {
  const auto path = original_mo_of(attributes);
  if (path.empty()) return {};
  if (is_low_level(type)) return foreign_paths(path, attributes);
  std::vector<std::string> out;
  if (const auto* rule = rule_of(type, path)) {
    for (const auto& attribute : rule->attributes) append_paths(out, attribute, {path, root_of(path)});
  }
  std::erase_if(out, [&](const std::string& leaf) { return is_absent(attributes, leaf); });
  return out;
}

std::vector<std::string> DeviceMapping::unseen(const ResourceType& type, const Object& attributes, const std::vector<Leaf>& leaves) const {
  if (is_low_level(type)) return foreign_unseen(original_mo_of(attributes), attributes, leaves);
  std::vector<std::string> out;
  for (const auto& leaf : leaves) {
    if (is_absent(attributes, leaf.path)) out.push_back(leaf.path);
  }
  return out;
}

void DeviceMapping::drop_parameters(model::Resource& resource) const {
  if (is_low_level(*resource.type)) drop_foreign(resource.attributes, original_mo_of(resource.attributes));
}

bool DeviceMapping::take_absent(model::Resource& resource, const Object& found) const {
  const auto* now = found.find(absent_attribute);
  const auto* before = resource.attributes.find(absent_attribute);
  if (now ? before && *before == *now : !before) return false;
  if (now) resource.attributes.set(absent_attribute, *now);
  else resource.attributes.erase(absent_attribute);
  return true;
}

bool DeviceMapping::apply(model::Resource& resource, const std::vector<Leaf>& leaves) const {
  const Bound bound{original_mo_of(resource.attributes), root_of(original_mo_of(resource.attributes))};
  const DeviceTree tree(leaves);
  if (bound.path.empty()) return false;
  if (is_low_level(*resource.type)) return apply_foreign(resource.attributes, bound.path, tree, leaves);
  const auto* rule = rule_of(*resource.type, bound.path);
  bool changed = false;
  for (const auto& attribute : rule ? rule->attributes : std::vector<AttributeRule>{}) {
    const auto* old = resource.attributes.find(attribute.name);
    const bool is_told_now = attribute.form != Form::constant && attribute.form != Form::instances && is_told(attribute, tree, bound);
    // The status of an action that was begun here is told by its end, not by what the object looks like.
    if (!is_told_now || (attribute.form == Form::status && old && !text_of(old->find("action")).empty())) continue;
    auto value = read_value(attribute, tree, bound);
    if (value && !(old && (*old == *value || says_the_same(attribute, *old, *value)))) {
      resource.attributes.set(attribute.name, std::move(*value));
      changed = true;
    } else if (!value && old && !attribute.mandatory && attribute.form != Form::status) {
      changed = resource.attributes.erase(attribute.name) || changed;
    }
  }
  return changed;
}

Result<std::vector<Leaf>> DeviceMapping::changes(const ResourceType& type, const Object& before, const Object& after) const {
  const Bound bound{original_mo_of(before), root_of(original_mo_of(before))};
  if (is_low_level(type)) {
    return bound.path.empty() ? Result<std::vector<Leaf>>(std::vector<Leaf>{}) : foreign_changes(bound.path, before, after);
  }
  const auto* rule = rule_of(type, bound.path);
  std::vector<Leaf> out;
  for (const auto& [name, value] : after) {
    const auto* old = before.find(name);
    if (old && *old == value) continue;
    if (auto done = append_change(out, rule, type, name, old, &value, bound); !done) return tl::unexpected(done.error());
  }
  for (const auto& [name, value] : before) {
    if (after.find(name)) continue;
    if (auto done = append_change(out, rule, type, name, &value, nullptr, bound); !done) return tl::unexpected(done.error());
  }
  if (bound.path.empty() && !out.empty()) return failure(Status::not_implemented, "the resource has no originalMO: nothing on the device stands for it");
  return out;
}

bool DeviceMapping::is_new_instance(const ResourceType& type, const Object& attributes) const {
  const auto path = original_mo_of(attributes);
  return is_low_level(type) && path.ends_with('.') && last_number(path).empty() && has_values_without_path(attributes);
}

Result<AddInstance> DeviceMapping::addition(const ResourceType& type, std::string_view parent_mo, const Object& attributes) const {
  AddInstance out;
  if (is_low_level(type)) {
    out.object = original_mo_of(attributes);   // the table; the device gives the number
    if (auto sound = check_original_mo(out.object); !sound) return tl::unexpected(sound.error());
    if (!out.object.ends_with('.')) return bad_request("originalMO has to end in a dot, as the path of a table does");
    auto leaves = foreign_leaves(attributes);
    if (!leaves) return tl::unexpected(leaves.error());
    out.leaves = std::move(*leaves);
    return out;
  }
  const auto root = root_of(parent_mo);
  for (const auto& rule : table_.objects) {
    if (rule.type != &type || !rule.creatable || !fits(rule.match, facts_)) continue;
    out.object = table_below(with_root(rule.at.front(), root), parent_mo);
    if (out.object.empty()) continue;
    for (const auto& [name, value] : attributes) {
      if (auto done = append_change(out.leaves, &rule, type, name, nullptr, &value, {"", root}); !done) return tl::unexpected(done.error());
    }
    for (const auto& [leaf, value] : rule.on_create) out.leaves.push_back({leaf, value});
    return out;
  }
  return failure(Status::not_implemented, "the device cannot make a new " + std::string(type.name) + "; CREATE one that is there, by its originalMO");
}

bool DeviceMapping::is_unbound(const ResourceType& type, const Object& attributes) const {
  const auto path = original_mo_of(attributes);
  const auto* rule = path.empty() && !is_low_level(type) ? rule_of(type, path) : nullptr;
  return rule && rule->unbound;
}

std::optional<DeleteInstance> DeviceMapping::removal(const ResourceType& type, const Object& attributes) const {
  const auto path = original_mo_of(attributes);
  const auto* rule = is_low_level(type) ? nullptr : rule_of(type, path);
  const bool can_go = is_low_level(type) ? path.ends_with('.') && !last_number(path).empty() : rule && rule->creatable;
  return can_go ? std::optional(DeleteInstance{path}) : std::nullopt;
}

std::optional<ActionState> DeviceMapping::action_state(const ResourceType& type, const Object& attributes, const std::vector<Leaf>& leaves) const {
  const auto path = original_mo_of(attributes);
  const auto* rule = rule_of(type, path);
  const auto* status = rule ? find_rule(*rule, rule->action_status) : nullptr;
  return status && !path.empty() ? read_state(*status, DeviceTree(leaves), {path, root_of(path)}) : std::nullopt;
}

}  // namespace nscl::rem
