// SPDX-License-Identifier: Apache-2.0
// What one device has, and what a well-behaved one answers to whoever reads and writes it.
#include <nscl/rem/simulator/data_model.h>

#include <algorithm>

#include <nscl/rem/tr069/values.h>

#include "value_check.h"

namespace nscl::rem::simulator {
namespace {

using tr069::make_fault;

constexpr std::string_view entries_suffix = "NumberOfEntries";
constexpr std::size_t most_own_nodes = 10'000;

std::string_view shown(const Node& node) {
  switch (node.reading) {
    case Node::Reading::nothing: return "";
    case Node::Reading::never_true: return "false";
    case Node::Reading::value: break;
  }
  return node.value;
}

/// The object that a path lies in directly: "A.B." of "A.B.C" and of "A.B.C.".
std::string_view parent_of(std::string_view path) {
  if (path.ends_with('.')) path.remove_suffix(1);
  const auto dot = path.rfind('.');
  return dot == path.npos ? std::string_view{} : path.substr(0, dot + 1);
}

}  // namespace

bool DataModel::is_removed(std::string_view path) const {
  if (removed_.empty()) return false;
  for (auto dot = path.find('.'); dot != path.npos; dot = path.find('.', dot + 1)) {
    if (removed_.contains(path.substr(0, dot + 1))) return true;
  }
  return false;
}

const Node* DataModel::find(std::string_view path) const {
  if (const auto found = own_.find(path); found != own_.end()) return &found->second;
  const auto found = tree_->nodes().find(path);
  return found == tree_->nodes().end() || is_removed(path) ? nullptr : &found->second;
}

std::string DataModel::value(std::string_view name) const {
  const auto* const node = find(root() + std::string(name));
  return node ? node->value : std::string();
}

bool DataModel::change(std::string_view name, std::string_view value) {
  const auto path = root() + std::string(name);
  const auto* const node = find(path);
  if (!node || node->is_object) return false;
  own(path).value = value;
  return true;
}

Node& DataModel::own(std::string_view path) {
  const auto found = own_.find(path);
  return found != own_.end() ? found->second : own_.emplace(path, *find(path)).first->second;
}

DataModel::Found DataModel::below(std::string_view prefix) const {
  Found out;
  const auto& nodes = tree_->nodes();
  for (auto i = nodes.lower_bound(prefix); i != nodes.end() && i->first.starts_with(prefix); ++i) {
    if (!is_removed(i->first)) out.emplace(i->first, &i->second);
  }
  for (auto i = own_.lower_bound(prefix); i != own_.end() && i->first.starts_with(prefix); ++i) out.insert_or_assign(i->first, &i->second);
  return out;
}

DataModel::Outcome<std::vector<tr069::ParameterInfoStruct>> DataModel::names(std::string_view path, bool next_level) const {
  std::vector<tr069::ParameterInfoStruct> out;
  const auto add = [&](std::string_view name, const Node& node) { out.push_back({std::string(name), node.is_writable}); };
  if (path.empty() && next_level) {
    add(root(), *find(root()));
    return out;
  }
  if (path.empty()) path = root();
  const auto* const node = find(path);
  if (!node) return tl::unexpected(make_fault(9005, path));
  if (!node->is_object && next_level) return tl::unexpected(make_fault(9003, "NextLevel of a parameter"));
  if (!node->is_object) {
    add(path, *node);
    return out;
  }
  for (const auto& [name, found] : below(path)) {
    if (!next_level || (name != path && parent_of(name) == path)) add(name, *found);
  }
  return out;
}

DataModel::Outcome<DataModel::Found> DataModel::parameters_of(const std::vector<std::string>& names) const {
  Found out;
  for (const auto& name : names) {
    const std::string_view path = name.empty() ? std::string_view(root()) : std::string_view(name);
    const auto* const node = find(path);
    if (!node) return tl::unexpected(make_fault(9005, path));
    if (!node->is_object) out.emplace(path, node);
    else out.merge(below(path));
  }
  std::erase_if(out, [](const auto& entry) { return entry.second->is_object; });
  return out;
}

DataModel::Outcome<std::vector<tr069::ParameterValueStruct>> DataModel::values(const std::vector<std::string>& names) const {
  const auto found = parameters_of(names);
  if (!found) return tl::unexpected(found.error());
  std::vector<tr069::ParameterValueStruct> out;
  for (const auto& [name, node] : *found) out.push_back({std::string(name), std::string(shown(*node)), node->type});
  return out;
}

DataModel::Outcome<std::vector<tr069::ParameterAttributeStruct>> DataModel::attributes(const std::vector<std::string>& names) const {
  const auto found = parameters_of(names);
  if (!found) return tl::unexpected(found.error());
  std::vector<tr069::ParameterAttributeStruct> out;
  for (const auto& [name, node] : *found) out.push_back({std::string(name), node->notification, node->access_list});
  return out;
}

std::optional<tr069::Fault> DataModel::set(const std::vector<tr069::ParameterValueStruct>& parameters) {
  auto fault = make_fault(9003);
  std::set<std::string_view> seen;
  for (const auto& parameter : parameters) {
    const auto* const node = find(parameter.name);
    std::uint32_t code = 0;
    if (!node || node->is_object) code = 9005;
    else if (!seen.insert(parameter.name).second) code = 9003;
    else if (!node->is_writable) code = 9008;
    else code = objection_to_value(*node, parameter);
    if (code != 0) fault.parameters.push_back({parameter.name, code, std::string(tr069::rule_of(code).text)});
  }
  if (!fault.parameters.empty()) return fault;
  for (const auto& parameter : parameters) {
    auto& node = own(parameter.name);
    node.value = canonical_value(node.type, parameter.value);
  }
  return std::nullopt;
}

std::optional<tr069::Fault> DataModel::set_attributes(const std::vector<tr069::SetParameterAttributesStruct>& parameters) {
  for (const auto& parameter : parameters) {
    if (!find(parameter.name)) return make_fault(9005, parameter.name);
    if (parameter.notification_change && parameter.notification > 6) return make_fault(9003, "Notification");
  }
  for (const auto& parameter : parameters) {
    const std::vector<std::string> names{parameter.name};   // the views below are of it
    const auto found = parameters_of(names);
    for (const auto& [name, unused] : *found) {
      auto& node = own(name);
      if (parameter.notification_change) node.notification = parameter.notification;
      if (parameter.access_list_change) node.access_list = parameter.access_list;
    }
  }
  return std::nullopt;
}

std::uint32_t DataModel::next_instance(std::string_view table) {
  auto& last = last_instance_.try_emplace(std::string(table), 0).first->second;
  for (const auto& [name, node] : below(table)) {
    if (name != table && parent_of(name) == table && node->is_object) {
      const auto digits = name.substr(table.size(), name.size() - table.size() - 1);
      last = std::max(last, static_cast<std::uint32_t>(tr069::parse_integer(digits).value_or(0)));
    }
  }
  return ++last;
}

void DataModel::count_entries(std::string_view table) {
  std::size_t count = 0;
  for (const auto& [name, node] : below(table)) count += name != table && parent_of(name) == table && node->is_object ? 1 : 0;
  const auto path = std::string(table.substr(0, table.size() - 1)) + std::string(entries_suffix);
  if (find(path)) own(path).value = std::to_string(count);
}

DataModel::Outcome<std::uint32_t> DataModel::add(std::string_view table) {
  const auto* const node = find(table);
  if (!node || !node->is_object || !node->is_table) return tl::unexpected(make_fault(9005, table));
  if (own_.size() > most_own_nodes) return tl::unexpected(make_fault(9004, table));
  const auto number = next_instance(table);
  const auto path = std::string(table) + std::to_string(number) + '.';
  auto made = instance_of(tree_->templates(), path);
  made.at(path).is_writable = node->is_writable;
  own_.merge(made);
  count_entries(table);
  return number;
}

std::optional<tr069::Fault> DataModel::remove(std::string_view instance) {
  const auto* const node = find(instance);
  const auto table = parent_of(instance);
  const auto* const parent = find(table);
  if (!node || !node->is_object || !parent || !parent->is_table) return make_fault(9005, instance);
  // A read of the last numbers comes first: a number that was given stays given.
  last_instance_[std::string(table)] = next_instance(table) - 1;
  std::erase_if(own_, [&](const auto& entry) { return entry.first.starts_with(instance); });
  if (tree_->nodes().contains(instance)) removed_.emplace(instance);
  count_entries(table);
  return std::nullopt;
}

void DataModel::reset() {
  own_.clear();
  removed_.clear();
  last_instance_.clear();
}

}  // namespace nscl::rem::simulator
