// SPDX-License-Identifier: Apache-2.0
#include "genie_task.h"

#include <algorithm>
#include <charconv>

#include <nscl/base/bytes.h>
#include <nscl/rem/tr069/faults.h>
#include <nscl/rem/tr069/values.h>
#include <nscl/rem/transfer_planner.h>

#include "mapping/device_tree.h"
#include "tr069/perform/reports.h"

namespace nscl::rem {
namespace {

using Json = nlohmann::json;

constexpr std::string_view instance_mark = "{i}";
constexpr std::size_t longest_ticket = 64, most_faults = 32;

/// A name that GenieACS takes as such: "*", "[" and ":" mean something to it.
bool is_plain_path(std::string_view path) {
  constexpr std::string_view others = "_-.";
  return !path.empty() && std::ranges::all_of(path, [&](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80 || others.find(char(c)) != others.npos;
  });
}

/// "{root}X.{i}.Y." -> "Device.X": the object above the first instance.
std::string fixed_part(std::string_view pattern, std::string_view root) {
  std::string out;
  if (pattern.starts_with(root_mark)) {
    out = root;
    pattern.remove_prefix(root_mark.size());
  }
  out += pattern.substr(0, pattern.find(instance_mark));
  return genie_path(out);
}

/// Without those that are below others.
std::vector<std::string> topmost(std::vector<std::string> paths) {
  std::ranges::sort(paths);
  std::vector<std::string> out;
  for (auto& path : paths) {
    const auto holds = [&](const std::string& other) { return path == other || path.starts_with(other + "."); };
    if (std::ranges::none_of(out, holds)) out.push_back(std::move(path));
  }
  return out;
}

Json value_of(const Leaf& leaf) {
  if (leaf.type == "boolean") {
    if (const auto value = tr069::parse_boolean(leaf.value)) return *value;
  }
  if (leaf.type == "int" || leaf.type == "unsignedInt" || leaf.type == "long" || leaf.type == "unsignedLong") {
    if (const auto value = tr069::parse_integer(leaf.value)) return *value;
  }
  return leaf.value;
}

Json values_of(const std::vector<Leaf>& leaves) {
  auto out = Json::array();
  for (const auto& leaf : leaves) {
    auto item = Json::array({leaf.path, value_of(leaf)});
    if (!leaf.type.empty()) item.push_back("xsd:" + leaf.type);
    out.push_back(std::move(item));
  }
  return out;
}

/// Fields of the task but its key.
struct Saying {
  std::string_view root;

