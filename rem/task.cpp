// SPDX-License-Identifier: Apache-2.0
// Tasks and reports as JSON, in the form in which the store keeps them.
#include <nscl/rem/task.h>

#include <array>

#include "stored_json.h"
namespace nscl::rem {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 9> task_kinds = {"get", "set", "add", "delete", "discover", "command", "cancel", "notify", "invoke"};
static_assert(task_kinds.size() == std::variant_size_v<Task>);
constexpr std::array<std::string_view, 5> ends = {"done", "accepted", "failed", "later", "noAnswer"};

Json json_of(const std::vector<Leaf>& leaves) {
  Json out = Json::array();
  for (const auto& leaf : leaves) out.push_back({leaf.path, leaf.value, leaf.type});
  return out;
}

std::vector<Leaf> leaves_of(const Json& json) {
  std::vector<Leaf> out;
  for (const auto& item : json) out.push_back({item.at(0).get<std::string>(), item.at(1).get<std::string>(), item.at(2).get<std::string>()});
  return out;
}

Json json_of(const std::vector<WatchedLeaf>& leaves) {
  Json out = Json::array();
  for (const auto& leaf : leaves) out.push_back({leaf.path, leaf.level});
  return out;
}

std::vector<WatchedLeaf> watched_of(const Json& json) {
  std::vector<WatchedLeaf> out;
  for (const auto& item : json) out.push_back({item.at(0).get<std::string>(), item.at(1).get<unsigned>()});
  return out;
}

Json json_of(const std::vector<Argument>& arguments) {
  Json out = Json::array();
  for (const auto& argument : arguments) {
    Json item{{"name", argument.name}};
    if (argument.parts.empty()) item["value"] = argument.value;
    else item["parts"] = json_of(argument.parts);
    out.push_back(std::move(item));
  }
  return out;
}

// Only what to_json wrote is read here, and that is as deep as the request was allowed to be.
std::vector<Argument> arguments_of(const Json& json) {
  std::vector<Argument> out;
  for (const auto& item : json) {
    Argument argument{item.at("name").get<std::string>(), item.value("value", "")};
    if (item.contains("parts")) argument.parts = arguments_of(item.at("parts"));
    out.push_back(std::move(argument));
  }
  return out;
}

struct Writer {
  Json& out;
  void operator()(const GetLeaves& task) const {
    out["paths"] = task.paths;
    if (task.is_choice) out["isChoice"] = true;
  }
  void operator()(const SetLeaves& task) const {
    out["leaves"] = json_of(task.leaves);
    if (!task.unseen.empty()) out["unseen"] = task.unseen;
  }
  void operator()(const AddInstance& task) const {
    out["object"] = task.object;
    out["leaves"] = json_of(task.leaves);
    if (task.known) out["known"] = *task.known;
    if (!task.name.empty()) out["name"] = task.name;
  }
  void operator()(const DeleteInstance& task) const { out["object"] = task.object; }
  void operator()(const Discover& task) const { out["objects"] = task.objects; }
  void operator()(const Command& task) const {
    out["type"] = task.type;
    out["arguments"] = json_of(task.arguments);
  }
  void operator()(const Cancel& task) const {
    out["key"] = task.key;
    if (!task.node.empty()) out["node"] = task.node;
  }
  void operator()(const SetNotifications& task) const { out["leaves"] = json_of(task.leaves); }
  void operator()(const Invoke& task) const {
    out["leaves"] = json_of(task.leaves);
    out["node"] = task.node;
    out["data"] = task.data;
    out["state"] = task.state;
    out["idle"] = task.idle;
    out["restarts"] = task.restarts;
    if (!task.cancel.empty()) out["cancel"] = task.cancel;
  }
};

Task task_of(const Json& json) {
  const auto kind = json.at("task").get<std::string>();
  if (kind == task_kinds[0]) return GetLeaves{json.at("paths").get<std::vector<std::string>>(), json.value("isChoice", false)};
  if (kind == task_kinds[1]) return SetLeaves{leaves_of(json.at("leaves")), json.value("unseen", std::vector<std::string>{})};
  if (kind == task_kinds[2]) {
    AddInstance add{json.at("object").get<std::string>(), leaves_of(json.at("leaves"))};
    if (json.contains("known")) add.known = json.at("known").get<std::vector<std::string>>();
    add.name = json.value("name", "");
    return add;
  }
  if (kind == task_kinds[3]) return DeleteInstance{json.at("object").get<std::string>()};
  if (kind == task_kinds[4]) return Discover{json.at("objects").get<std::vector<std::string>>()};
  if (kind == task_kinds[5]) return Command{json.at("type").get<std::string>(), arguments_of(json.at("arguments"))};
  if (kind == task_kinds[6]) return Cancel{json.at("key").get<std::string>(), json.value("node", "")};
  if (kind == task_kinds[7]) return SetNotifications{watched_of(json.at("leaves"))};
  if (kind == task_kinds[8]) {
    Invoke invoke{leaves_of(json.at("leaves")), json.at("node").get<std::string>()};
    invoke.data = json.at("data").get<std::string>();
    invoke.state = json.at("state").get<std::string>();
    invoke.idle = json.at("idle").get<std::vector<std::string>>();
    invoke.restarts = json.at("restarts").get<bool>();
    invoke.cancel = json.value("cancel", "");
    return invoke;
  }
  throw std::invalid_argument("unknown task");
}

void put(Json& out, const char* name, const std::vector<std::string>& list) {
  if (!list.empty()) out[name] = list;
}
void put(Json& out, const char* name, const std::optional<Time>& time) {
  if (time) out[name] = time->time_since_epoch().count();
}

std::vector<std::string> list_of(const Json& json, const char* name) { return json.value(name, std::vector<std::string>{}); }

std::optional<Time> time_of(const Json& json, const char* name) {
  if (!json.contains(name)) return std::nullopt;
  return Time{std::chrono::microseconds{json.at(name).get<std::int64_t>()}};
}

void put(Json& out, const char* name, const std::vector<ModelledObject>& models) {
  if (models.empty()) return;
  auto& list = out[name] = Json::array();
  for (const auto& model : models) list.push_back({model.urn, model.object});
}

std::vector<ModelledObject> models_of(const Json& json) {
  std::vector<ModelledObject> out;
  for (const auto& item : json.value("models", Json::array())) out.push_back({item.at(0).get<std::string>(), item.at(1).get<std::string>()});
  return out;
}

Report::End end_of(const std::string& word) {
  for (std::size_t i = 0; i < ends.size(); ++i) if (ends[i] == word) return static_cast<Report::End>(i);
  throw std::invalid_argument("unknown end");
}

Report report_of(const Json& json) {
  Report report;
  report.end = end_of(json.at("end").get<std::string>());
  const auto status = status_named(json.at("status").get<std::string>());
  if (!status) throw std::invalid_argument("unknown status");
  report.status = *status;
  report.code = json.value("code", "0");
  report.text = json.value("text", "");
  report.needs_reboot = json.value("needsReboot", false);
  report.unsupported = json.value("unsupported", false);
  report.unknown_path = json.value("unknownPath", false);
  report.leaves = leaves_of(json.value("leaves", Json::array()));
  report.writable = list_of(json, "writable");
  report.objects = list_of(json, "objects");
  report.methods = list_of(json, "methods");
  report.models = models_of(json);
  report.object = json.value("object", "");
  report.started = time_of(json, "started");
  report.completed = time_of(json, "completed");
  report.results = arguments_of(json.value("results", Json::array()));
  report.version_before = json.value("versionBefore", "");
  return report;
}

}  // namespace

