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

Bound bound_of(const Object& attributes) { return bound_by(text_of(attributes.find("originalMO"))); }

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

/// A leaf that the device did not list when it was asked what it has.
bool is_absent(const Object& attributes, const std::string& leaf) {
  const auto absent = " " + text_of(attributes.find(absent_attribute)) + " ";
  return absent.find(" " + leaf + " ") != absent.npos;
}

Error about(std::string_view name, Error error) {
  error.detail = std::string(name) + " " + error.detail;
  return error;
}

/// Of an action under way, which does not go back. True if it has come further.
bool show_progress(model::Resource& resource, const AttributeRule& rule, const model::Value& shown, const DeviceTree& tree, const Bound& bound) {
  const auto state = read_state(rule, tree, bound);
  const auto* progress = shown.find("progress");
  const auto* before = progress ? progress->get<std::int64_t>() : nullptr;
  if (!state || state->progress >= 100 || !before || *before >= state->progress) return false;
  resource.attributes.set(rule.name, status_value(text_of(shown.find("action")), *state));
  return true;
}

/// For the same devices.
template <class Rule>
bool is_same(const Rule& a, const Rule& b) {
  return a.protocol == b.protocol && a.match == b.match;
}

template <class Rule>
void put_before(std::vector<Rule>& rules, std::vector<Rule> later) {
  rules.insert(rules.begin(), std::make_move_iterator(later.begin()), std::make_move_iterator(later.end()));
}

const ModelRule* model_of(const MappingTable& table, store::ManagementProtocol protocol, const DeviceFacts& facts) {
  const auto found = std::ranges::find_if(table.models, [&](const ModelRule& rule) { return rule.protocol == protocol && fits(rule.match, facts); });
  return found == table.models.end() ? nullptr : &*found;
}

}  // namespace

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

std::optional<model::Value> attribute_after(const ResourceType& type, const Object& before, std::string_view name, const model::Value* wanted) {
  if (name == foreign_attribute && is_low_level(type)) return foreign_after(foreign_place(before), before.find(name), wanted);
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
  return fits_one(match.oui, facts.oui) && fits_one(match.product_class, facts.product_class) && fits_one(match.software_version, facts.software_version) &&
         fits_one(match.manufacturer, facts.manufacturer) && fits_one(match.model, facts.model);
}

void MappingTable::override_by(MappingTable later) {
  const auto is_replaced = [&](const ObjectRule& old) {
    return std::ranges::any_of(later.objects, [&](const ObjectRule& rule) { return rule.type == old.type && is_same(rule, old); });
  };
  std::erase_if(objects, is_replaced);
  std::erase_if(models, [&](const ModelRule& old) { return std::ranges::any_of(later.models, [&](const ModelRule& rule) { return is_same(rule, old); }); });
  std::erase_if(commands, [&](const CommandRule& old) {
    return std::ranges::any_of(later.commands, [&](const CommandRule& rule) { return rule.type == old.type && is_same(rule, old); });
  });
  std::erase_if(gateways, [&](const GatewayRule& old) { return std::ranges::any_of(later.gateways, [&](const GatewayRule& rule) { return is_same(rule, old); }); });
  put_before(gateways, std::move(later.gateways));
  put_before(objects, std::move(later.objects));
  put_before(models, std::move(later.models));
  put_before(commands, std::move(later.commands));
  if (!command) command = later.command;
}

tr069::ModelOptions model_options(const MappingTable& table, const DeviceFacts& facts) {
  const auto* found = model_of(table, store::ManagementProtocol::bbf_tr069, facts);
  return found ? found->options : tr069::ModelOptions();
}

omadm::DmModelOptions dm_model_options(const MappingTable& table, const DeviceFacts& facts) {
  const auto* found = model_of(table, store::ManagementProtocol::oma_dm, facts);
  return found ? found->dm_options : omadm::DmModelOptions();
}

DeviceMapping::DeviceMapping(const MappingTable& table, const DeviceFacts& facts) : table_(table), facts_(facts) {}