  Result<Json> operator()(const GetLeaves& task) const { return Json{{"name", "getParameterValues"}, {"parameterNames", genie_paths(task, root)}}; }
  Result<Json> operator()(const SetLeaves& task) const { return Json{{"name", "setParameterValues"}, {"parameterValues", values_of(task.leaves)}}; }
  Result<Json> operator()(const AddInstance& task) const {
    Json out{{"name", "addObject"}, {"objectName", genie_path(task.object)}};
    if (!task.leaves.empty()) out["parameterValues"] = values_of(task.leaves);
    return out;
  }
  Result<Json> operator()(const DeleteInstance& task) const { return Json{{"name", "deleteObject"}, {"objectName", genie_path(task.object)}}; }
  Result<Json> operator()(const Discover& task) const {
    const auto paths = genie_paths(task, root);
    if (paths.size() == 1) return Json{{"name", "refreshObject"}, {"objectName", paths.front()}};
    return Json{{"name", "getParameterValues"}, {"parameterNames", paths}};   // GenieACS refreshes each of them, objects with all that is below
  }
  Result<Json> operator()(const Command& task) const {
    if (task.type == "REBOOT") return Json{{"name", "reboot"}};
    if (task.type == "RESET") return Json{{"name", "factoryReset"}};
    if (task.type != "DOWNLOAD") return failure(Status::not_implemented, "a " + task.type + " cannot be done through GenieACS");
    const auto file = argument(task, "File"), target = argument(task, "TargetFileName");
    if (file.empty()) return failure(Status::not_implemented, "GenieACS has devices download files that it has itself: the command has to name a File");
    Json out{{"name", "download"}, {"fileType", argument(task, "FileType")}, {"fileName", file}};
    if (!target.empty()) out["targetFileName"] = target;
    return out;
  }
  Result<Json> operator()(const SetNotifications&) const {
    return failure(Status::not_implemented, "GenieACS is not asked which parameters its devices tell of by themselves");
  }
  Result<Json> operator()(const Invoke&) const { return failure(Status::not_implemented, "GenieACS runs no nodes of OMA-DM"); }
  Result<Json> operator()(const Cancel&) const { return failure(Status::not_implemented, "what a device has begun cannot be cancelled through GenieACS"); }
};

std::uint32_t code_in(std::string_view text) {
  std::uint32_t code = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
  return error == std::errc{} && end == text.data() + text.size() ? code : 0;
}

std::string text_in(const Json& json, const char* name) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

tr069::Fault fault_in(const Json& json, std::uint32_t code) {
  tr069::Fault fault{.code = code, .text = text_in(json, "message"), .parameters = {}};
  const auto detail = json.find("detail");
  if (detail == json.end() || !detail->is_object()) return fault;
  const auto parameters = detail->find("setParameterValuesFault");
  if (parameters == detail->end() || !parameters->is_array()) return fault;
  for (const auto& each : *parameters) {
    if (fault.parameters.size() == most_faults) break;
    fault.parameters.push_back({text_in(each, "parameterName"), code_in(text_in(each, "faultCode")), text_in(each, "faultString")});
  }
  return fault;
}

/// What the fault is about, where the fault itself does not say it.
std::string subject_of(const Task& task) {
  if (const auto* set = std::get_if<SetLeaves>(&task); set && set->leaves.size() == 1) return set->leaves.front().path;
  if (const auto* add = std::get_if<AddInstance>(&task)) return add->object;
  if (const auto* gone = std::get_if<DeleteInstance>(&task)) return gone->object;
  return {};
}

}  // namespace

std::string genie_path(std::string_view path) {
  while (path.ends_with('.')) path.remove_suffix(1);
  return std::string(path);
}

std::vector<std::string> genie_paths(const Task& task, std::string_view root) {
  std::vector<std::string> out;
  if (const auto* get = std::get_if<GetLeaves>(&task)) {
    for (const auto& path : get->paths) out.push_back(genie_path(path));
  } else if (const auto* set = std::get_if<SetLeaves>(&task)) {
    for (const auto& leaf : set->leaves) out.push_back(leaf.path);
  } else if (const auto* add = std::get_if<AddInstance>(&task)) {
    out.push_back(genie_path(add->object));
  } else if (const auto* gone = std::get_if<DeleteInstance>(&task)) {
    out.push_back(genie_path(gone->object));
  } else if (const auto* discover = std::get_if<Discover>(&task)) {
    for (const auto& pattern : discover->objects) out.push_back(fixed_part(pattern, root));
  }
  return topmost(std::move(out));
}

Result<Json> genie_task(const Assignment& assignment, std::string_view root) {
  if (std::holds_alternative<Discover>(assignment.task) && root.empty()) return failure(Status::not_implemented, "GenieACS does not tell the root of the device's data model");
  for (const auto& path : genie_paths(assignment.task, root)) {
    if (!is_plain_path(path)) return failure(Status::not_implemented, "GenieACS does not take this path: " + path.substr(0, 256));
  }
  auto out = std::visit(Saying{root}, assignment.task);
  if (out) (*out)["uniqueKey"] = assignment.key;
  return out;
}

bool is_task(const Json& task, const Json& ours) {
  if (!task.is_object()) return false;
  if (const auto key = task.find("uniqueKey"); key != task.end()) return *key == ours.at("uniqueKey");
  for (const auto& [name, value] : ours.items()) {
    const auto found = task.find(name);
    if (name != "uniqueKey" && (found == task.end() || *found != value)) return false;
  }
  return true;
}

std::string ticket_in(const Json& task) {
  auto id = text_in(task, "_id");
  const bool is_good = id.size() <= longest_ticket && std::ranges::all_of(id, [](unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
  return is_good ? std::move(id) : std::string();
}

bool is_passing_fault(const Json& fault) {
  const auto code = text_in(fault, "code");
  return code == "timeout" || code == "session_terminated";
}

Report report_of_fault(const Json& fault, const Assignment& assignment) {
  constexpr std::string_view of_device = "cwmp.";
  const auto code = text_in(fault, "code");
  const auto number = code.starts_with(of_device) ? code_in(std::string_view(code).substr(of_device.size())) : 0;
  const bool is_add = std::holds_alternative<AddInstance>(assignment.task);
  if (number != 0) {
    const auto told = fault_in(fault, number);
    return tr069::failure_of(told, told.parameters.empty() ? subject_of(assignment.task) : std::string(), assignment.attempts, is_add);
  }
  auto text = to_xml_text("GenieACS " + code.substr(0, 64) + ": " + text_in(fault, "message").substr(0, 256));
  std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20; }, ' ');
  return {.end = Report::End::failed, .status = Status::bad_gateway, .code = "EXTERNAL_ACS", .text = std::move(text)};
}

}  // namespace nscl::rem
