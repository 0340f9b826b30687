// SPDX-License-Identifier: Apache-2.0
// Operations from their start to their end (rem.md 5.2 to 5.4), on the writer's thread.
#include <algorithm>
#include <utility>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/rem/alarms.h>
#include <nscl/rem/back_off.h>
#include <nscl/rem/cancellation.h>
#include <nscl/rem/secret_names.h>
#include <nscl/rem/tr069/values.h>
#include <nscl/rem/transfer_planner.h>

#include "addressee.h"
#include "exec_instance.h"
#include "new_object.h"
#include "nodes.h"
#include "processing.h"
#include "secrets.h"
#include "state.h"
#include "ties.h"

namespace nscl::rem {
namespace {

using store::Operation;
using store::OperationState;

constexpr std::size_t key_length = 26;
constexpr std::int64_t longest_wait = 10 * 365 * 86'400;   // seconds
constexpr std::chrono::seconds silence_time{3600};   // then a download that is never reported is looked for (rem.md 4.6)
constexpr std::chrono::seconds slack{30};   // beyond the time that a request waits; its last moments take their time too
constexpr std::string_view no_answer_code = "NO_ANSWER";
constexpr unsigned broken_sessions = 3;   // in which one operation got no answer: that is an alarm
constexpr int categories = 8;   // RCAT 0 to 7: what restarts the device comes behind all of them

std::string new_key() { return "e" + random_name(key_length); }

Report gave_up(const Report& last) {
  Report report = last;
  report.end = Report::End::failed;
  if (report.status == Status::ok) report.status = Status::gateway_timeout;
  if (report.code == "0") report.code = no_answer_code;
  if (report.text.empty()) report.text = "the device did not answer, however often it was asked";
  return report;
}

Report overdue(const Operation& operation) {
  Report report{.end = Report::End::failed, .status = Status::gateway_timeout};
  const auto effect = effect_from_json(operation.change);
  const bool has_begun = operation.state == OperationState::accepted || (effect && effect->is_processing);
  report.code = has_begun ? "NO_REPORT" : "EXPIRED";
  report.text = has_begun ? "the device began, and did not tell how it ended" : "the device did not call in time";
  return report;
}

/// What is done for a device behind a gateway stays there, and is over when the gateway says so.
Result<Effect> within_reach(store::Transaction& transaction, const Task& task, const Effect& effect, std::string_view resource) {
  auto out = effect;
  const auto tie = tie_of(transaction, resource);
  if (!tie || !tie->is_behind) return out;
  if (auto good = check_reach(*tie, task); !good) return tl::unexpected(good.error());
  if (is_processed(task) && !is_of_oma_dm(tie->device)) out.row = tie->row;   // there the gateway's answer is the end
  return out;
}

/// The device said that it cannot or will not; "" for ends that are not its.
std::string_view alarm_of(const Report& report) {
  constexpr std::string_view transfer_refused = "9012";   // the file server did not take the credentials
  if (report.end != Report::End::failed) return {};
  if (report.code == transfer_refused) return alarm::file_login;
  const bool is_fault = report.code != "0" && !report.code.empty() && report.code.find_first_not_of("0123456789") == report.code.npos;
  return is_fault || report.code == no_answer_code ? alarm::fault : std::string_view();
}

bool moves_file(const Task& task) {
  const auto* command = std::get_if<Command>(&task);
  return command && (command->type == "DOWNLOAD" || command->type == "SCHEDULEDOWNLOAD" || command->type == "UPLOAD");
}

std::string about(const Operation& operation, const Report& report) { return "operation " + std::to_string(operation.id) + ": " + report.text; }

/// What the end of an operation means to the operator. A device that can be read may still refuse to be changed: reading ends no alarm.
void note_end(store::ManagementWrites& management, const Operation& operation, const Report& report, Time now) {
  if (const auto kind = alarm_of(report); !kind.empty()) raise_alarm(management, operation.device, kind, about(operation, report), now);
  const auto task = task_from_json(operation.body);
  if (operation.state != OperationState::done || !task || std::holds_alternative<GetLeaves>(*task) || std::holds_alternative<Discover>(*task)) return;
  clear_alarm(management, operation.device, alarm::fault);
  if (moves_file(*task)) clear_alarm(management, operation.device, alarm::file_login);
}

int priority_of(const Task& task, const core::RequestIndication& request) {
  return static_cast<int>(request.delivery.rcat.value_or(0)) + (restarts_device(task) ? categories : 0);
}

/// Whether a row of the gateway tells of the end; of what was deleted meanwhile nobody wants to know.
bool has_row(const Effect& effect, const Operation& operation) {
  const auto task = task_from_json(operation.body);
  return !effect.row.empty() && !operation.resource.empty() && task && is_processed(*task);
}

/// A device of OMA-DM knows no time of its own: it is called when it is time (rem.md 2.6).
Time::duration wait_of(const store::ManagedDevice& device, const Task& task) {
  const auto* command = std::get_if<Command>(&task);
  if (!command || (command->type != "SCHEDULEINFORM" && command->type != "UPLOAD") || !is_of_oma_dm(device)) return {};
  const auto seconds = tr069::parse_integer(argument(*command, "DelaySeconds")).value_or(0);
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, longest_wait));
}

