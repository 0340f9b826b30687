// SPDX-License-Identifier: Apache-2.0
// Nrem as the engines see it: the next operation, and how it went.
#include <algorithm>

#include <boost/asio/co_spawn.hpp>

#include <nscl/base/log.h>
#include <nscl/net/awaiting.h>
#include <nscl/rem/back_off.h>
#include <nscl/rem/waiting_work.h>

#include "exec_instance.h"
#include "nodes.h"
#include "processing.h"
#include "state.h"
#include "watches.h"

namespace nscl::rem {
namespace {

using store::Operation;
using store::OperationState;

constexpr std::size_t expired_at_once = 256, contacts_at_once = 500, erased_at_once = 256;
constexpr std::chrono::seconds round_time{30};   // of what may be lost
constexpr std::chrono::hours kept_when_over{30 * 24};

bool is_ready(const Operation& operation, Time now) {
  const bool waits = operation.state == OperationState::queued || operation.state == OperationState::undecided || is_looked_after(operation);
  return waits && operation.due <= now && operation.expires > now;
}

std::optional<Operation> first_ready(store::ManagementReads& management, std::string_view device, std::size_t limit, Time now) {
  const auto known = management.device(device);
  if (!known || known->state != store::ManagedState::adopted) return std::nullopt;
  auto pending = management.pending(device, limit);
  if (std::any_of(pending.begin(), pending.end(), is_restarting)) return std::nullopt;
  const auto rows = rows_in_process(pending);
  const auto found = std::find_if(pending.begin(), pending.end(), [&](const Operation& each) { return is_ready(each, now) && !is_held_by(rows, each); });
  return found == pending.end() ? std::nullopt : std::optional(std::move(*found));
}

/// The operation that a device's report is about: by its key, or the only one it could be about (rem.md 2.6, 3.6).
std::optional<Operation> reported(store::ManagementReads& management, const MappingTable& table, const Completion& completion, std::size_t limit) {
  if (!completion.key.empty()) {
    if (auto found = management.operation_by_key(completion.device, completion.key)) return found;
  }
  if (!completion.object.empty()) {
    const auto device = completion.key.empty() ? management.device(completion.device) : std::nullopt;
    const auto facts = device ? facts_from_json(device->facts) : DeviceFacts();
    return device ? running_at(management, DeviceMapping(table, facts), completion.device, completion.object, limit) : std::nullopt;
  }
  if (completion.kind != "TransferComplete") return std::nullopt;
  std::optional<Operation> only;
  for (auto& each : management.pending(completion.device, limit)) {
    const bool is_out = each.state != OperationState::queued;
    if (!is_out || !is_transfer(each, completion.is_upload)) continue;
    if (only) return std::nullopt;
    only = std::move(each);
  }
  return only;
}

/// An alert that is told again: the device has not heard the answer to it, nor what came with that and after it. So what may have happened at
/// its node has not, and what the node shows is the end of the one before (rem.md 5.4).
void take_as_unsent(store::ManagementWrites& management, const MappingTable& table, const Completion& again, std::size_t limit) {
  const auto device = again.object.empty() ? std::nullopt : management.device(again.device);
  if (!device) return;
  const auto facts = facts_from_json(device->facts);
  const DeviceMapping mapping(table, facts);
  for (auto& each : management.pending(again.device, limit)) {
    if (each.state != OperationState::undecided || !is_about_node(again.object, node_of(mapping, each))) continue;
    each.state = OperationState::queued;
    management.put_operation(each);
  }
}

bool has_no_report(const Operation& operation) {
  const auto report = report_from_json(operation.outcome);
  return operation.state == OperationState::failed && report && report->code == "NO_REPORT";
}

void told_of_failure(const std::exception_ptr& failed) try {
  if (failed) std::rethrow_exception(failed);
} catch (const std::exception& error) {
  log::warning("fleet.not_worked_on", {{"reason", error.what()}});
}

}  // namespace

bool is_transfer(const Operation& operation, std::optional<bool> is_upload) {
  const auto task = task_from_json(operation.body);
  const auto* command = task ? std::get_if<Command>(&*task) : nullptr;
  if (!command) return false;
  const bool uploads = command->type == "UPLOAD", downloads = command->type == "DOWNLOAD" || command->type == "SCHEDULEDOWNLOAD";
  return is_upload ? (*is_upload ? uploads : downloads) : uploads || downloads;
}

Report refused(const Error& error) { return {.end = Report::End::failed, .status = error.status, .code = "REFUSED", .text = error.detail}; }

net::Task<Result<void>> Nrem::State::write(store::WriteJob job, boost::asio::io_context& context) {
  std::vector<core::Ticket> ended;
  store::WriteJob whole = [this, &job, &ended](store::Transaction& transaction) -> Result<void> {
    ended.clear();
    concluded = &ended;
    auto done = job(transaction);
    concluded = nullptr;
    return done;
  };
  const auto done = co_await store::async_write(store, std::move(whole), context, net::as_result);
  if (done) {
    for (const auto ticket : ended) waiters.wake(ticket);
  }
  co_return done;
}

/// Has the octets looked at that a command is about to send, while no transaction waits for it.
net::Task<void> Nrem::State::prepare(const std::string& body) {
  const auto task = task_from_json(body);
  if (!task || !needs_plan(*task)) co_return;
  static_cast<void>(co_await options.transfers->prepare(std::get<Command>(*task)));   // what is wrong with them, plan() says again
}

/// Hands an operation to a session. Where a file goes is told to the device alone: the row keeps the command as it was given.
Result<std::optional<Assignment>> Nrem::State::assign(store::Transaction& transaction, Operation operation) {
  const auto end_with = [&](const Report& report) -> Result<std::optional<Assignment>> {
    if (auto done = take_report(transaction, operation, report); !done) return tl::unexpected(done.error());
    return std::nullopt;
  };
  const auto refuse = [&](const Error& error) { return end_with(refused(error)); };
  auto task = task_from_json(operation.body);
  const auto effect = effect_from_json(operation.change);
  if (!task || !effect) {   // it would be met again in every session
    if (effect) log::error("operation.damaged", {{"device", operation.device}, {"operation", operation.id}});   // else it is told of where it is concluded
    return refuse(task ? effect.error() : task.error());
  }
  const bool may_have_happened = operation.state == OperationState::undecided;
  if (is_cancel_of_nothing(transaction, *task, *effect)) return end_with({});
  if (may_have_happened && was_fetched(transaction, operation, *task)) return end_with({.end = Report::End::accepted});
  if (auto* wish = std::get_if<SetNotifications>(&*task)) fill_levels(transaction.management(), operation.device, *wish);
  const auto device = transaction.management().device(operation.device);
  const bool is_external = device && !facts_from_json(device->facts).external.empty();   // its ACS has files of its own
  const auto* told = std::get_if<Command>(&*task);
  const bool is_read = device && told && is_read_there(*device, *table, *told);
  if (needs_plan(*task) && !is_external && !is_read) {
    const auto planned = options.transfers ? options.transfers->plan(transaction, operation, std::get<Command>(*task))
                                           : Result<void>(failure(Status::not_implemented, "no files are kept here any more"));
    if (!planned) return refuse(planned.error());
  }
  if (const auto* command = std::get_if<Command>(&*task); command && device) {
    const auto facts = facts_from_json(device->facts);
    auto on_device = DeviceMapping(*table, facts).task_of(*command, operation.key);
    if (!on_device) return refuse(on_device.error());
    task = *std::move(on_device);
  }
  Assignment made;
  made.may_have_happened = may_have_happened;
  made.is_cancelled = effect->is_cancelled;
  operation.state = OperationState::sent;
  made.operation = operation.id;
  made.key = operation.key;
  made.attempts = ++operation.attempts;
  made.task = *std::move(task);
  if (made.may_have_happened) made.ticket = external_ticket_of(operation);
  transaction.manage().put_operation(operation);
  return made;
}

net::Task<Result<std::optional<Assignment>>> Nrem::next(std::string device, boost::asio::io_context& context) {
  auto& state = *state_;
  std::optional<Operation> first;
  state.store.read([&](store::View& view) { first = first_ready(view.management(), device, state.options.queue, state.clock.now()); }, context);
  if (!first) co_return std::nullopt;
  if (state.options.transfers) co_await state.prepare(first->body);
  std::optional<Assignment> assigned;
  store::WriteJob job = [&](store::Transaction& transaction) -> Result<void> {
    for (assigned.reset(); !assigned;) {
      auto operation = first_ready(transaction.management(), device, state.options.queue, state.clock.now());
      if (!operation) return {};
      auto made = state.assign(transaction, *std::move(operation));
      if (!made) return tl::unexpected(made.error());
      assigned = *std::move(made);   // none if it failed before it was sent: then the next one
    }
    return {};
  };
  const auto written = co_await state.write(std::move(job), context);
  if (!written) co_return tl::unexpected(written.error());
  co_return assigned;
}

net::Task<Result<void>> Nrem::finish(std::string device, std::uint64_t operation, Report report, boost::asio::io_context& context) {
  auto& state = *state_;
  const auto octets = co_await state.keep_read(operation, report, context);
  store::WriteJob job = [&](store::Transaction& transaction) -> Result<void> {
    auto found = transaction.management().operation(operation);
    if (!found || found->device != device || found->state != OperationState::sent) return {};
    if (octets) {
      if (auto taken = state.options.transfers->take_octets(transaction, *found, *octets); !taken) return state.take_report(transaction, *std::move(found), refused(taken.error()));
    }
    if (report.end == Report::End::no_answer) found->due = state.clock.now() + back_off(found->attempts);   // it is there, and says nothing to this
    return state.take_report(transaction, *std::move(found), report);
  };
  co_return co_await state.write(std::move(job), context);
}

net::Task<Result<void>> Nrem::complete(Completion completion, boost::asio::io_context& context) {
  auto& state = *state_;
  store::WriteJob job = [&](store::Transaction& transaction) -> Result<void> {
    auto& management = transaction.manage();
    const store::ManagementEvent event{.device = completion.device, .time = state.clock.now(), .code = completion.kind, .key = completion.key, .text = completion.report.text};
    management.add_event(event, state.options.events);
    auto found = reported(management, *state.table, completion, state.options.queue);
    if (!found) return completion.object.empty() ? Result<void>{} : state.note_alert(transaction, completion);
    if (store::is_over(found->state) && !has_no_report(*found)) {   // told again: one effect (rem.md 5.3 rule 3)
      take_as_unsent(management, *state.table, completion, state.options.queue);
      return {};
    }
    return state.conclude(transaction, *std::move(found), completion.report);
  };
  co_return co_await state.write(std::move(job), context);
}

void Nrem::end(const std::string& device, std::optional<std::uint64_t> operation) {
  auto& state = *state_;
  state.presence.end(device);
  if (!operation && !state.has_left_work(device)) return;
  state.store.write(
      [&state, device, operation](store::Transaction& transaction) -> Result<void> {
        auto found = operation ? transaction.management().operation(*operation) : std::nullopt;
        if (!found || found->device != device || found->state != OperationState::sent) return state.plan_call(transaction, device), Result<void>{};
        const Report unanswered{.end = Report::End::no_answer, .status = Status::gateway_timeout, .text = "the session ended before the device had answered"};
        auto done = state.take_report(transaction, *std::move(found), unanswered);
        if (done) state.plan_call(transaction, device);
        return done;
      },
      state.home, [](const Result<void>&) {});
}

void Nrem::keep(boost::asio::io_context& context) {
  auto& state = *state_;
  const auto now = state.clock.now();
  boost::asio::co_spawn(context.get_executor(), work_on_fleets(context), &told_of_failure);
  bool has_expired = false;
  state.store.read([&](store::View& view) { has_expired = !view.management().expired_operations(now, 1).empty(); });
  if (has_expired) {
    const auto ended = std::make_shared<std::vector<core::Ticket>>();
    state.store.write(
        [&state, ended, now](store::Transaction& transaction) -> Result<void> {
          state.concluded = ended.get();
          for (auto& each : transaction.management().expired_operations(now, expired_at_once)) {
            if (auto done = state.expire(transaction, std::move(each)); !done) log::error("operation.stuck", {{"reason", done.error().detail}});
          }
          state.concluded = nullptr;
          return {};
        },
        context, [&state, ended](const Result<void>& done) {
          if (!done) return;
          for (const auto ticket : *ended) state.waiters.wake(ticket);
        });
  }
  state.note_contacts(now);
  state.look_for_unseen(now);
  if (auto stale = state.find_stale(); !stale.empty()) {
    state.store.write([&state, stale = std::move(stale)](store::Transaction& transaction) { return state.settle_stale(transaction, stale); }, context,
                      [](const Result<void>& done) {
                        if (!done) log::warning("device.watches_not_settled", {{"reason", done.error().detail}});
                      });
  }
  if (now < state.next_round) return;
  state.next_round = now + round_time;
  state.freshness.forget(now);
  state.store.write([now](store::Transaction& transaction) -> Result<void> {
    transaction.manage().erase_operations_over(now - kept_when_over, erased_at_once);
    transaction.manage().erase_fleets_over(now - kept_when_over, erased_at_once);
    return {};
  }, context, [](const Result<void>&) {});
}

// All of them at once would hold up what applications write: some each time, until none is left.
void Nrem::State::note_contacts(Time now) {
  if (now < next_contacts) return;
  auto seen = presence.take(contacts_at_once);
  next_contacts = seen.size() < contacts_at_once ? now + round_time : now;
  if (seen.empty()) return;
  store.write(
      [seen = std::move(seen)](store::Transaction& transaction) -> Result<void> {
        auto& management = transaction.manage();
        for (const auto& [id, time] : seen) {
          auto device = management.device(id);
          if (!device || device->last_contact >= time) continue;
          device->last_contact = time;
          management.put_device(*device);
        }
        return {};
      },
      home, [](const Result<void>& done) {
        if (!done) log::warning("device.contacts_not_written", {{"reason", done.error().detail}});
      });
}

}  // namespace nscl::rem
