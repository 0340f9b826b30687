// SPDX-License-Identifier: Apache-2.0
// EXECUTE: commands, their end, and the actions of management objects (rem.md 1.5, 1.8, 2.6), on the writer's thread.
#include <algorithm>
#include <iterator>

#include <nscl/base/path.h>
#include <nscl/codec/codec.h>
#include <nscl/core/authorise.h>
#include <nscl/rem/tr069/performance.h>

#include "arguments.h"
#include "exec_instance.h"
#include "nodes.h"
#include "objects.h"
#include "state.h"
#include "ties.h"
#include "watches.h"

namespace nscl::rem {

using core::RequestIndication;
using core::Started;

namespace {

constexpr std::chrono::seconds look_again{10};

/// What runs on an object already; empty: nothing does.
std::string running_on(store::ManagementReads& management, std::string_view path) {
  for (const auto& operation : management.pending_about(path, pending_looked_at)) {
    const auto effect = effect_from_json(operation.change);
    if (effect && effect->kind == Effect::Kind::action) return effect->action;
  }
  return {};
}

/// Of the mapping's own (mapping.h).
bool is_of_an_action(const Argument& argument) { return argument.name.starts_with('.'); }

/// The arguments of a command: those that are kept, and those of this run, which take the place of what has their names (rem.md 1.5).
Result<std::vector<Argument>> arguments_of(const model::Resource& mgmt_cmd, const RequestIndication& request) {
  const auto* kept = mgmt_cmd.attributes.find("execReqArgs");
  auto arguments = kept ? arguments_in(*kept) : std::vector<Argument>{};
  if (arguments && std::ranges::any_of(*arguments, is_of_an_action)) return bad_request("no argument begins with a dot");
  if (!arguments || request.content.empty()) return arguments;
  if (!request.has_format) return failure(Status::unsupported_media_type, "send execReqArgs as application/xml or application/json");
  const auto given = codec::decode_attribute(request.format, request.content, mgmt_cmd.type->find("execReqArgs")->field());
  if (!given) return tl::unexpected(given.error());
  auto own = arguments_in(*given);
  if (!own) return own;
  if (std::ranges::any_of(*own, is_of_an_action)) return bad_request("no argument begins with a dot");
  std::erase_if(*arguments, [&](const Argument& each) { return std::ranges::find(*own, each.name, &Argument::name) != own->end(); });
  std::move(own->begin(), own->end(), std::back_inserter(*arguments));
  return arguments;
}

/// What an action made of the table, and not of a request.
bool is_own(const Command& command) { return std::ranges::any_of(command.arguments, is_of_an_action); }

/// As if it said where the file goes: a name that nobody knows is refused here too.
Command with_url(Command command) {
  command.arguments.push_back({"URL", "http://files.invalid/"});
  return command;
}

bool is_so(const std::vector<Leaf>& wanted, const std::vector<Leaf>& read) {
  for (const auto& leaf : wanted) {
    const auto found = std::find_if(read.begin(), read.end(), [&](const Leaf& each) { return each.path == leaf.path; });
    if (found == read.end() || found->value != leaf.value) return false;
  }
  return true;
}

std::vector<std::string> paths_of(const std::vector<Leaf>& leaves) {
  std::vector<std::string> out;
  for (const auto& leaf : leaves) out.push_back(leaf.path);
  return out;
}

}  // namespace

Result<Started> Nrem::State::start(store::Transaction& transaction, const model::Resource& resource, std::string_view attribute, const RequestIndication& request) {
  if (!request.content.empty() && resource.type->name != "mgmtCmd") return bad_request("an EXECUTE of " + std::string(attribute) + " has no content");
  if (resource.type->name == "execInstance") return end_command(transaction, resource, request);
  const auto tie = tie_of(transaction, resource.path);
  if (!tie) {
    const auto entity = managed_entity(resource.path);
    return failure(Status::not_implemented, entity.empty() ? "nothing that could be managed stands here"
                                                           : "no device is known that " + std::string(entity) + " is: an operator has to tie one to it");
  }
  if (resource.type->name == "mgmtCmd") return run_command(transaction, tie->device, resource, request);
  return act(transaction, tie->device, resource, attribute, request);
}

Result<Started> Nrem::State::end_command(store::Transaction& transaction, const model::Resource& instance, const RequestIndication& request) {
  const auto pending = transaction.management().pending_about(instance.path, 1);
  if (pending.empty()) return failure(Status::conflict, "the command has ended already");
  if (auto done = cancel(transaction, pending.front(), request); !done) return tl::unexpected(done.error());
  const auto now = transaction.management().operation(pending.front().id);
  const bool has_ended = !now || store::is_over(now->state);
  return Started{has_ended ? std::nullopt : std::optional(pending.front().id), instance.path};
}

Result<void> Nrem::State::check(store::Transaction& transaction, const store::ManagedDevice& device, const Command& command) const {
  Result<void> good;
  if (is_read_there(device, *table, command)) {
    good = options.transfers ? tr069::check_command(with_url(command)) : failure(Status::not_implemented, "no files are kept here");
  } else if (!needs_plan(command)) {
    good = is_own(command) ? Result<void>{} : tr069::check_command(command);   // the names are those of CWMP everywhere
  } else if (options.transfers) {
    good = options.transfers->check(transaction, device, command);
  } else {
    good = failure(Status::not_implemented, "no files are kept here: the command has to name a URL");
  }
  if (!good || !is_of_oma_dm(device)) return good;
  const auto facts = facts_from_json(device.facts);
  const auto possible = DeviceMapping(*table, facts).task_of(filled_command(transaction, command), "key");
  return possible ? good : tl::unexpected(possible.error());
}

Result<Started> Nrem::State::run_command(store::Transaction& transaction, const store::ManagedDevice& device, const model::Resource& mgmt_cmd,
                                         const RequestIndication& request) {
  auto arguments = arguments_of(mgmt_cmd, request);
  if (!arguments) return tl::unexpected(arguments.error());
  const Command command{std::string(core::text_of(mgmt_cmd, "cmdType")), *std::move(arguments)};
  if (auto good = check(transaction, device, command); !good) return tl::unexpected(good.error());
  auto where = tree(transaction);
  const auto instance = initiate(where, mgmt_cmd, options.instance_life);
  if (!instance) return tl::unexpected(instance.error());
  const auto id = enqueue(transaction, device, command, {.kind = Effect::Kind::command}, *instance, request, options.action_life);
  if (!id) return tl::unexpected(id.error());
  return Started{*id, *instance};
}

/// What has to be done for an action, one after the other. Once the device is to tell of leaves they are read, so that a change can be seen.
Result<std::vector<Task>> Nrem::State::tasks_of(store::Transaction& transaction, const store::ManagedDevice& device, const ActionPlan& plan, Effect& effect) const {
  std::vector<Task> out;
  for (auto task : plan.tasks) {
    if (auto* command = std::get_if<Command>(&task)) {
      if (options.transfers) options.transfers->localise(*command);
      if (auto good = check(transaction, device, *command); !good) return tl::unexpected(good.error());
    }
    GetLeaves read;
    if (const auto* wish = std::get_if<SetNotifications>(&task)) {
      effect.watched.insert(effect.watched.end(), wish->leaves.begin(), wish->leaves.end());
      for (const auto& leaf : wish->leaves) {
        if (leaf.level > 0) read.paths.push_back(leaf.path);
      }
    }
    out.push_back(std::move(task));
    if (!read.paths.empty()) out.emplace_back(std::move(read));
  }
  return out;
}

// The triggers stand in a child of the object that has the action's status.
Result<Started> Nrem::State::act(store::Transaction& transaction, const store::ManagedDevice& device, const model::Resource& triggers, std::string_view attribute,
                                 const RequestIndication& request) {
  const auto object = transaction.find(parent_path(triggers.path));
  if (!object || !is_management_object(*object->type)) return failure(Status::not_implemented, "the device has no function for " + std::string(attribute));
  const auto facts = facts_from_json(device.facts);
  auto plan = DeviceMapping(*table, facts).action(*object->type, attributes_of_trap(transaction, *object), attribute);
  if (!plan) return tl::unexpected(plan.error());
  if (const auto running = running_on(transaction.management(), object->path); !running.empty()) return failure(Status::conflict, "an action is running: " + running);
  auto where = tree(transaction);
  Effect effect{.kind = Effect::Kind::action, .status_resource = object->path, .status_attribute = std::string(plan->status)};
  effect.action = where.reference(join(triggers.path, attribute));
  effect.until = std::move(plan->until);
  effect.upload = plan->upload;
  const auto tasks = tasks_of(transaction, device, *plan, effect);
  if (!tasks) return tl::unexpected(tasks.error());
  for (std::size_t i = 1; i < tasks->size(); ++i) effect.rest.push_back(to_json((*tasks)[i]));
  if (tasks->empty()) return failure(Status::not_implemented, "nothing is to be done on the device for " + std::string(attribute));
  const auto id = enqueue(transaction, device, tasks->front(), effect, object->path, request, options.action_life);
  if (!id) return tl::unexpected(id.error());
  begin_watching(transaction.manage(), device.id, object->path, effect.watched);
  if (auto shown = show_action(where, effect, 0, false); !shown) return tl::unexpected(shown.error());
  return Started{*id, object->path};
}

Result<void> Nrem::State::show_begun(Tree& where, const Effect& effect) { return show_action(where, effect, 1, false); }

Result<void> Nrem::State::end_action(Tree& where, const store::Operation& operation, const Effect& effect, const Report& report) {
  end_watching(where.transaction().manage(), operation, effect.watched, report);
  if (report.end != Report::End::done) return show_action(where, effect, 100, false);
  if (auto bound = bind_unit(where, operation, effect, report); !bound) return bound;
  if (auto looked = look_anew(where.transaction(), operation, effect, report); !looked) return looked;
  if (effect.upload.empty()) return show_action(where, effect, 100, true);
  auto sent = log_data_of(where.transaction(), operation);
  return sent ? show_action(where, effect, 100, true, *std::move(sent)) : show_action(where, effect, 100, false);
}

// One task of an action has ended: the next one, a look whether it is so by now, or the end.
Result<void> Nrem::State::go_on(Tree& where, const store::Operation& operation, Effect& effect, const Report& report) {
  if (report.end != Report::End::done) return end_action(where, operation, effect, report);
  Task task;
  bool looks_again = false;
  if (!effect.rest.empty()) {
    auto next = task_from_json(effect.rest.front());
    if (!next) {
      static_cast<void>(end_action(where, operation, effect, {.end = Report::End::failed}));
      return tl::unexpected(next.error());
    }
    task = *std::move(next);
    effect.rest.erase(effect.rest.begin());
  } else if (!effect.until.empty() && !is_so(effect.until, report.leaves)) {
    task = GetLeaves{paths_of(effect.until)};
    looks_again = true;
  } else {
    return end_action(where, operation, effect, report);
  }
  const Report lost{.end = Report::End::failed};
  const auto device = where.transaction().management().device(operation.device);
  if (!device) return end_action(where, operation, effect, lost);
  effect.is_processing = false;
  effect.is_second_try = false;
  const auto queued = enqueue(where.transaction(), *device, task, effect, operation.resource, request_from(operation.requester), options.action_life);
  if (!queued) {
    static_cast<void>(end_action(where, operation, effect, lost));
    return tl::unexpected(queued.error());
  }
  follow(where.transaction(), operation, *queued);
  effect.addressees.clear();   // the last one tells them
  if (!looks_again) return {};
  auto look = *where.transaction().management().operation(*queued);
  look.due = clock.now() + look_again;
  look.expires = std::min(look.expires, operation.created + options.action_life);
  where.transaction().manage().put_operation(look);
  return {};
}

}  // namespace nscl::rem
