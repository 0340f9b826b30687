// SPDX-License-Identifier: Apache-2.0
#include "nodes.h"

#include <algorithm>
#include <utility>

#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/rem/gateway_lists.h>
#include <nscl/rem/node_path.h>
#include <nscl/rem/tr069/values.h>
#include <nscl/rem/transfer_planner.h>

#include "objects.h"
#include "state.h"

namespace nscl::rem {
namespace {

constexpr std::string_view generic_alert = "1226";
constexpr std::size_t most_models = 200, longest_told = 256, actions_looked_at = 256, traps_of_a_device = 10'000;

using Text = std::string DeviceFacts::*;
constexpr std::pair<std::string_view, Text> told_facts[] = {{"./DevDetail/FwV", &DeviceFacts::software_version},
                                                            {"./DevDetail/HwV", &DeviceFacts::hardware_version},
                                                            {"./DevInfo/Man", &DeviceFacts::manufacturer},
                                                            {"./DevInfo/Mod", &DeviceFacts::model}};

std::string_view value_at(const std::vector<Leaf>& leaves, std::string_view path) {
  const auto found = std::ranges::find(leaves, path, &Leaf::path);
  return found == leaves.end() ? std::string_view() : found->value;
}

bool is_within_node(std::string_view path, std::string_view node) { return path == without_end(node) || with_end(path).starts_with(with_end(node)); }

/// What the device has, and so its tree, may be another one after it.
bool changes_what_there_is(store::View& view, const Task& task, const Effect& effect) {
  if (const auto* command = std::get_if<Command>(&task)) return command->type == "DOWNLOAD" || command->type == "CHANGEDUSTATE" || command->type == "RESET";
  const auto object = effect.status_resource.empty() ? nullptr : view.find(effect.status_resource);
  return object && (object->type->name == "fwInstance" || object->type->name == "swInstance");
}

/// Looked for in their places only: a device may send many alerts, and have many objects.
std::vector<std::string> traps_of(store::View& view, const std::string& objects) {
  std::vector<std::string> out;
  for (const auto& object : view.children(objects, traps_of_a_device)) {
    if (object.type->name != "etsiTrapEvent") continue;
    const auto place = join(objects, object.name);
    for (const auto& child : view.children(place, traps_of_a_device)) {
      if (child.type->name == "trapInstance") out.push_back(join(place, child.name));
    }
  }
  return out;
}

bool is_reading(const store::Operation& operation) {
  const auto effect = effect_from_json(operation.change);
  return effect && effect->kind == Effect::Kind::refresh;
}

}  // namespace

bool is_of_oma_dm(const store::ManagedDevice& device) { return device.protocol == store::ManagementProtocol::oma_dm; }

void take_told(DeviceFacts& facts, const Report& discovered) {
  facts.models.assign(discovered.models.begin(), discovered.models.begin() + static_cast<std::ptrdiff_t>(std::min(discovered.models.size(), most_models)));
  for (const auto& [path, member] : told_facts) {
    if (const auto value = value_at(discovered.leaves, path); !value.empty()) facts.*member = value.substr(0, longest_told);
  }
  if (const auto value = value_at(discovered.leaves, "./DevDetail/LrgObj"); !value.empty()) facts.has_large_objects = tr069::parse_boolean(value).value_or(false);
}

Command filled_command(store::View& view, const Command& command) {
  auto out = command;
  const auto name = std::string(argument(command, "File"));
  if (name.empty()) return out;
  const auto file = view.management().file(name);
  std::erase_if(out.arguments, [](const Argument& each) { return each.name == "File"; });
  if (file && argument(out, "FileType").empty()) out.arguments.push_back({"FileType", file->type});
  out.arguments.push_back({"URL", "http://files.invalid/" + percent_encode(name)});
  return out;
}

bool is_read_there(const store::ManagedDevice& device, const MappingTable& table, const Command& command) {
  if (!is_of_oma_dm(device) || command.type != "UPLOAD") return false;
  const auto facts = facts_from_json(device.facts);
  const auto task = DeviceMapping(table, facts).task_of(command, "key");
  return task && std::holds_alternative<GetLeaves>(*task);
}

std::optional<Invoke> invoked_by(const DeviceMapping& mapping, const store::Operation& operation) {
  auto task = task_from_json(operation.body);
  if (!task) return std::nullopt;
  if (const auto* command = std::get_if<Command>(&*task)) {
    auto filled = *command;
    if (argument(filled, "URL").empty()) filled.arguments.push_back({"URL", "http://files.invalid/"});   // which node it is does not depend on it
    auto run = mapping.task_of(filled, operation.key);
    if (!run) return std::nullopt;
    task = *std::move(run);
  }
  auto* invoke = std::get_if<Invoke>(&*task);
  return invoke ? std::optional(std::move(*invoke)) : std::nullopt;
}

std::string node_of(const DeviceMapping& mapping, const store::Operation& operation) {
  const auto run = invoked_by(mapping, operation);
  return run ? run->node : std::string();
}

bool is_about_node(std::string_view source, std::string_view node) {
  return !source.empty() && !node.empty() && (is_within_node(node, source) || is_within_node(source, node));
}

std::optional<store::Operation> running_at(store::ManagementReads& management, const DeviceMapping& mapping, const std::string& device, std::string_view source,
                                           std::size_t limit) {
  std::optional<store::Operation> only;
  for (auto& each : management.pending(device, limit)) {
    if (each.state == store::OperationState::queued || !is_about_node(source, node_of(mapping, each))) continue;
    if (only) return std::nullopt;
    only = std::move(each);
  }
  return only;
}

bool is_ended_by_return(const Task& task, const std::string& key, const std::vector<store::ManagementEvent>& events) {
  const auto* command = std::get_if<Command>(&task);
  const auto* invoke = std::get_if<Invoke>(&task);
  const bool is_restart = (command && (command->type == "REBOOT" || command->type == "RESET")) || (invoke && invoke->restarts);
  const auto tells_more = [&](const auto& event) { return event.code.starts_with(generic_alert) && (event.key.empty() || event.key == key); };
  return is_restart && std::ranges::none_of(events, tells_more);
}

Result<void> Nrem::State::note_alert(store::Transaction& transaction, const Completion& alert) {
  const auto device = transaction.management().device(alert.device);
  if (!device || device->managed.empty() || !is_of_oma_dm(*device)) return {};
  auto where = tree(transaction);
  for (const auto& path : traps_of(transaction, join(device->managed, "mgmtObjs"))) {
    const auto trap = transaction.find(path);
    const auto mo = trap ? core::text_of(*trap, "originalMO") : std::string_view();
    if (mo.empty() || !is_within_node(alert.object, mo)) continue;
    if (auto done = note_event(where, path); !done) return done;
  }
  const bool is_of_list = device->state == store::ManagedState::adopted && is_list_of_nodes(*table, facts_from_json(device->facts), alert.object);
  return is_of_list ? discover(transaction, *device) : Result<void>{};   // what is behind it may be something else
}

Result<void> Nrem::State::look_anew(store::Transaction& transaction, const store::Operation& operation, const Effect& effect, const Report& report) {
  const auto device = transaction.management().device(operation.device);
  const auto task = task_from_json(operation.body);
  const bool is_done = report.end == Report::End::done && device && !device->managed.empty() && device->state == store::ManagedState::adopted;
  if (!is_done || !task || !is_of_oma_dm(*device) || !changes_what_there_is(transaction, *task, effect)) return {};
  return discover(transaction, *device);
}

// What goes on there is told by alerts at its end only.
Result<void> Nrem::State::look_at_actions(store::Transaction& transaction, const store::ManagedDevice& device, const DeviceFacts& facts) {
  if (!is_of_oma_dm(device)) return {};
  auto& management = transaction.management();
  for (const auto& operation : management.pending(device.id, actions_looked_at)) {
    const auto effect = effect_from_json(operation.change);
    const bool is_action = effect && effect->kind == Effect::Kind::action && operation.state == store::OperationState::accepted;
    const auto object = is_action && !effect->status_resource.empty() ? transaction.find(effect->status_resource) : nullptr;
    if (!object || !is_management_object(*object->type)) continue;
    auto paths = DeviceMapping(*table, facts).state_leaves(*object->type, object->attributes);
    const auto pending = management.pending_about(object->path, actions_looked_at);
    const bool is_asked = std::ranges::any_of(pending, is_reading);
    if (paths.empty() || is_asked) continue;
    const auto queued = enqueue(transaction, device, GetLeaves{std::move(paths)}, {.kind = Effect::Kind::refresh}, object->path, request_from({}), options.action_life);
    if (!queued && queued.error().status != Status::service_unavailable) return tl::unexpected(queued.error());
  }
  return {};
}

}  // namespace nscl::rem
