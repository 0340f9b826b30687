// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/wake.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <nscl/base/log.h>
#include <nscl/core/authorise.h>
#include <nscl/net/awaiting.h>
#include <nscl/rem/back_off.h>
#include <nscl/rem/waiting_work.h>

#include "wake_plan.h"

namespace nscl::rem {
namespace {

namespace asio = boost::asio;
using End = CallOutcome::End;

constexpr std::chrono::milliseconds look_time{1000};

void log_end(const std::exception_ptr& problem) {
  if (!problem) return;
  try {
    std::rethrow_exception(problem);
  } catch (const std::exception& error) {
    log::error("connection_request.ended_by_an_exception", {{"what", error.what()}});
  }
}

/// Of its last session; empty: it is not known.
std::string address_of(const std::optional<store::ManagedDevice>& device) { return device ? facts_from_json(device->facts).address : std::string(); }

/// Counts something as under way from before its coroutine begins until that is gone.
class Mark {
 public:
  explicit Mark(std::shared_ptr<std::size_t> count) : count_(std::move(count)) { ++*count_; }
  Mark(Mark&&) = default;
  ~Mark() {
    if (count_) --*count_;
  }

 private:
  std::shared_ptr<std::size_t> count_;
};

}  // namespace

// Frames of coroutines keep it until their context goes.
struct Waker::State {
  static net::Task<void> turn(std::shared_ptr<State> state);
  static net::Task<void> begin_due(std::shared_ptr<State> state, std::vector<store::ManagedDevice> due, Mark mark);
  static net::Task<void> call(std::shared_ptr<State> state, Claim claim, Mark mark);

  void look(const std::shared_ptr<State>& self);
  std::optional<Call> describe(const Claim& claim);
  net::Task<void> note(Claim claim, CallOutcome outcome);
  void forget_holds(Time now);

