// SPDX-License-Identifier: Apache-2.0
#include "pump.h"

#include <algorithm>
#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <nscl/base/log.h>
#include <nscl/net/awaiting.h>


namespace nscl::delivery {
namespace {

namespace asio = boost::asio;

constexpr std::size_t lanes_per_look = 256;
constexpr std::size_t lanes_per_call = 64;
constexpr std::chrono::milliseconds look_back_time{1000};   ///< a lane left as it was is found again within this

void log_end(const std::exception_ptr& problem) {
  if (!problem) return;
  try {
    std::rethrow_exception(problem);
  } catch (const std::exception& error) {
    log::error("delivery ended by an exception", {{"what", error.what()}});
  }
}

}  // namespace

Pump::Pump(store::Store& store, const Clock& clock, asio::io_context& context, std::size_t most)
    : store_(store), clock_(clock), context_(context), most_(most), timer_(context.get_executor()), soonest_(never.time_since_epoch().count()) {}

void Pump::add(std::string prefix, Consumer& consumer) { consumers_.emplace_back(std::move(prefix), &consumer); }

void Pump::start() { asio::co_spawn(context_, turn(), log_end); }

void Pump::stop() {
  is_stopping_ = true;
  timer_.cancel();
}

// One post for any number of calls until it has run: the writer calls this after every commit.
void Pump::wake(Time due) {
  const auto wanted = due.time_since_epoch().count();
  for (auto known = soonest_.load(); wanted < known && !soonest_.compare_exchange_weak(known, wanted);) {}
  if (is_woken_.exchange(true)) return;
  asio::post(context_, [this] { timer_.cancel(); });
}

net::Task<void> Pump::turn() {
  while (!is_stopping_) {
    is_woken_ = false;
    if (Time{Time::duration{soonest_.exchange(never.time_since_epoch().count())}} <= passed_) passed_ = Time::min();
    const auto now = clock_.now();
    bool has_more = false;
    try {
      has_more = begin_due(now);
    } catch (const store::StoreError& error) {
      log::warning("the outbox cannot be read", {{"reason", error.what()}});
    }
    if (is_woken_) continue;
    timer_.expires_after(has_more && !is_full_ ? std::chrono::milliseconds{0} : pause(now));
    co_await timer_.async_wait(net::awaited);
  }
}

// A lane that becomes due while others are handled has a later time than those, so that looking on from the last one
// finds each once. Lanes that were left as they were, or were put with a time that has passed, are found by looking back.
bool Pump::begin_due(Time now) {
  if (!store_.is_healthy()) return false;   // what comes of it could not be written, and it would be sent again and again
  if (const auto steady = SteadyClock::now(); steady - last_look_back_ >= look_back_time) {
    last_look_back_ = steady;
    passed_ = Time::min();
  }
  std::vector<store::Lane> lanes;
  store_.read([&](store::View& view) { lanes = view.due_lanes(passed_, now, lanes_per_look); });
  for (auto& lane : lanes) {
    is_full_ = under_way_.size() >= most_;
    if (is_full_) return true;
    passed_ = lane.due;
    const auto found = under_way_.find(lane.name);
    if (found == under_way_.end()) begin(std::move(lane));
    else if (found->second.again == UnderWay::Again::no) found->second.again = UnderWay::Again::if_due;
  }
  return lanes.size() == lanes_per_look;
}

std::chrono::milliseconds Pump::pause(Time now) {
  Time next = never;
  try {
    store_.read([&](store::View& view) { next = view.next_due(now); });
  } catch (const store::StoreError&) {
    return look_back_time;
  }
  if (next == never) return look_back_time;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next - now);
  return std::clamp(wait, std::chrono::milliseconds{0}, look_back_time);
}

void Pump::nudge(const std::string& name) {
  if (const auto found = under_way_.find(name); found != under_way_.end()) found->second.again = UnderWay::Again::yes;
  else begin_if(name, [](const store::Lane&) { return true; });
}

void Pump::call(const std::string& place) {
  if (!under_way_.empty()) calls_[place] = ++last_call_;
  std::vector<store::Lane> lanes;
  try {
    store_.read([&](store::View& view) { lanes = view.lanes_parked_on(place, lanes_per_call); });
  } catch (const store::StoreError&) {
    return;   // who called calls again
  }
  for (const auto& lane : lanes) nudge(lane.name);
}

void Pump::begin_if(const std::string& name, const std::function<bool(const store::Lane&)>& is_wanted) {
  std::optional<store::Lane> lane;
  try {
    store_.read([&](store::View& view) { lane = view.lane(name); });
  } catch (const store::StoreError&) {
    return;   // it is found again when it is due
  }
  if (lane && !is_stopping_ && is_wanted(*lane)) begin(*std::move(lane));
}

Consumer* Pump::consumer_of(const std::string& lane) const {
  const auto found = std::find_if(consumers_.begin(), consumers_.end(), [&](const auto& entry) { return lane.starts_with(entry.first); });
  return found == consumers_.end() ? nullptr : found->second;
}

void Pump::begin(store::Lane lane) {
  if (!consumer_of(lane.name)) return;   // of a later release: it keeps what is its own
  under_way_.emplace(lane.name, UnderWay{.begun = last_call_});
  asio::co_spawn(context_, handle(std::move(lane)), log_end);
}

// What came of it was written before this thread got here: a look may have passed the lane by since, and a call for what
// it is parked on may have come before it was parked.
void Pump::finish(const std::string& name) {
  const auto lane = under_way_.at(name);
  under_way_.erase(name);
  if (lane.again == UnderWay::Again::yes) nudge(name);
  else if (lane.again == UnderWay::Again::if_due) begin_if(name, [this](const store::Lane& found) { return found.due <= clock_.now(); });
  if (lane.begun != last_call_ && !under_way_.contains(name)) {
    begin_if(name, [&](const store::Lane& found) {
      const auto called = calls_.find(found.parked_on);
      return called != calls_.end() && called->second > lane.begun;
    });
  }
  if (under_way_.empty()) calls_.clear();
}

net::Task<void> Pump::handle(store::Lane lane) {
  const auto name = lane.name;
  auto* const consumer = consumer_of(name);
  try {
    co_await consumer->run(std::move(lane));
  } catch (const std::exception& error) {
    log::error("delivery failed unexpectedly", {{"lane", name}, {"what", error.what()}});
  }
  finish(name);
  if (is_full_) wake(never);
}

}  // namespace nscl::delivery
