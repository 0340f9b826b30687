// SPDX-License-Identifier: Apache-2.0
// Files of mappings, and the objects in them.
#include "mappings.h"

#include <algorithm>
#include <stdexcept>

#include <nscl/base/guarded_file.h>
#include <nscl/rem/mapping.h>
#include <nscl/rem/node_path.h>

#include "mapping_reader.h"

namespace nscl::app {
namespace {

constexpr std::size_t most_entries = 500, most_members = 200, most_text = 512, most_problems = 50, most_octets = 1u << 20;

}  // namespace

/// "{root}A.{i}.", of OMA-DM "{root}A/{i}/" or "{urn:...}A/{i}/": a path of objects.
bool MappingReader::is_object_pattern(std::string path) const {
  const bool is_of_model = is_dm() && path.starts_with("{urn:");
  if (!is_of_model && !path.starts_with("{root}")) return false;
  path.replace(0, std::min(path.find('}'), path.size() - 1) + 1, is_of_model ? "./MO/" : is_dm() ? "./" : "Device.");
  for (auto at = path.find("{i}"); at != path.npos; at = path.find("{i}", at)) path.replace(at, 3, "1");
  return rem::is_object_path(path) && rem::check_original_mo(path).has_value();
}

std::vector<std::pair<std::string, const toml::node*>> in_order(const toml::table& table) {
  std::vector<std::pair<std::string, const toml::node*>> out;
  for (const auto& [name, node] : table) out.emplace_back(std::string(name.str()), &node);
  std::ranges::stable_sort(out, [](const auto& a, const auto& b) {
    const auto left = a.second->source().begin, right = b.second->source().begin;
    return std::pair(left.line, left.column) < std::pair(right.line, right.column);
  });
  return out;
}

void MappingReader::problem(const toml::node& node, const std::string& path, const std::string& what) {
  const auto line = node.source().begin.line;
  problems_.emplace(line, file_ + ":" + std::to_string(line) + ": " + path + ": " + what);
}

std::vector<std::string> MappingReader::problems() const {
  std::vector<std::string> out;
  for (const auto& [line, text] : problems_) {
    if (out.size() == most_problems) break;
    out.push_back(text);
  }
  return out;
}

const toml::table* MappingReader::table(const toml::node& node, const std::string& path) {
  const auto* out = node.as_table();
  if (!out) problem(node, path, "is no table");
  else if (out->size() > most_members) problem(node, path, "has more than " + std::to_string(most_members) + " members");
  else return out;
  return nullptr;
}

void MappingReader::text(std::string& out, const toml::node& node, const std::string& path) {
  const auto* value = node.as_string();
  if (!value) problem(node, path, "is not a text in quotes");
  else if (value->get().size() > most_text) problem(node, path, "is longer than " + std::to_string(most_text) + " octets");
  else out = value->get();
}

void MappingReader::texts(std::vector<std::string>& out, const toml::node& node, const std::string& path) {
  const auto* array = node.as_array();
  if (!array) return text(out.emplace_back(), node, path);
  if (array->empty() || array->size() > most_members) return problem(node, path, "needs 1 to " + std::to_string(most_members) + " texts");
  for (const auto& item : *array) text(out.emplace_back(), item, path);
}

void MappingReader::pairs(Pairs& out, const toml::node& node, const std::string& path) {
  const auto* members = table(node, path);
  if (!members) return;
  for (const auto& [name, member] : in_order(*members)) text(out.emplace_back(name, "").second, *member, path + "." + name);
}

void MappingReader::flag(bool& out, const toml::node& node, const std::string& path) {
  if (const auto* value = node.as_boolean()) out = value->get();
  else problem(node, path, "is neither true nor false");
}

void MappingReader::number(std::int64_t& out, const toml::node& node, const std::string& path, std::int64_t most) {
  const auto* value = node.as_integer();
  if (value && value->get() >= 1 && value->get() <= most) out = value->get();
  else problem(node, path, "is no number from 1 to " + std::to_string(most));
}

std::size_t MappingReader::choice(std::initializer_list<std::string_view> words, const toml::node& node, const std::string& path) {
  const auto* value = node.as_string();
  const auto found = value ? std::ranges::find(words, value->get()) : words.end();
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string all;
  for (const auto word : words) all.append(all.empty() ? "\"" : ", \"").append(word).append("\"");
  problem(node, path, "is none of " + all);
  return 0;
}

const model::ResourceType* MappingReader::type(const toml::node& node, std::string_view key) {
  std::string name;
  text(name, node, std::string(key));
  const auto* out = registry_.find(name);
  if (out && !out->xsi_type.empty()) return out;
  if (!name.empty()) problem(node, std::string(key), "\"" + name + "\" is no model of a management object");
  return nullptr;
}

void MappingReader::hidden_name(std::string_view& out, const toml::node& node, const std::string& path) {
  std::string name;
  text(name, node, path);
  const auto known = std::ranges::find(rem::hidden_attributes, name);
  if (known != rem::hidden_attributes.end()) out = *known;
  else problem(node, path, "\"" + name + "\" is nothing that a resource keeps beside its attributes");
}

void MappingReader::match(rem::ModelMatch& out, const toml::node& node) {
  const auto* members = table(node, "match");
  if (!members) return;
  for (const auto& [name, member] : in_order(*members)) {
    const auto path = "match." + name;
    if (name == "oui") text(out.oui, *member, path);
    else if (name == "product_class") text(out.product_class, *member, path);
    else if (name == "software_version") text(out.software_version, *member, path);
    else if (name == "manufacturer") text(out.manufacturer, *member, path);
    else if (name == "model") text(out.model, *member, path);
    else unknown(*member, path);
  }
}

void MappingReader::object(rem::ObjectRule& rule, const toml::table& members) {
  const auto* of_type = members.get("type");   // first: the other keys are checked against it
  if (of_type) rule.type = type(*of_type, "type");
  else problem(members, "type", "is missing");
  if (!rule.type) return;
  rule.protocol = protocol_;
  for (const auto& [name, member] : in_order(members)) {
    if (name == "type") continue;
    if (name == "parent") rule.parent = type(*member, name);
    else if (name == "at") texts(rule.at, *member, name);
    else if (name == "all") flag(rule.all, *member, name);
    else if (name == "needs") texts(rule.needs, *member, name);
    else if (name == "methods") texts(rule.methods, *member, name);
    else if (name == "id") text(rule.id, *member, name);
    else if (name == "mo_id") text(rule.mo_id, *member, name);
    else if (name == "match") match(rule.match, *member);
    else if (name == "same") hidden_name(rule.same, *member, name);
    else if (name == "creatable") flag(rule.creatable, *member, name);
    else if (name == "unbound") flag(rule.unbound, *member, name);
    else if (name == "on_create") pairs(rule.on_create, *member, name);
    else if (name == "attributes") attributes(rule, *member);
    else if (name != "actions") unknown(*member, name);
  }
  if (const auto* actions_of = members.get("actions")) actions(rule, *actions_of);   // last: they refer to attributes
  check_object(rule, members);
}

void MappingReader::check_object(const rem::ObjectRule& rule, const toml::table& members) {
  const auto node_of = [&](std::string_view key) -> const toml::node& { return members.get(key) ? *members.get(key) : members; };
  if (rule.at.empty()) problem(members, "at", "is missing");
  for (const auto* list : {&rule.at, &rule.needs}) {
    const std::string key = list == &rule.at ? "at" : "needs";
    for (const auto& path : *list) {
      if (!is_object_pattern(path)) problem(node_of(key), key, "\"" + path + "\" is no path such as " + (is_dm() ? "{root}X/{i}/ or {urn:...} with a slash" : "{root}X.{i}. with a dot") + " at its end");
    }
  }
  const bool is_below = rule.type->element == "parameters";
  if (is_below && !rule.parent) problem(node_of("parent"), "parent", "is needed: a " + std::string(rule.type->name) + " stands in another resource");
  if (!is_below && rule.parent) problem(node_of("parent"), "parent", "a " + std::string(rule.type->name) + " stands in mgmtObjs only");
  const bool takes_instances = !rule.at.empty() && (rule.at.front().ends_with("{i}.") || rule.at.front().ends_with("{i}/"));
  if (rule.creatable && !(is_below && takes_instances)) problem(node_of("creatable"), "creatable", "needs a parent, and a path in `at` that ends in {i} and a dot or slash");
}

void MappingReader::gateway(rem::GatewayRule& rule, const toml::table& members) {
  for (const auto& [name, member] : in_order(members)) {
    if (name == "match") match(rule.match, *member);
    else if (name == "at") texts(rule.at, *member, name);
    else if (name == "id") texts(rule.id, *member, name);
    else if (name == "mode") mode(rule, *member);
    else unknown(*member, name);
  }
  const bool is_good = !rule.at.empty() && std::ranges::all_of(rule.at, [&](const std::string& path) { return is_object_pattern(path) && path.ends_with("{i}/"); });
  if (!is_good) problem(members, "at", "needs paths such as {urn:...}Devices/{i}/");
  if (rule.id.empty()) problem(members, "id", "is missing: the leaf that tells which device it is");
}

void MappingReader::mode(rem::GatewayRule& rule, const toml::node& node) {
  const auto* members = table(node, "mode");
  if (!members) return;
  for (const auto& [name, member] : in_order(*members)) {
    if (name == "leaf") texts(rule.mode, *member, "mode.leaf");
    else if (name == "transparent") texts(rule.transparent, *member, "mode.transparent");
    else unknown(*member, "mode." + name);
  }
  if (rule.mode.empty() || rule.transparent.empty()) problem(node, "mode", "needs leaf and transparent: where the mode stands, and how it is called");
}

template <class Rule, class Read>
void MappingReader::list(std::vector<Rule>& out, const toml::node& node, const std::string& name, Read read) {
  const auto* array = node.as_array();
  const bool is_list = array && std::ranges::all_of(*array, [](const toml::node& item) { return item.is_table(); });
  if (!is_list || array->size() > most_entries) return problem(node, name, "is written [[" + name + "]], at most " + std::to_string(most_entries) + " times");
  for (const auto& item : *array) read(out.emplace_back(), *item.as_table());
}

rem::MappingTable MappingReader::read(std::string_view content) {
  rem::MappingTable out;
  out.command = registry_.find("mgmtCmd");
  try {
    const toml::table root = toml::parse(content, std::string_view(file_));
    if (const auto* node = root.get("protocol")) {   // first: all else is checked by it
      protocol_ = choice({"bbf_tr069", "oma_dm"}, *node, "protocol") == 1 ? store::ManagementProtocol::oma_dm : store::ManagementProtocol::bbf_tr069;
    }
    for (const auto& [name, node] : in_order(root)) {
      if (name == "protocol") continue;
      if (name == "object") list(out.objects, *node, name, [this](auto& rule, const toml::table& members) { object(rule, members); });
      else if (name == "model") list(out.models, *node, name, [this](auto& rule, const toml::table& members) { model(rule, members); });
      else if (name == "command" && is_dm()) list(out.commands, *node, name, [this](auto& rule, const toml::table& members) { command(rule, members); });
      else if (name == "gateway" && is_dm()) list(out.gateways, *node, name, [this](auto& rule, const toml::table& members) { gateway(rule, members); });
      else unknown(*node, name);
    }
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    problems_.emplace(line, file_ + ":" + std::to_string(line) + ": " + std::string(error.description()));
  }
  return out;
}

Result<rem::MappingTable> read_mappings(std::string_view text, const std::string& file, const model::Registry& registry) {
  if (text.size() > most_octets) return bad_request(file + ": is larger than " + std::to_string(most_octets) + " octets");
  MappingReader reader(file, registry);
  auto table = reader.read(text);
  std::string problems;
  for (const auto& problem : reader.problems()) problems.append(problems.empty() ? "" : "\n").append(problem);
  if (!problems.empty()) return bad_request(std::move(problems));
  return table;
}

Result<rem::MappingTable> load_mappings(const std::vector<std::string>& files, const model::Registry& registry) try {
  auto out = read_mappings(rem::tr069_mappings(), "tr069.toml (built in)", registry);
  auto for_dm = read_mappings(rem::omadm_mappings(), "omadm.toml (built in)", registry);
  if (!for_dm) return for_dm;
  if (out) out->override_by(*std::move(for_dm));
  for (const auto& file : files) {
    if (!out) break;
    const auto content = read_guarded_file(file, Guard::change, most_octets);
    auto table = read_mappings(content.view(), file, registry);
    if (!table) return table;
    out->override_by(std::move(*table));
  }
  return out;
} catch (const std::runtime_error& error) {
  return bad_request(error.what());
}

}  // namespace nscl::app