const ObjectRule* DeviceMapping::rule_of(const ResourceType& type, std::string_view original_mo) const {
  const auto bound = bound_by(original_mo);
  const auto protocol = protocol_of(bound.root.empty() ? facts_.root : bound.root);
  const ObjectRule* unbound = nullptr;
  for (const auto& rule : table_.objects) {
    if (rule.type != &type || rule.protocol != protocol || !fits(rule.match, facts_)) continue;
    if (!unbound) unbound = &rule;
    for (const auto& at : rule.at) {
      const auto patterns = patterns_of(at, bound.root, facts_.models);
      if (std::ranges::any_of(patterns, [&](const std::string& pattern) { return matches_path(pattern, bound.path); })) return &rule;
    }
  }
  return original_mo.empty() ? unbound : nullptr;
}

std::vector<std::string> DeviceMapping::leaves(const ResourceType& type, const Object& attributes) const {
  const auto bound = bound_of(attributes);
  if (bound.path.empty()) return {};
  if (is_low_level(type)) return foreign_paths(foreign_place(attributes), attributes);
  std::vector<std::string> out;
  if (const auto* rule = rule_of(type, bound.path)) {
    for (const auto& attribute : rule->attributes) append_paths(out, attribute, bound);
  }
  std::erase_if(out, [&](const std::string& leaf) { return is_absent(attributes, leaf); });
  return out;
}

std::vector<std::string> DeviceMapping::unseen(const ResourceType& type, const Object& attributes, const std::vector<Leaf>& leaves) const {
  if (is_low_level(type)) return foreign_unseen(foreign_place(attributes), attributes, leaves);
  std::vector<std::string> out;
  for (const auto& leaf : leaves) {
    if (is_absent(attributes, leaf.path)) out.push_back(leaf.path);
  }
  return out;
}

void DeviceMapping::drop_parameters(model::Resource& resource) const {
  if (is_low_level(*resource.type)) drop_foreign(resource.attributes, foreign_place(resource.attributes));
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
  const auto bound = bound_of(resource.attributes);
  const DeviceTree tree(leaves);
  if (bound.path.empty()) return false;
  if (is_low_level(*resource.type)) return apply_foreign(resource.attributes, foreign_place(resource.attributes), tree, leaves);
  const auto* rule = rule_of(*resource.type, bound.path);
  bool changed = false;
  for (const auto& attribute : rule ? rule->attributes : std::vector<AttributeRule>{}) {
    const auto* old = resource.attributes.find(attribute.name);
    const bool is_told_now = attribute.form != Form::constant && attribute.form != Form::instances && is_told(attribute, tree, bound);
    if (!is_told_now) continue;
    // The end of an action that was begun here is told by itself, and not by what the object looks like; that it goes on is.
    if (attribute.form == Form::status && old && !text_of(old->find("action")).empty()) {
      changed = show_progress(resource, attribute, *old, tree, bound) || changed;
      continue;
    }
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
  const auto bound = bound_of(before);
  if (is_low_level(type)) {
    return bound.path.empty() ? Result<std::vector<Leaf>>(std::vector<Leaf>{}) : foreign_changes(foreign_place(before), before, after);
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

bool DeviceMapping::is_unbound(const ResourceType& type, const Object& attributes) const {
  const bool is_bound = !text_of(attributes.find("originalMO")).empty();
  const auto* rule = is_bound || is_low_level(type) ? nullptr : rule_of(type, {});
  return rule && rule->unbound;
}

std::vector<std::string> DeviceMapping::state_leaves(const ResourceType& type, const Object& attributes) const {
  const auto bound = bound_of(attributes);
  const auto* rule = rule_of(type, bound.path);
  const auto* status = rule ? find_rule(*rule, rule->action_status) : nullptr;
  std::vector<std::string> out;
  if (status && !bound.path.empty()) append_paths(out, *status, bound);
  return out;
}

std::optional<ActionState> DeviceMapping::action_state(const ResourceType& type, const Object& attributes, const std::vector<Leaf>& leaves) const {
  const auto bound = bound_of(attributes);
  const auto* rule = rule_of(type, bound.path);
  const auto* status = rule ? find_rule(*rule, rule->action_status) : nullptr;
  return status && !bound.path.empty() ? read_state(*status, DeviceTree(leaves), bound) : std::nullopt;
}

}  // namespace nscl::rem
