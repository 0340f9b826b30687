// SPDX-License-Identifier: Apache-2.0
// One attribute by its rule.
#include "attribute_value.h"

#include <algorithm>

#include <nscl/rem/tr069/values.h>

namespace nscl::rem {

using model::Value;
using Form = AttributeRule::Form;

namespace {

/// The first of the rule's leaves that the device has something in, or else that it has at all.
const Leaf* told_leaf(const AttributeRule& rule, const DeviceTree& tree, const Bound& bound) {
  const Leaf* first = nullptr;
  for (const auto& leaf : rule.leaves) {
    const auto* found = tree.leaf(leaf_path(bound.path, leaf, bound.root));
    if (found && !found->value.empty()) return found;
    if (!first) first = found;
  }
  return first;
}

std::optional<Value> read_reference(const AttributeRule& rule, const DeviceTree& tree, std::string_view path) {
  if (path.empty()) return std::nullopt;
  const auto* leaf = tree.leaf(with_end(path) + rule.of);
  if (auto value = leaf ? parse_leaf(rule, leaf->value) : std::nullopt) return value;
  return parse_leaf(rule, last_number(path));
}

/// What a new leaf has to be on a device of OMA-DM; others tell what theirs are.
std::string_view format_of(const AttributeRule& rule, std::string_view path) {
  if (!is_node_uri(path)) return {};
  if (rule.form == Form::seconds || rule.form == Form::tolerance || (rule.type && rule.type->kind == model::Kind::integer)) return "int";
  return rule.type && rule.type->kind == model::Kind::boolean ? "bool" : "chr";
}

std::string filled(std::string text, const Bound& bound) {
  if (text != "{path}") return text;
  const std::string_view path = without_end(bound.path);
  return std::string(path.substr(std::min(bound.root.size(), path.size())));
}

}  // namespace

Bound bound_by(std::string_view original_mo) {
  auto path = object_of_mo(original_mo);
  auto root = std::string(root_of_path(path));
  return {std::move(path), std::move(root)};
}

bool is_told(const AttributeRule& rule, const DeviceTree& tree, const Bound& bound) {
  const auto* told = told_leaf(rule, tree, bound);
  if (rule.form == Form::reference) return told && (rule.of.empty() || tree.leaf(with_end(told->value) + rule.of));
  if (told) return true;
  for (const auto& path : {rule.progress, rule.final_status}) {
    if (!path.empty() && tree.leaf(leaf_path(bound.path, path, bound.root))) return true;
  }
  for (const auto& [name, leaf] : rule.more) {
    if (tree.leaf(leaf_path(bound.path, leaf, bound.root))) return true;
  }
  return !rule.rows.empty() && tree.tells_of(leaf_path(bound.path, rule.rows.substr(0, rule.rows.find('{')), bound.root));
}

std::optional<Value> read_value(const AttributeRule& rule, const DeviceTree& tree, const Bound& bound) {
  if (rule.form == Form::constant) return value_before(rule, bound);
  if (rule.form == Form::status) {
    const auto state = read_state(rule, tree, bound);
    return state ? std::optional(status_value("", *state)) : std::nullopt;
  }
  if (!rule.rows.empty()) return read_rows(rule, tree, bound);
  const auto* leaf = told_leaf(rule, tree, bound);
  if (!leaf) return std::nullopt;
  return rule.form == Form::reference ? read_reference(rule, tree, leaf->value) : parse_leaf(rule, leaf->value);
}

std::optional<Value> value_before(const AttributeRule& rule, const Bound& bound) {
  if (rule.form == Form::status) return status_value("", {.progress = 100, .success = true});
  return rule.value ? parse_leaf(rule, filled(*rule.value, bound)) : std::nullopt;
}

void append_paths(std::vector<std::string>& out, const AttributeRule& rule, const Bound& bound) {
  const auto add = [&](std::string path) {
    if (std::ranges::find(out, path) == out.end()) out.push_back(std::move(path));
  };
  for (const auto& leaf : rule.leaves) add(leaf_path(bound.path, leaf, bound.root));
  for (const auto& path : {rule.progress, rule.final_status}) {
    if (!path.empty()) add(leaf_path(bound.path, path, bound.root));
  }
  for (const auto& [name, leaf] : rule.more) add(leaf_path(bound.path, leaf, bound.root));
  if (!rule.rows.empty() && rule.form != Form::instances) add(leaf_path(bound.path, rule.rows.substr(0, rule.rows.find('{')), bound.root));
}

Result<std::vector<Leaf>> written(const AttributeRule& rule, const Value* before, const Value* value, const Bound& bound) {
  if (rule.form == Form::stored) return std::vector<Leaf>{};
  const bool is_fixed = rule.form == Form::constant || rule.form == Form::reference || rule.form == Form::status || rule.form == Form::instances || rule.form == Form::log;
  if (is_fixed || rule.read_only || rule.entity_only) return failure(Status::forbidden, "cannot be written on the device");
  if (!rule.rows.empty()) {
    static const Value nothing{model::Object{}};
    return changed_rows(rule, before ? *before : nothing, value ? *value : nothing, bound);
  }
  Result<std::string> text("");
  if (value) text = leaf_text(rule, *value);
  else if (rule.form == Form::seconds) text = "-1";
  else if (rule.form == Form::simple && rule.type->kind != model::Kind::string && rule.type->kind != model::Kind::uri) text = bad_request("cannot be taken away from the device; give it another value");
  if (!text) return tl::unexpected(text.error());
  auto path = leaf_path(bound.path, rule.leaves.front(), bound.root);
  const auto format = format_of(rule, bound.root);
  return std::vector<Leaf>{{std::move(path), std::move(*text), std::string(format)}};
}

std::optional<ActionState> read_state(const AttributeRule& rule, const DeviceTree& tree, const Bound& bound) {
  const auto* progress = rule.progress.empty() ? nullptr : tree.leaf(leaf_path(bound.path, rule.progress, bound.root));
  if (progress) {
    const auto number = tr069::parse_integer(progress->value);
    const auto* verdict = tree.leaf(leaf_path(bound.path, rule.final_status, bound.root));
    if (!number) return std::nullopt;
    const int percent = static_cast<int>(std::clamp<std::int64_t>(*number, 0, 100));
    return ActionState{percent, percent == 100 && verdict && verdict->value == "SUCCESS"};
  }
  const auto* state = told_leaf(rule, tree, bound);
  const auto word = state ? std::ranges::find(rule.words, state->value, [](const auto& pair) { return pair.first; }) : rule.words.end();
  if (word == rule.words.end()) return std::nullopt;
  if (word->second == "SUCCESS" || word->second == "FAILURE") return ActionState{100, word->second == "SUCCESS"};
  return ActionState{static_cast<int>(tr069::parse_integer(word->second).value_or(0)), false};
}

Value status_value(std::string_view action, const ActionState& state) {
  model::Object out;
  out.add("action", action);
  out.add("progress", state.progress);
  out.add("finalStatus", state.success && state.progress == 100 ? "SUCCESS" : "FAILURE");
  return Value(std::move(out));
}

}  // namespace nscl::rem
