// SPDX-License-Identifier: Apache-2.0
#include "genie_document.h"

#include <algorithm>
#include <cmath>

#include <nscl/base/bytes.h>
#include <nscl/rem/tr069/device_id.h>
#include <nscl/rem/tr069/values.h>

#include "genie_task.h"

namespace nscl::rem {
namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_value = 64 * 1024, most_values = 4096, most_objects = 4096;
constexpr unsigned deepest_node = 32;
constexpr std::string_view roots[] = {"Device.", "InternetGatewayDevice."};
constexpr std::string_view type_prefix = "xsd:";

const Json* member(const Json& json, const std::string& name) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  return found == json.end() ? nullptr : &*found;
}

std::string fact_of(const Json* json) {
  if (!json || !json->is_string()) return {};
  auto text = to_xml_text(json->get<std::string>());
  return text.size() <= longest_fact ? std::move(text) : std::string();
}

Time time_in(const Json& document, const std::string& name) {
  const auto* const json = member(document, name);
  const auto time = json && json->is_string() ? parse_date_time(json->get<std::string>()) : std::nullopt;
  return time.value_or(Time{});
}

/// As a device would write it; nothing if it is no value.
std::optional<std::string> value_text(const Json& value, std::string_view type) {
  if (value.is_string()) return to_xml_text(value.get<std::string>());
  if (value.is_boolean()) return tr069::format_boolean(value.get<bool>());
  const bool is_time = type == "dateTime" && value.is_number();
  if (is_time && std::abs(value.get<double>()) < 1e14) return format_date_time(Time{std::chrono::milliseconds{value.get<std::int64_t>()}});
  if (value.is_number()) return value.dump();
  return std::nullopt;
}

/// Goes through a document, parents first.
class Walk {
 public:
  explicit Walk(GenieTree& out) : out_(out) {}

  void object(const Json& node, const std::string& path, unsigned depth) {
    if (depth > deepest_node || out_.objects.size() >= most_objects) return;
    out_.objects.push_back(path);
    note_writable(node, path);
    for (const auto& [name, child] : node.items()) {
      if (name.empty() || name.front() == '_' || !child.is_object() || !is_xml_text(name)) continue;
      if (child.contains("_value")) leaf(child, path + name);
      else object(child, path + name + ".", depth + 1);
    }
  }

 private:
  void leaf(const Json& node, std::string path) {
    auto type = fact_of(member(node, "_type"));
    if (type.starts_with(type_prefix)) type.erase(0, type_prefix.size());
    auto text = value_text(node.at("_value"), type);
    if (!text || text->size() > longest_value || out_.leaves.size() >= most_values) return;
    note_writable(node, path);
    out_.leaves.push_back({std::move(path), *std::move(text), std::move(type)});
  }

  void note_writable(const Json& node, const std::string& path) {
    const auto* const flag = member(node, "_writable");
    if (flag && flag->is_boolean() && flag->get<bool>()) out_.writable.push_back(path);
  }

  GenieTree& out_;
};

bool is_instance_of(std::string_view path, std::string_view object) {
  if (!path.starts_with(object)) return false;
  const auto number = path.substr(object.size(), path.size() - object.size() - 1);
  return !number.empty() && number.find_first_not_of("0123456789") == number.npos;
}

bool has_values(const AddInstance& task, const std::string& instance, const GenieTree& tree) {
  return std::ranges::all_of(task.leaves, [&](const Leaf& wanted) {
    const auto found = std::ranges::find(tree.leaves, instance + wanted.path, &Leaf::path);
    return found == tree.leaves.end() || found->value == wanted.value ||
           (found->type == "boolean" && tr069::parse_boolean(found->value) == tr069::parse_boolean(wanted.value));
  });
}

std::vector<Leaf> leaves_below(const GenieTree& tree, const std::string& object) {
  std::vector<Leaf> out;
  std::ranges::copy_if(tree.leaves, std::back_inserter(out), [&](const Leaf& leaf) { return leaf.path.starts_with(object); });
  return out;
}

Report report_of_addition(const AddInstance& task, const GenieTree& tree) {
  const auto made = made_instance(task, tree);
  if (made && *made) return {.leaves = leaves_below(tree, **made), .object = **made};
  Report report{.end = Report::End::failed, .status = Status::conflict, .code = "NO_REPORT"};
  report.text = made ? "GenieACS has carried out addObject, and shows no new instance of " + task.object : made.error().detail;
  return report;
}

