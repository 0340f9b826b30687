// SPDX-License-Identifier: Apache-2.0
// Operations from their start to their end (rem.md 5.2 to 5.4), on the writer's thread.
#include <algorithm>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/rem/back_off.h>
#include <nscl/rem/secret_names.h>

#include "exec_instance.h"
#include "state.h"

namespace nscl::rem {
namespace {

using store::Operation;
using store::OperationState;

constexpr std::size_t key_length = 26;
constexpr int categories = 8;   // RCAT 0 to 7: what restarts the device comes behind all of them

std::string new_key() { return "e" + random_name(key_length); }

Report gave_up(const Report& last) {
  Report report = last;
  report.end = Report::End::failed;
  if (report.status == Status::ok) report.status = Status::gateway_timeout;
  if (report.code == "0") report.code = "NO_ANSWER";
  if (report.text.empty()) report.text = "the device did not answer, however often it was asked";
  return report;
}

void blank(std::vector<Leaf>& leaves) {
  for (auto& leaf : leaves) if (is_secret(leaf.path)) leaf.value.clear();
}

void blank(std::vector<Argument>& arguments) {
  for (auto& argument : arguments) {
    if (is_secret(argument.name)) argument.value.clear();
    blank(argument.parts);
  }
}

/// The task of an operation that is over.
std::string without_secrets(const std::string& body) {
  auto task = task_from_json(body);
  if (!task) return body;
  if (auto* set = std::get_if<SetLeaves>(&*task)) blank(set->leaves);
  if (auto* add = std::get_if<AddInstance>(&*task)) blank(add->leaves);
  if (auto* command = std::get_if<Command>(&*task)) blank(command->arguments);
  return to_json(*task);
}

int priority_of(const Task& task, const core::RequestIndication& request) {
  return static_cast<int>(request.delivery.rcat.value_or(0)) + (restarts_device(task) ? categories : 0);
}

}  // namespace

Result<std::uint64_t> Nrem::State::enqueue(store::Transaction& transaction, const store::ManagedDevice& device, const Task& task, const Effect& effect,
                                           std::string resource, const core::RequestIndication& request, std::chrono::seconds life) {
  if (device.state != store::ManagedState::adopted) return failure(Status::forbidden, "the device " + device.id + " is not managed here: an operator has to adopt it");
  auto& management = transaction.manage();
  if (management.pending_count(device.id) >= options.queue) return failure(Status::service_unavailable, "as many operations wait for the device as may");
  const auto now = clock.now();
  Operation operation;
  operation.device = device.id;
  operation.priority = priority_of(task, request);
  operation.created = operation.due = now;
  operation.expires = std::min(now + life, request.delivery.deadline.value_or(never));
  if (operation.expires <= now) return failure(Status::service_unavailable, "the request forbids to wait for the device, and is not queued");
  operation.key = new_key();
  operation.resource = std::move(resource);
  operation.requester = request.from->entity;
  operation.body = to_json(task);
  operation.change = to_json(effect);
  const auto id = management.put_operation(operation);
  if (!presence.is_in_session(device.id) && options.calls_devices && device.wake_due == never) {
    auto called = device;
    called.wake_due = now;
    management.put_device(called);
  }
  return id;
}

Result<std::optional<core::Ticket>> Nrem::State::conclude_at_once(store::Transaction& transaction, const store::ManagedDevice& device, const Effect& effect,
                                                                  std::string resource, const core::RequestIndication& request) {
  Operation operation;
  operation.device = device.id;
  operation.created = operation.due = clock.now();
  operation.key = new_key();
  operation.resource = std::move(resource);
  operation.requester = request.from->entity;
  operation.body = to_json(Task(GetLeaves{}));
  operation.change = to_json(effect);
  operation.id = transaction.manage().put_operation(operation);
  const auto ticket = operation.id;
  if (auto done = conclude(transaction, std::move(operation), Report{}); !done) return tl::unexpected(done.error());
  return ticket;
}

Result<void> Nrem::State::conclude(store::Transaction& transaction, Operation operation, OperationState state, const Report& report) {
  const auto effect = effect_from_json(operation.change);
  if (!effect) return tl::unexpected(effect.error());
  operation.state = state;
  operation.ended = clock.now();
  Report told = report;
  if (options.transfers) {
    for (auto& item : options.transfers->end(transaction, operation)) told.results.push_back(std::move(item));
  }
  operation.outcome = to_json(told);
  operation.body = without_secrets(operation.body);
  transaction.manage().put_operation(operation);
  if (concluded) concluded->push_back(operation.id);
  auto where = tree(transaction);
  const auto realised = realise(where, operation, *effect, told);
  if (realised) return {};
  // The device has done it, and the tree cannot show it: who asked has to know.
  log::warning("operation.not_shown", {{"device", operation.device}, {"operation", operation.id}, {"reason", realised.error().detail}});
  operation.state = OperationState::failed;
  operation.outcome = to_json(Report{.end = Report::End::failed, .status = realised.error().status, .text = realised.error().detail});
  transaction.manage().put_operation(operation);
  return {};
}

Result<void> Nrem::State::conclude(store::Transaction& transaction, Operation operation, const Report& report) {
  const auto state = report.end == Report::End::done ? OperationState::done : OperationState::failed;
  return conclude(transaction, std::move(operation), state, report);
}

Result<void> Nrem::State::take_report(store::Transaction& transaction, Operation operation, const Report& told) {
  if (store::is_over(operation.state)) return {};
  const auto now = clock.now();
  auto report = told;
  std::erase_if(report.leaves, [](const Leaf& leaf) { return is_secret(leaf.path); });
  switch (report.end) {
    case Report::End::done:
    case Report::End::failed: return conclude(transaction, std::move(operation), report);
    case Report::End::later:
    case Report::End::no_answer:
      if (operation.attempts >= options.attempts) return conclude(transaction, std::move(operation), gave_up(report));
      operation.state = report.end == Report::End::later ? OperationState::queued : OperationState::undecided;
      if (report.end == Report::End::later) operation.due = now + back_off(operation.attempts);
      operation.outcome = to_json(report);
      transaction.manage().put_operation(operation);
      return {};
    case Report::End::accepted: break;
  }
  const auto effect = effect_from_json(operation.change);
  if (!effect) return tl::unexpected(effect.error());
  operation.state = OperationState::accepted;
  operation.expires = now + options.report_time;
  operation.outcome = to_json(report);
  transaction.manage().put_operation(operation);
  auto where = tree(transaction);
  if (auto noted = note_accepted(where, operation, *effect); !noted || !effect->is_cancelled) return noted;
  core::RequestIndication request;
  request.from = std::make_shared<security::Requestor>(security::Requestor{"", operation.requester, true});
  return cancel(transaction, std::move(operation), request);
}

// rem.md 1.7, the rows of execDisable.
Result<void> Nrem::State::cancel(store::Transaction& transaction, Operation operation, const core::RequestIndication& request) {
  auto where = tree(transaction);
  if (operation.state == OperationState::queued || operation.state == OperationState::undecided) {
    if (operation.state == OperationState::queued) return conclude(transaction, std::move(operation), OperationState::cancelled, cancelled_report());
  }
  auto effect = effect_from_json(operation.change);
  if (!effect) return tl::unexpected(effect.error());
  if (operation.state != OperationState::accepted) {   // what becomes of it is decided after the answer
    effect->is_cancelled = true;
    operation.change = to_json(*effect);
    transaction.manage().put_operation(operation);
    return cancelling(where, operation.resource);
  }
  const auto task = task_from_json(operation.body);
  if (!task) return tl::unexpected(task.error());
  const auto* command = std::get_if<Command>(&*task);
  if (!command || !is_cancellable(command->type)) return failure(Status::conflict, "the device has begun, and a command of this type cannot be cancelled then");
  const auto device = transaction.management().device(operation.device);
  if (!device) return failure(Status::not_found, "the device is not known any more");
  const Effect wanted{.kind = Effect::Kind::cancel, .operation = operation.id};
  const auto queued = enqueue(transaction, *device, Cancel{operation.key}, wanted, operation.resource, request, options.action_life);
  if (!queued) return tl::unexpected(queued.error());
  return cancelling(where, operation.resource);
}

}  // namespace nscl::rem
