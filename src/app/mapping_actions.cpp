// SPDX-License-Identifier: Apache-2.0
// The actions of an object in a mapping file.
#include <algorithm>

#include <nscl/model/mgmt_types.h>

#include "mapping_reader.h"

namespace nscl::app {

using rem::ActionStep;
using rem::ActionWay;

namespace {

/// The names between braces, without '!'.
std::vector<std::string> marks_of(std::string_view text) {
  std::vector<std::string> out;
  for (auto at = text.find('{'); at != text.npos; at = text.find('{', at + 1)) {
    const auto end = std::min(text.find('}', at), text.size());
    std::string mark(text.substr(at + 1, end - at - 1));
    if (mark.ends_with('!')) mark.pop_back();
    out.push_back(end == text.size() ? "" : mark);
  }
  return out;
}

bool is_hidden_rule(const rem::ObjectRule& rule, std::string_view name) {
  return std::ranges::any_of(rule.attributes, [&](const auto& attribute) { return attribute.name == name && name.starts_with('.'); });
}

bool is_simple_attribute(const rem::ObjectRule& rule, std::string_view name) {
  const auto* attribute = name == "$any" ? nullptr : rule.type->find(name);
  return is_hidden_rule(rule, name) || (attribute && attribute->origin == model::Origin::stored && attribute->type->kind != model::Kind::complex);
}

}  // namespace

void MappingReader::actions(rem::ObjectRule& rule, const toml::node& node) {
  const auto* members = table(node, "actions");
  if (!members) return;
  const auto* child = members->get("child");
  if (child) rule.action_type = type(*child, "actions.child");
  else problem(node, "actions.child", "is missing");
  if (!rule.action_type) return;
  for (const auto& [name, member] : in_order(*members)) {
    const auto path = "actions." + name;
    const auto* trigger = rule.action_type->find(name);
    if (name == "child") continue;
    if (name == "status") {
      std::string status;
      text(status, *member, path);
      const auto* attribute = rule.type->find(status);
      if (attribute && attribute->type == &model::types::action_status) rule.action_status = attribute->name;
      else problem(*member, path, std::string(rule.type->name) + " has no such attribute of type ActionStatus");
    } else if (trigger && trigger->trigger) {
      rule.actions.push_back({.name = trigger->name, .ways = {}});
      ways(rule.actions.back(), rule, *member, path);
    } else {
      problem(*member, path, std::string(rule.action_type->name) + " has no such action");
    }
  }
}

void MappingReader::ways(rem::ActionRule& out, const rem::ObjectRule& rule, const toml::node& node, const std::string& path) {
  const auto* array = node.as_array();
  if (!array) return way(out.ways.emplace_back(), rule, node, path);
  if (array->empty() || array->size() > 20) return problem(node, path, "needs 1 to 20 ways");
  for (const auto& item : *array) way(out.ways.emplace_back(), rule, item, path);
}

void MappingReader::way(ActionWay& out, const rem::ObjectRule& rule, const toml::node& node, const std::string& path) {
  const auto* members = table(node, path);
  if (!members) return;
  ActionStep only;
  for (const auto& [key, member] : in_order(*members)) {
    const auto at = path + "." + key;
    bool is_bound = false;
    if (key == "bound") flag(is_bound, *member, at), out.bound = is_bound;
    else if (key == "when") pairs(out.when, *member, at);
    else if (key == "each") text(out.each, *member, at);
    else if (key == "below") text(out.below, *member, at);
    else if (key == "until") pairs(out.until, *member, at);
    else if (key == "unsupported") text(out.unsupported, *member, at);
    else if (key == "conflict") text(out.conflict, *member, at);
    else if (key == "steps" && member->is_array()) {
      for (const auto& item : *member->as_array()) {
        if (const auto* step_table = table(item, at)) step(out.steps.emplace_back(), rule, *step_table, at);
      }
    } else if (!step_key(only, key, *member, at)) unknown(*member, at);
  }
  if (!only.command.empty() || !only.set.empty() || !only.notify.empty() || !only.arguments.empty()) {
    check_step(only, rule, node, path);
    out.steps.push_back(std::move(only));
  }
  for (const auto& [name, value] : out.when) {
    if (!is_simple_attribute(rule, name)) problem(node, path, "when: \"" + name + "\" is no simple attribute of " + std::string(rule.type->name));
  }
  if (!out.each.empty() && !is_simple_attribute(rule, out.each)) problem(node, path, "each: \"" + out.each + "\" is no simple attribute of " + std::string(rule.type->name));
  check_way(out, node, path);
}

void MappingReader::check_way(const ActionWay& checked, const toml::node& node, const std::string& path) {
  const int ends = (checked.steps.empty() ? 0 : 1) + (checked.unsupported.empty() ? 0 : 1) + (checked.conflict.empty() ? 0 : 1);
  if (ends != 1) problem(node, path, "needs one of command, set, notify, steps, unsupported and conflict");
  if (checked.steps.size() > 10) problem(node, path, "has more than 10 steps");
}

void MappingReader::step(ActionStep& out, const rem::ObjectRule& rule, const toml::table& members, const std::string& path) {
  for (const auto& [key, member] : in_order(members)) {
    if (!step_key(out, key, *member, path + "." + key)) unknown(*member, path + "." + key);
  }
  check_step(out, rule, members, path);
}

bool MappingReader::step_key(ActionStep& out, std::string_view key, const toml::node& node, const std::string& path) {
  if (key == "command") text(out.command, node, path);
  else if (key == "operation") text(out.operation, node, path);
  else if (key == "arguments") pairs(out.arguments, node, path);
  else if (key == "set") pairs(out.set, node, path);
  else if (key == "notify") pairs(out.notify, node, path);
  else return false;
  return true;
}

void MappingReader::check_step(const ActionStep& checked, const rem::ObjectRule& rule, const toml::node& node, const std::string& path) {
  const auto& commands = model::types::cmd_type.values;
  const int kinds = (checked.command.empty() ? 0 : 1) + (checked.set.empty() ? 0 : 1) + (checked.notify.empty() ? 0 : 1);
  if (kinds != 1) problem(node, path, "needs a command, or leaves to set or to be notified of");
  for (const auto& [leaf, level] : checked.notify) {
    if (level != "0" && level != "1" && level != "2") problem(node, path, "notify: the level of " + leaf + " is none of \"0\", \"1\" and \"2\"");
  }
  if (!checked.command.empty() && std::ranges::find(commands, checked.command) == commands.end()) problem(node, path, "\"" + checked.command + "\" is no cmdType");
  const bool has_operation = checked.operation == "Install" || checked.operation == "Update" || checked.operation == "Uninstall";
  if ((checked.command == "CHANGEDUSTATE") != has_operation) problem(node, path, "CHANGEDUSTATE, and no other command, needs operation = \"Install\", \"Update\" or \"Uninstall\"");
  static constexpr std::string_view own[] = {"root", "object", "path", "i", "each"};
  for (const auto* list : {&checked.arguments, &checked.set, &checked.notify}) {
    for (const auto& [name, value] : *list) {
      for (const auto& mark : marks_of(name + value)) {
        if (std::ranges::find(own, mark) == std::end(own) && !is_simple_attribute(rule, mark)) problem(node, path, "{" + mark + "} stands for nothing");
      }
    }
  }
}

}  // namespace nscl::app