/// The device does not know the method of a command, whatever it says that it knows.
void note_unsupported(store::ManagementWrites& management, const Operation& operation) {
  const auto task = task_from_json(operation.body);
  const auto* command = task ? std::get_if<Command>(&*task) : nullptr;
  auto device = management.device(operation.device);
  if (!command || !device || is_of_oma_dm(*device)) return;
  auto facts = facts_from_json(device->facts);
  const std::string method(method_of_command(command->type));
  if (std::ranges::find(facts.unsupported, method) != facts.unsupported.end()) return;
  facts.unsupported.push_back(method);
  device->facts = to_json(facts);
  management.put_device(*device);
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
  const auto bounded = within_reach(transaction, task, effect, resource);
  if (!bounded) return tl::unexpected(bounded.error());
  if (operation.expires <= now) return failure(Status::service_unavailable, "the request forbids to wait for the device, and is not queued");
  operation.key = new_key();
  const auto wait = wait_of(device, task);   // its life begins when it is due
  operation.due += wait;
  if (operation.expires != request.delivery.deadline.value_or(never)) operation.expires += wait;
  operation.resource = std::move(resource);
  operation.requester = request.from->entity;
  operation.fleet = begun_for;
  operation.body = to_json(task);
  auto told = *bounded;
  // What waits for its device itself is told there; an EXECUTE never does.
  if (auto addressee = addressee_of(request, request.verb == model::Verb::execute ? Time{} : now + options.live_wait + slack)) told.addressees.push_back(*std::move(addressee));
  operation.change = to_json(told);
  const auto id = management.put_operation(operation);
  // One that is to be called later, and was not called in vain, waits for nothing that what is queued now has to wait for too.
  const bool is_called_in_time = device.wake_due <= operation.due || (device.wake_due != never && device.wake_attempts > 0);
  if (!presence.is_in_session(device.id) && options.calls_devices && !is_called_in_time) {
    auto called = device;
    called.wake_due = operation.due;
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
  auto effect = effect_from_json(operation.change);
  operation.state = state;
  operation.ended = clock.now();
  Report told = report;
  if (options.transfers) {
    for (auto& item : options.transfers->end(transaction, operation)) told.results.push_back(std::move(item));
  }
  operation.outcome = to_json(told);
  operation.body = without_secrets(operation.body);
  transaction.manage().put_operation(operation);
  note_end(transaction.manage(), operation, told, clock.now());
  if (concluded) concluded->push_back(operation.id);
  auto where = tree(transaction);
  const auto realised = effect ? realise(where, operation, *effect, told) : Result<void>(tl::unexpected(effect.error()));
  if (!realised) {   // the device has done it, and the tree cannot show it: who asked has to know
    log::warning("operation.not_shown", {{"device", operation.device}, {"operation", operation.id}, {"reason", realised.error().detail}});
    operation.state = OperationState::failed;
    operation.outcome = to_json(Report{.end = Report::End::failed, .status = realised.error().status, .text = realised.error().detail});
    transaction.manage().put_operation(operation);
  }
  if (effect) tell(transaction, operation, *effect);
  count_end(transaction, operation);
  return {};
}

Result<void> Nrem::State::conclude(store::Transaction& transaction, Operation operation, const Report& report) {
  const auto state = report.end == Report::End::done ? OperationState::done : OperationState::failed;
  return conclude(transaction, std::move(operation), state, report);
}

/// The same operation, with something else to do in this session.
Result<void> Nrem::State::go_on_with(store::Transaction& transaction, Operation operation, const Task& task) {
  operation.body = to_json(task);
  operation.state = OperationState::queued;
  operation.due = clock.now();
  transaction.manage().put_operation(operation);
  return {};
}

Result<void> Nrem::State::take_report(store::Transaction& transaction, Operation operation, const Report& told) {
  if (store::is_over(operation.state)) return {};
  const auto now = clock.now();
  auto report = told;
  if (auto missing = not_there(operation, report)) {
    if (const auto instead = made_instead(operation)) return go_on_with(transaction, std::move(operation), *instead);
    report = *std::move(missing);
  }
  std::erase_if(report.leaves, [](const Leaf& leaf) { return is_secret(leaf.path); });
  auto effect = effect_from_json(operation.change);
  if (!effect) return conclude(transaction, std::move(operation), OperationState::failed, report);
  if (effect->is_processing) return take_look(transaction, std::move(operation), *effect, report);
  switch (report.end) {
    case Report::End::failed: {
      if (report.code == cancelled_report().code) return conclude(transaction, std::move(operation), OperationState::cancelled, report);
      if (report.unsupported) note_unsupported(transaction.manage(), operation);
      const auto again = try_again(transaction, operation, report);
      if (!again) return tl::unexpected(again.error());
      return *again ? Result<void>{} : conclude(transaction, std::move(operation), report);
    }
    case Report::End::done:
      if (has_row(*effect, operation)) return await_processing(transaction, std::move(operation), *effect, report);
      return conclude(transaction, std::move(operation), report);
    case Report::End::later:
    case Report::End::no_answer:
      // One that was not begun is not wanted any more, nor one that nobody asks after.
      if (effect->is_cancelled && (report.end == Report::End::later || operation.resource.empty())) {
        return conclude(transaction, std::move(operation), OperationState::cancelled, cancelled_report());
      }
      if (operation.attempts >= options.attempts) return conclude(transaction, std::move(operation), gave_up(report));
      operation.state = report.end == Report::End::later ? OperationState::queued : OperationState::undecided;
      if (report.end == Report::End::later) operation.due = now + back_off(operation.attempts);
      operation.outcome = to_json(report);
      transaction.manage().put_operation(operation);
      if (report.end == Report::End::no_answer && operation.attempts >= broken_sessions) {
        raise_alarm(transaction.manage(), operation.device, alarm::fault, about(operation, report) + ", " + std::to_string(operation.attempts) + " times", now);
      }
      return {};
    case Report::End::accepted: break;
  }
  const auto canceller = std::exchange(effect->canceller, std::nullopt);
  operation.change = to_json(*effect);
  operation.state = OperationState::accepted;
  operation.due = now;
  operation.expires = now + (report.version_before.empty() ? options.report_time : std::min(options.report_time, silence_time));
  operation.outcome = to_json(report);
  transaction.manage().put_operation(operation);
  auto where = tree(transaction);
  if (auto noted = note_accepted(where, operation, *effect); !noted || !effect->is_cancelled) return noted;
  const auto wanted = canceller ? request_of(*canceller) : request_from(operation.requester);
  if (const auto cancelled = cancel(transaction, operation, wanted); !cancelled) {
    if (canceller) outbound.respond(transaction, wanted, core::refusal(wanted, cancelled.error()));
    return goes_on(where, operation.resource, {.end = Report::End::failed, .status = cancelled.error().status, .code = "REFUSED"});
  }
  return {};
}

/// An operation whose time is over. A device whose model may not report a download is asked again and again by what version it shows.
Result<void> Nrem::State::expire(store::Transaction& transaction, Operation operation) {
  if (auto cancelled = cancellation_of(operation)) return conclude(transaction, std::move(operation), OperationState::cancelled, *cancelled);
  const auto told = report_from_json(operation.outcome);
  const auto late = overdue(operation);
  const auto effect = effect_from_json(operation.change);
  if (operation.state == OperationState::accepted && effect && !effect->installed.empty()) {   // rem.md 5.5: it has had the time to say something else
    Report report;
    report.results.push_back({"Version", effect->installed});
    return conclude(transaction, std::move(operation), report);
  }
  if (operation.state != OperationState::accepted || !told || told->version_before.empty())
    return conclude(transaction, std::move(operation), OperationState::failed, late);
  const auto device = transaction.management().device(operation.device);
  const auto version = device ? facts_from_json(device->facts).software_version : std::string();
  if (!version.empty() && version != told->version_before) {
    log::info("operation.done_without_report", {{"device", operation.device}, {"operation", operation.id}, {"version", version}});
    return conclude(transaction, std::move(operation), Report{});
  }
  const auto end = operation.due + options.report_time;
  if (operation.expires >= end) return conclude(transaction, std::move(operation), OperationState::failed, late);
  operation.expires = std::min<Time>(clock.now() + silence_time, end);
  transaction.manage().put_operation(operation);
  return {};
}

}  // namespace nscl::rem