Report report_of_discovery(const Discover& task, GenieTree tree, std::string_view root) {
  const auto paths = genie_paths(task, root);
  const auto is_there = [&](const std::string& path) { return std::ranges::find(tree.objects, path + ".") != tree.objects.end() || std::ranges::find(tree.leaves, path, &Leaf::path) != tree.leaves.end(); };
  Report report;
  const bool has_any = std::ranges::any_of(paths, is_there);
  if (!has_any && task.objects.size() == 1) return {.end = Report::End::failed, .status = Status::not_found, .code = "9005", .text = "GenieACS shows no " + task.objects.front()};
  if (has_any) {
    report.leaves = std::move(tree.leaves);
    report.objects = std::move(tree.objects);
    report.writable = std::move(tree.writable);
  } else {
    report.objects.emplace_back(root);   // nothing of what was looked for
  }
  // What GenieACS can have a device do; it does not tell what the device itself says.
  report.methods = {"GetParameterNames", "GetParameterValues", "SetParameterValues", "AddObject", "DeleteObject", "Download", "Reboot", "FactoryReset"};
  return report;
}

std::vector<Leaf> leaves_at(const GenieTree& tree, const std::vector<std::string>& paths) {
  std::vector<Leaf> out;
  for (const auto& leaf : tree.leaves) {
    const auto holds = [&](const std::string& path) { return leaf.path == path || leaf.path.starts_with(path + "."); };
    if (std::ranges::any_of(paths, holds)) out.push_back(leaf);
  }
  return out;
}

}  // namespace

const std::vector<std::string>& identity_projection() {
  static const std::vector<std::string> paths = [] {
    std::vector<std::string> out{"_id", "_deviceId", "_lastInform", "_lastBoot", "_lastBootstrap"};
    for (const std::string_view root : roots) {
      for (const std::string_view name : {"SoftwareVersion", "HardwareVersion", "ModelName"}) out.push_back(std::string(root) + "DeviceInfo." + std::string(name));
    }
    return out;
  }();
  return paths;
}

std::optional<ExternalDevice> external_device_of(const Json& document) {
  const auto* const id = member(document, "_id");
  if (!id || !id->is_string()) return std::nullopt;
  ExternalDevice device{.id = id->get<std::string>()};
  const auto parsed = device.id.size() <= tr069::longest_device_id ? tr069::parse_device_id(device.id) : std::nullopt;
  if (!parsed || !is_xml_text(parsed->oui + parsed->product_class + parsed->serial_number)) return std::nullopt;
  auto& facts = device.facts;
  facts.oui = parsed->oui;
  facts.product_class = parsed->product_class;
  facts.serial = parsed->serial_number;
  if (const auto* const told = member(document, "_deviceId")) facts.manufacturer = fact_of(member(*told, "_Manufacturer"));
  for (const std::string_view root : roots) {
    const auto* const object = member(document, genie_path(root));
    if (!object) continue;
    facts.root = root;
    const auto tree = tree_of(document, root);
    const auto value = [&](std::string_view name) {
      const auto found = std::ranges::find(tree.leaves, facts.root + "DeviceInfo." + std::string(name), &Leaf::path);
      return found == tree.leaves.end() || found->value.size() > longest_fact ? std::string() : found->value;
    };
    facts.software_version = value("SoftwareVersion");
    facts.hardware_version = value("HardwareVersion");
    facts.model = value("ModelName");
    break;
  }
  device.last_contact = time_in(document, "_lastInform");
  device.last_boot = time_in(document, "_lastBoot");
  device.last_bootstrap = time_in(document, "_lastBootstrap");
  return device;
}

GenieTree tree_of(const Json& document, std::string_view root) {
  GenieTree out;
  const auto* const top = member(document, genie_path(root));
  if (top && top->is_object()) Walk(out).object(*top, std::string(root), 0);
  return out;
}

Result<std::optional<std::string>> made_instance(const AddInstance& task, const GenieTree& tree) {
  std::vector<std::string> found;
  for (const auto& object : tree.objects) {
    const bool is_known = task.known && std::ranges::find(*task.known, object) != task.known->end();
    if (is_instance_of(object, task.object) && !is_known && has_values(task, object, tree)) found.push_back(object);
  }
  if (found.empty()) return std::nullopt;
  if (found.size() == 1) return found.front();
  return failure(Status::conflict, "GenieACS shows several instances of " + task.object + " that may be the new one");
}

Report report_of_document(const Assignment& assignment, const Json& document, std::string_view root) {
  auto tree = tree_of(document, root);
  if (const auto* add = std::get_if<AddInstance>(&assignment.task)) return report_of_addition(*add, tree);
  if (const auto* discover = std::get_if<Discover>(&assignment.task)) return report_of_discovery(*discover, std::move(tree), root);
  Report report;
  report.leaves = leaves_at(tree, genie_paths(assignment.task, root));
  return report;
}

}  // namespace nscl::rem
