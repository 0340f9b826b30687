// SPDX-License-Identifier: Apache-2.0
// Sessions of devices of an external ACS: their operations one after the other, each until it ended there.
#include <algorithm>
#include <exception>

#include <boost/asio/co_spawn.hpp>

#include <nscl/base/log.h>
#include <nscl/rem/cancellation.h>

#include "engine_state.h"

namespace nscl::rem {
namespace {

namespace asio = boost::asio;
using End = CallOutcome::End;

constexpr std::chrono::minutes longest_pause{10};
constexpr unsigned withdrawals = 10;

void log_problem(const std::exception_ptr& problem) {
  if (!problem) return;
  try {
    std::rethrow_exception(problem);
  } catch (const std::exception& error) {
    log::error("external_acs.ended_by_an_exception", {{"what", error.what()}});
  }
}

}  // namespace

net::Task<void> ExternalEngine::State::pause(std::chrono::milliseconds time) {
  net::Timer timer(home.get_executor(), time);
  co_await timer.async_wait(net::awaited);
}

/// The ACS may be in a session with the device, and unable to: some times, with pauses.
net::Task<Withdrawal> ExternalEngine::State::withdraw(ExternalDevice device, Assignment assignment, std::string ticket) {
  for (unsigned tried = 0; tried < withdrawals && !is_stopping; ++tried) {
    if (tried > 0) co_await pause(options.poll_time);
    const auto done = co_await acs->withdraw(device, assignment, ticket);
    if (done != Withdrawal::not_now) co_return done;
  }
  log::warning("external_acs.not_withdrawn", {{"acs", options.name}, {"device", device.id}, {"operation", assignment.operation}});
  co_return Withdrawal::not_now;
}

net::Task<std::optional<Report>> ExternalEngine::State::follow(ExternalDevice device, Assignment assignment, ExternalProgress progress) {
  const auto begin = clock.now();
  std::string held = assignment.ticket;
  std::chrono::milliseconds next = options.poll_time;
  while (progress.is_waiting && !is_stopping) {
    if (progress.ticket != held && co_await work.hold(device.id, assignment.operation, progress.ticket, home)) held = progress.ticket;
    // What was cancelled or is over is noticed soon, however long it waits already.
    for (auto left = next; left.count() > 0 && !is_stopping; left -= options.poll_time) {
      co_await pause(std::min(left, options.poll_time));
      const auto standing = work.standing(device.id, assignment.operation, home);
      if (standing == Standing::wanted) continue;
      const auto withdrawal = co_await withdraw(device, assignment, progress.ticket);
      if (standing == Standing::over) co_return std::nullopt;
      // What is not there any more was done, or failed, if it ever was.
      if (withdrawal == Withdrawal::withdrawn || (withdrawal == Withdrawal::absent && progress.ticket.empty())) co_return cancelled_report();
      if (withdrawal == Withdrawal::absent) break;
    }
    progress = co_await acs->look(device, assignment, progress.ticket);
    const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - begin);
    next = std::clamp<std::chrono::milliseconds>(age / 8, options.poll_time, std::max<std::chrono::milliseconds>(longest_pause, options.poll_time));
  }
  if (progress.is_waiting) co_return std::nullopt;
  if (!progress.ticket.empty()) {   // it failed, and would be tried again there
    // First of all it is forgotten here that the ACS has it: what is gone without a fault would count as done.
    if (!held.empty() && !co_await work.hold(device.id, assignment.operation, std::string(), home)) co_return std::nullopt;
    static_cast<void>(co_await withdraw(device, assignment, progress.ticket));
  }
  co_return std::move(progress.report);
}

net::Task<void> ExternalEngine::State::perform(ExternalDevice device, Assignment assignment) {
  auto progress = co_await acs->submit(device, assignment);
  auto report = co_await follow(device, assignment, std::move(progress));
  if (!report) co_return;
  const auto done = co_await work.finish(device.id, assignment.operation, *std::move(report), home);
  if (!done) log::warning("external_acs.report_not_written", {{"device", device.id}, {"operation", assignment.operation}, {"reason", done.error().detail}});
}

net::Task<void> ExternalEngine::State::run_session(std::shared_ptr<State> state, ExternalDevice device) {
  std::optional<std::uint64_t> operation;
  auto contact = state->contact_of(device);
  const auto welcome = co_await state->work.begin(std::move(contact), state->home);
  if (welcome) {
    const auto at_end = [&] { state->work.end(device.id, operation); };
    std::exception_ptr problem;
    try {
      while (!state->is_stopping) {
        auto assigned = co_await state->work.next(device.id, state->home);
        if (!assigned || !*assigned) break;
        operation = (*assigned)->operation;
        co_await state->perform(device, **std::move(assigned));
        if (!state->is_stopping) operation.reset();
      }
    } catch (...) {
      problem = std::current_exception();
    }
    if (!state->is_stopping) at_end();
    if (problem) std::rethrow_exception(problem);
  }
}

bool ExternalEngine::State::open(const std::shared_ptr<State>& state, ExternalDevice device) {
  if (state->sessions.contains(device.id)) return true;
  if (state->sessions.size() >= state->options.sessions) return false;
  auto id = device.id;
  state->sessions.insert(id);
  asio::co_spawn(state->home, run_session(state, std::move(device)), [state, id](const std::exception_ptr& problem) {
    state->sessions.erase(id);
    log_problem(problem);
  });
  return true;
}

ExternalEngine::ExternalEngine(TicketedWork& work, store::Store& store, const Clock& clock, asio::io_context& home, std::unique_ptr<ExternalAcs> acs,
                               ExternalOptions options)
    : state_(new State{work, store, clock, home, std::move(acs), std::move(options)}) {}

ExternalEngine::~ExternalEngine() {
  stop();
  state_->acs.reset();
}

net::Task<CallOutcome> ExternalEngine::request(Call call) {
  const auto state = state_;
  if (state->is_stopping) co_return CallOutcome{End::busy, "the external ACS is not called any more"};
  if (state->sessions.contains(call.device)) co_return CallOutcome{End::accepted, {}};
  auto found = co_await state->acs->find(call.device);
  if (!found) co_return CallOutcome{End::failed, found.error().detail};
  if (!*found) co_return CallOutcome{End::impossible, "the external ACS " + state->options.name + " does not know the device"};
  if (state->is_stopping || !State::open(state, **std::move(found))) co_return CallOutcome{End::busy, "as many devices of the external ACS are in a session as may"};
  co_return CallOutcome{End::accepted, {}};
}

void ExternalEngine::start() { asio::co_spawn(state_->home, State::run_lists(state_), log_problem); }

void ExternalEngine::stop() {
  if (std::exchange(state_->is_stopping, true)) return;
  state_->acs->stop();
}

net::Task<Result<void>> ExternalEngine::read_list() { return state_->read_list(state_); }
net::Task<Result<void>> ExternalEngine::resume() { return state_->resume(); }
bool ExternalEngine::is_idle() const { return state_->sessions.empty(); }

ExternalRouter::ExternalRouter(ConnectionRequester& usual, std::map<std::string, ConnectionRequester*> by_name) : usual_(usual), by_name_(std::move(by_name)) {}

net::Task<CallOutcome> ExternalRouter::request(Call call) {
  if (call.facts.external.empty()) co_return co_await usual_.request(std::move(call));
  const auto found = by_name_.find(call.facts.external);
  if (found == by_name_.end()) co_return CallOutcome{End::impossible, "no [[external_acs]] has the name " + call.facts.external};
  co_return co_await found->second->request(std::move(call));
}

}  // namespace nscl::rem