std::string to_json(const Task& task) {
  Json out{{"task", task_kinds[task.index()]}};
  std::visit(Writer{out}, task);
  return dump(out);
}

std::string to_json(const Report& report) {
  Json out{{"end", ends[static_cast<std::size_t>(report.end)]}, {"status", name_of(report.status)}, {"code", report.code}};
  put(out, "text", report.text);
  if (report.needs_reboot) out["needsReboot"] = true;
  if (report.unsupported) out["unsupported"] = true;
  if (report.unknown_path) out["unknownPath"] = true;
  if (!report.leaves.empty()) out["leaves"] = json_of(report.leaves);
  put(out, "writable", report.writable);
  put(out, "objects", report.objects);
  put(out, "methods", report.methods);
  put(out, "models", report.models);
  put(out, "object", report.object);
  put(out, "started", report.started);
  put(out, "completed", report.completed);
  if (!report.results.empty()) out["results"] = json_of(report.results);
  put(out, "versionBefore", report.version_before);
  return dump(out);
}

Result<Task> task_from_json(std::string_view text) try {
  return task_of(Json::parse(text));
} catch (const std::exception&) {
  return failure(Status::internal_server_error, "an operation in the store cannot be read: it was changed outside of this program");
}

Result<Report> report_from_json(std::string_view text) try {
  return report_of(Json::parse(text));
} catch (const std::exception&) {
  return failure(Status::internal_server_error, "the outcome of an operation in the store cannot be read: it was changed outside of this program");
}

bool restarts_device(const Task& task) {
  const auto* command = std::get_if<Command>(&task);
  const auto* invoke = std::get_if<Invoke>(&task);
  if (invoke) return invoke->restarts;
  return command && (command->type == "REBOOT" || command->type == "RESET" || command->type == "DOWNLOAD");
}

}  // namespace nscl::rem