  store::Store& store;
  const Clock& clock;
  asio::io_context& home;
  ConnectionRequester& requester;
  const Logins logins;
  const WakeOptions options;
  const Pushes pushes;
  std::optional<net::Timer> timer;
  std::map<std::string, Time> holds = {};   ///< devices that are not called before
  Time next_forgetting{};
  std::size_t calls = 0, looks = 0;         ///< under way
  std::atomic<bool> is_poked{false};
  bool is_stopping = false;
};

net::Task<void> Waker::State::turn(std::shared_ptr<State> state) {
  while (!state->is_stopping) {
    state->is_poked = false;
    try {
      state->look(state);
    } catch (const store::StoreError& error) {
      log::warning("connection_request.devices_not_read", {{"reason", error.what()}});
    }
    if (state->is_poked) continue;
    state->timer->expires_after(look_time);
    co_await state->timer->async_wait(net::awaited);
  }
}

void Waker::State::look(const std::shared_ptr<State>& self) {
  if (is_stopping || looks > 0 || calls >= options.parallel || !store.is_healthy()) return;
  const auto now = clock.now();
  forget_holds(now);
  std::vector<store::ManagedDevice> due;
  store.read([&](store::View& view) { due = view.management().devices_to_wake(now, options.parallel - calls); });
  if (due.empty()) return;
  Mark mark({self, &looks});
  asio::co_spawn(home, begin_due(self, std::move(due), std::move(mark)), log_end);
}

void Waker::State::forget_holds(Time now) {
  if (now < next_forgetting) return;
  next_forgetting = now + options.between;
  std::erase_if(holds, [now](const auto& hold) { return hold.second <= now; });
}

/// Writes the calls, for all devices at once, and then makes them.
net::Task<void> Waker::State::begin_due(std::shared_ptr<State> state, std::vector<store::ManagedDevice> due, Mark) {
  const auto now = state->clock.now();
  std::vector<WantedCall> wanted;
  for (const auto& device : due) {
    if (device.wake_due == Time{}) state->holds.erase(device.id);   // an operator wants it now
    const auto hold = state->holds.find(device.id);
    wanted.push_back({device.id, hold == state->holds.end() ? now : hold->second});
  }
  std::vector<Claim> claims;
  store::WriteJob job = [&](store::Transaction& transaction) -> Result<void> {
    claims.clear();
    for (const auto& each : wanted) {
      if (auto claim = claim_call(transaction.manage(), each, now, state->options)) claims.push_back(*std::move(claim));
    }
    return {};
  };
  const auto done = co_await store::async_write(state->store, std::move(job), state->home, net::as_result);
  if (!done) co_return;   // nobody was called, and who is due still is
  for (auto& claim : claims) {
    state->holds[claim.device] = now + state->options.between;
    Mark mark({state, &state->calls});
    asio::co_spawn(state->home, call(state, std::move(claim), std::move(mark)), log_end);
  }
}

std::optional<Call> Waker::State::describe(const Claim& claim) {
  std::optional<Call> out;
  store.read([&](store::View& view) {
    const auto device = view.management().device(claim.device);
    if (!device) return;
    auto push = pushes ? pushes(view, *device) : std::nullopt;
    if (claim.is_push && !push) return;   // it came in between
    out.emplace();
    out->push = std::move(push);
    out->device = device->id;
    out->protocol = device->protocol;
    out->attempt = claim.attempts;
    out->last_contact = device->last_contact;
    if (device->protocol == store::ManagementProtocol::oma_dm) out->nonce = view.management().nonces(device->id).theirs;
    out->facts = facts_from_json(device->facts);
    const auto place = called_scl(*device);
    const auto scl = place.empty() ? nullptr : view.find(place);
    if (scl) out->trigger = core::text_of(*scl, "remTriggerAddr");
    if (place != device->managed) out->facts.address = address_of(view.management().device_of(place));   // who is called there
    if (logins) out->login = logins(view, *device);
  }, home);
  return out;
}

net::Task<void> Waker::State::call(std::shared_ptr<State> state, Claim claim, Mark) {
  auto wanted = state->describe(claim);
  if (!wanted || state->is_stopping) co_return;
  if (!wanted->facts.external.empty()) state->holds.erase(claim.device);   // it is not the device that is called
  auto task = state->requester.request(*std::move(wanted));
  auto outcome = co_await std::move(task);
  if (state->is_stopping) co_return;
  log::debug(claim.is_push ? "bootstrap.push" : "connection_request", {{"device", claim.device}, {"attempt", claim.attempts}, {"outcome", word_for(outcome.end)}, {"detail", outcome.detail}});
  if (outcome.end == End::refused) state->holds[claim.device] = state->clock.now() + state->options.after_refusal;
  if (outcome.end != End::accepted && outcome.end != End::sent) co_await state->note(std::move(claim), std::move(outcome));
}

/// Only where nothing came in between: a session, or an operator.
net::Task<void> Waker::State::note(Claim claim, CallOutcome outcome) {
  const auto now = clock.now();
  store::WriteJob job = [&](store::Transaction& transaction) -> Result<void> {
    note_outcome(transaction.manage(), claim, outcome, now, options);
    return {};
  };
  const auto done = co_await store::async_write(store, std::move(job), home, net::as_result);
  if (!done) log::warning("connection_request.outcome_not_written", {{"device", claim.device}, {"reason", done.error().detail}});
}

Waker::Waker(store::Store& store, const Clock& clock, asio::io_context& home, ConnectionRequester& requester, Logins logins, WakeOptions options, Pushes pushes)
    : state_(new State{store, clock, home, requester, std::move(logins), options, std::move(pushes), std::optional<net::Timer>(std::in_place, home.get_executor())}) {}

Waker::~Waker() {
  stop();
  state_->timer.reset();
}

void Waker::start() { asio::co_spawn(state_->home, State::turn(state_), log_end); }

void Waker::stop() {
  state_->is_stopping = true;
  if (state_->timer) state_->timer->cancel();
}

void Waker::poke() {
  if (state_->is_poked.exchange(true)) return;
  asio::post(state_->home, [state = state_] {
    if (state->timer) state->timer->cancel();
  });
}

void Waker::look() { state_->look(state_); }

bool Waker::is_idle() const { return state_->calls == 0 && state_->looks == 0; }

}  // namespace nscl::rem
