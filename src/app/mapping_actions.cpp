// SPDX-License-Identifier: Apache-2.0
// The actions of an object in a mapping file.
#include <algorithm>

#include <nscl/model/mgmt_types.h>
#include <nscl/rem/secret_names.h>

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

int kinds_of(const ActionStep& step) {
  return (step.command.empty() ? 0 : 1) + (step.set.empty() ? 0 : 1) + (step.notify.empty() ? 0 : 1) + (step.exec.empty() ? 0 : 1) + (step.remove.empty() ? 0 : 1) +
         (step.read.empty() ? 0 : 1);
}

/// Of a command any name is one of an argument.
bool is_simple_attribute(const rem::ObjectRule* of, std::string_view name) {
  if (!of) return !name.empty();
  const auto& rule = *of;
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
      ways(rule.actions.back().ways, &rule, *member, path);
    } else {
      problem(*member, path, std::string(rule.action_type->name) + " has no such action");
    }
  }
}

void MappingReader::command(rem::CommandRule& rule, const toml::table& members) {
  for (const auto& [name, member] : in_order(members)) {
    if (name == "type") text(rule.type, *member, name);
    else if (name == "match") match(rule.match, *member);
    else if (name == "at") texts(rule.at, *member, name);
    else if (name == "ways") ways(rule.ways, nullptr, *member, name);
    else unknown(*member, name);
  }
  const auto& types = model::types::cmd_type.values;
  if (std::ranges::find(types, rule.type) == types.end()) problem(members, "type", "\"" + rule.type + "\" is no cmdType");
  for (const auto& path : rule.at) {
    if (!is_object_pattern(path)) problem(members, "at", "\"" + path + "\" is no path such as {root}X/ or {urn:...}");
  }
  const auto is_one = [](const ActionWay& way) { return way.steps.size() <= 1 && way.each.empty() && way.until.empty(); };
  const auto is_done_there = [&](const ActionWay& way) {
    return way.steps.empty() || !way.steps.front().exec.empty() || (rule.type == "UPLOAD" && !way.steps.front().read.empty());
  };
  if (!std::ranges::all_of(rule.ways, is_one) || !std::ranges::all_of(rule.ways, is_done_there)) problem(members, "ways", "each is one `exec`, of an UPLOAD `read` too, or `unsupported`, or `conflict`");
}

void MappingReader::ways(std::vector<ActionWay>& out, const rem::ObjectRule* rule, const toml::node& node, const std::string& path) {
  const auto* array = node.as_array();
  if (!array) return way(out.emplace_back(), rule, node, path);
  if (array->empty() || array->size() > 20) return problem(node, path, "needs 1 to 20 ways");
  for (const auto& item : *array) way(out.emplace_back(), rule, item, path);
}

void MappingReader::way(ActionWay& out, const rem::ObjectRule* rule, const toml::node& node, const std::string& path) {
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
  if (kinds_of(only) > 0 || !only.arguments.empty() || !only.write.empty()) {
    check_step(only, rule, node, path);
    out.steps.push_back(std::move(only));
  }
  for (const auto& [name, value] : out.when) {
    if (!is_simple_attribute(rule, name)) problem(node, path, "when: \"" + name + "\" is no simple attribute of " + std::string(rule->type->name));
  }
  if (!out.each.empty() && !is_simple_attribute(rule, out.each)) problem(node, path, "each: \"" + out.each + "\" is no simple attribute of " + std::string(rule->type->name));
  check_way(out, node, path);
}

void MappingReader::check_way(const ActionWay& checked, const toml::node& node, const std::string& path) {
  const int ends = (checked.steps.empty() ? 0 : 1) + (checked.unsupported.empty() ? 0 : 1) + (checked.conflict.empty() ? 0 : 1);
  if (ends != 1) problem(node, path, std::string("needs one of command, set, notify, ") + (is_dm() ? "exec, remove, " : "") + "steps, unsupported and conflict");
  if (checked.steps.size() > 10) problem(node, path, "has more than 10 steps");
}

void MappingReader::step(ActionStep& out, const rem::ObjectRule* rule, const toml::table& members, const std::string& path) {
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
  else if (!is_dm()) return false;
  else if (key == "exec") text(out.exec, node, path);
  else if (key == "data") text(out.data, node, path);
  else if (key == "write") pairs(out.write, node, path);
  else if (key == "state") text(out.state, node, path);
  else if (key == "idle") texts(out.idle, node, path);
  else if (key == "restarts") flag(out.restarts, node, path);
  else if (key == "cancel") text(out.cancel, node, path);
  else if (key == "remove") text(out.remove, node, path);
  else if (key == "read") texts(out.read, node, path);
  else return false;
  return true;
}

void MappingReader::check_step(const ActionStep& checked, const rem::ObjectRule* rule, const toml::node& node, const std::string& path) {
  const auto& commands = model::types::cmd_type.values;
  if (kinds_of(checked) != 1) problem(node, path, std::string("needs a command, or leaves to set or to be notified of") + (is_dm() ? ", or a node to run or remove" : ""));
  const bool goes_with_exec = !checked.write.empty() || !checked.data.empty() || !checked.state.empty() || !checked.idle.empty() || checked.restarts;
  if (goes_with_exec && checked.exec.empty()) problem(node, path, "write, data, state, idle and restarts go with exec");
  if (!checked.cancel.empty() && (rule || checked.exec.empty())) problem(node, path, "cancel goes with the exec of a command");
  if (rule && !checked.read.empty()) problem(node, path, "read is for a command");
  for (const auto& leaf : checked.read) {
    if (rem::is_secret(leaf)) problem(node, path, "read: " + leaf + " is a password, which no file may hold");
  }
  for (const auto& [leaf, level] : checked.notify) {
    if (level != "0" && level != "1" && level != "2") problem(node, path, "notify: the level of " + leaf + " is none of \"0\", \"1\" and \"2\"");
  }
  if (!checked.command.empty() && std::ranges::find(commands, checked.command) == commands.end()) problem(node, path, "\"" + checked.command + "\" is no cmdType");
  const bool has_operation = checked.operation == "Install" || checked.operation == "Update" || checked.operation == "Uninstall";
  if ((checked.command == "CHANGEDUSTATE") != has_operation) problem(node, path, "CHANGEDUSTATE, and no other command, needs operation = \"Install\", \"Update\" or \"Uninstall\"");
  static constexpr std::string_view own[] = {"root", "object", "path", "i", "each", "key"};
  std::string all = checked.exec + checked.data + checked.state + checked.cancel + checked.remove;
  for (const auto* list : {&checked.arguments, &checked.set, &checked.notify, &checked.write}) {
    for (const auto& [name, value] : *list) all += name + value;
  }
  for (const auto& leaf : checked.read) all += leaf;
  for (const auto& mark : marks_of(all)) {
    const bool is_own = std::ranges::find(own, mark) != std::end(own) || (is_dm() && mark.starts_with("urn:"));
    if (!is_own && !is_simple_attribute(rule, mark)) problem(node, path, "{" + mark + "} stands for nothing");
  }
}

}  // namespace nscl::app
