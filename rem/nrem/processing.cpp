// SPDX-License-Identifier: Apache-2.0
#include "processing.h"

#include <algorithm>

#include <nscl/rem/back_off.h>
#include <nscl/rem/tr069/faults.h>
#include <nscl/rem/waiting_work.h>

#include "state.h"

namespace nscl::rem {
namespace {

using namespace std::chrono_literals;
using store::Operation;
using store::OperationState;
using Word = ProcessingState::Word;

constexpr std::string_view command_processed = "CommandProcessed", error_message = "CommandProcessingErrMsg";

std::string value_of(const std::vector<Leaf>& leaves, std::string_view path) {
  const auto found = std::ranges::find(leaves, path, &Leaf::path);
  return found == leaves.end() ? std::string() : found->value;
}

}  // namespace

bool is_processed(const Task& task) {
  return std::holds_alternative<SetLeaves>(task) || std::holds_alternative<AddInstance>(task) || std::holds_alternative<DeleteInstance>(task);
}

GetLeaves look_at_row(const std::string& row) { return {{row + std::string(command_processed), row + std::string(error_message)}}; }

ProcessingState processing_state(const std::string& row, const std::vector<Leaf>& read) {
  const auto path = row + std::string(command_processed), word = value_of(read, path);
  if (word.empty()) return {};
  if (word == "Success") return {Word::success, {}};
  if (word != "Error") return {Word::running, {}};   // Pending, Retrying, or a word of its own
  const auto said = value_of(read, row + std::string(error_message));
  return {Word::error, "CWMP CommandProcessed Error" + (said.empty() ? said : " " + tr069::presentable(said)) + ": " + tr069::presentable(path)};
}

Time::duration pause_between_looks(Time::duration since) { return std::clamp<Time::duration>(since, 1s, 10s); }

std::set<std::string> rows_in_process(const std::vector<Operation>& pending) {
  std::set<std::string> rows;
  for (const auto& each : pending) {
    const auto effect = effect_from_json(each.change);
    if (effect && effect->is_processing) rows.insert(effect->row);
  }
  return rows;
}

bool is_held_by(const std::set<std::string>& rows, const Operation& operation) {
  if (rows.empty()) return false;
  const auto effect = effect_from_json(operation.change);
  return effect && !effect->is_processing && rows.contains(effect->row);
}

// The first look is in the same session.
Result<void> Nrem::State::await_processing(store::Transaction& transaction, Operation operation, Effect effect, const Report& report) {
  const auto now = clock.now();
  effect.is_processing = true;
  operation.state = OperationState::accepted;
  operation.due = now;
  operation.expires = now + options.report_time;
  operation.attempts = 0;
  operation.body = to_json(Task(look_at_row(effect.row)));
  operation.outcome = to_json(report);
  operation.change = to_json(effect);
  transaction.manage().put_operation(operation);
  auto where = tree(transaction);
  return note_accepted(where, operation, effect);
}

// The outcome stays what the gateway answered: it is what becomes of the tree in the end.
Result<void> Nrem::State::take_look(store::Transaction& transaction, Operation operation, const Effect& effect, const Report& look) {
  const auto now = clock.now();
  const auto answer = report_from_json(operation.outcome);
  if (!answer) return tl::unexpected(answer.error());
  const bool has_looked = look.end == Report::End::done || look.end == Report::End::failed;
  if (!has_looked && operation.attempts >= options.attempts) {
    return conclude(transaction, std::move(operation), {.end = Report::End::failed, .status = Status::gateway_timeout, .code = "NO_REPORT",
                                                        .text = "the gateway took it, and does not tell what became of it"});
  }
  const auto state = has_looked ? processing_state(effect.row, look.leaves) : ProcessingState{Word::running, {}};
  if (state.word == Word::error) {
    return conclude(transaction, std::move(operation), {.end = Report::End::failed, .status = Status::bad_gateway, .code = "PROCESSING_ERROR", .text = state.text});
  }
  if (state.word != Word::running) return conclude(transaction, std::move(operation), *answer);
  operation.state = OperationState::accepted;
  operation.due = now;
  if (has_looked) {
    operation.attempts = 0;
    operation.due += pause_between_looks(now - (operation.expires - options.report_time));
  } else if (look.end == Report::End::later) {
    operation.due += back_off(operation.attempts);
  }
  transaction.manage().put_operation(operation);
  return {};
}

// A contact that tells of a row: there is something to see.
void Nrem::State::hasten_looks(store::Transaction& transaction, const Contact& contact) {
  for (auto& operation : transaction.management().pending(contact.device, options.queue)) {
    if (!is_looked_after(operation)) continue;
    const auto effect = effect_from_json(operation.change);
    if (!effect || value_of(contact.leaves, effect->row + std::string(command_processed)).empty()) continue;
    operation.due = clock.now();
    transaction.manage().put_operation(operation);
  }
}

}  // namespace nscl::rem
