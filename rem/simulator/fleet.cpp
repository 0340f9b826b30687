// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/simulator/fleet.h>

#include <algorithm>
#include <mutex>
#include <queue>
#include <unordered_set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <nscl/base/log.h>
#include <nscl/net/awaiting.h>
#include <nscl/net/web_client.h>

#include "file_transfer.h"

namespace nscl::rem::simulator {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds longest_sleep{1'000};   // the system's clock may be set
constexpr std::chrono::milliseconds most_late{50};   // that the rate makes up for
constexpr std::size_t body_limit = 32u << 20;

Time now() { return system_clock().now(); }

void tell_of(const std::exception_ptr& problem) {
  if (!problem) return;
  try {
    std::rethrow_exception(problem);
  } catch (const std::exception& error) {
    log::error("a simulated device failed", {{"what", error.what()}});
  }
}

}  // namespace

struct Fleet::State : std::enable_shared_from_this<Fleet::State> {
  struct Member {
    std::unique_ptr<SimulatedDevice> device;
    Time planned = never;
    bool is_at_work = false, is_done = false;
  };
  struct Plan {
    Time when;
    std::size_t number;
    bool operator>(const Plan& other) const { return when > other.when; }
  };

  State(boost::asio::io_context& its_context, FleetOptions given, Crew crew, std::function<void(const SimulatedDevice&)> its_told)
      : context(its_context), options(std::move(given)), told(std::move(its_told)), timer(context.get_executor()), entrance(std::move(crew.entrance)) {
    members.reserve(crew.devices.size());
    for (auto& device : crew.devices) members.push_back({std::move(device)});
    for (std::size_t number = 0; number < members.size(); ++number) plan(number);
  }

  void accept(std::size_t number);
  void plan(std::size_t number);
  void begin_due();
  net::Task<void> keep_plan();
  net::Task<void> work(std::size_t number);
  net::Task<void> hold_session(SimulatedDevice& device);
  net::WebClientOptions client_options(std::size_t limit) const;
  void count(const SimulatedDevice& device);
  void publish();

  boost::asio::io_context& context;
  const FleetOptions options;
  const std::function<void(const SimulatedDevice&)> told;
  net::Timer timer;
  std::vector<Member> members;
  std::priority_queue<Plan, std::vector<Plan>, std::greater<>> plans;
  SteadyClock::time_point next_slot = SteadyClock::now();
  std::unordered_set<net::WebClient*> clients;
  bool is_stopped = false;
  FleetFigures counted;
  mutable std::mutex mutex;
  FleetFigures published;
  std::unique_ptr<Entrance> entrance;
};

void Fleet::State::plan(std::size_t number) {
  auto& member = members[number];
  if (member.is_at_work || member.is_done) return;
  const auto when = member.device->next();
  if (when == member.planned) return;
  member.planned = when;
  if (when != never) plans.push({when, number});
}

void Fleet::State::accept(std::size_t number) {
  ++counted.requests;
  if (std::exchange(members[number].is_done, false)) --counted.done;
  plan(number);
  timer.cancel();
}

/// Those whose time has come, as far as rate and number allow.
void Fleet::State::begin_due() {
  const auto interval = options.rate == 0 ? SteadyClock::duration::zero() : SteadyClock::duration(std::chrono::seconds(1)) / static_cast<SteadyClock::rep>(options.rate);
  while (!plans.empty() && plans.top().when <= now() && counted.open < options.parallel) {
    const auto plan = plans.top();
    auto& member = members[plan.number];
    const bool is_over = member.is_at_work || member.planned != plan.when;   // it was planned anew
    if (!is_over && options.rate != 0 && SteadyClock::now() < next_slot) return;
    plans.pop();
    if (is_over) continue;
    next_slot = std::max(next_slot, SteadyClock::now() - most_late) + interval;
    member.is_at_work = true;
    member.planned = never;
    ++counted.open;
    boost::asio::co_spawn(context, work(plan.number), tell_of);
  }
}

net::Task<void> Fleet::State::keep_plan() {
  const auto self = shared_from_this();
  while (!is_stopped) {
    begin_due();
    publish();
    auto pause = std::chrono::duration_cast<SteadyClock::duration>(longest_sleep);
    if (!plans.empty() && counted.open < options.parallel) {
      const auto until = std::max<SteadyClock::duration>(plans.top().when - now(), SteadyClock::duration::zero());
      const auto slot = options.rate == 0 ? SteadyClock::duration::zero() : next_slot - SteadyClock::now();
      pause = std::min(pause, std::max({until, slot, SteadyClock::duration(std::chrono::milliseconds(1))}));
    }
    timer.expires_after(pause);
    co_await timer.async_wait(net::awaited);
  }
}

net::WebClientOptions Fleet::State::client_options(std::size_t limit) const {
  net::WebClientOptions out;
  out.connections_per_destination = 1;   // one connection for each session: some clients rely on it
  out.body_limit = limit;
  out.allow_every_address = true;
  out.tls = options.tls;
  return out;
}

net::Task<void> Fleet::State::hold_session(SimulatedDevice& device) {
  net::WebClient client(context, client_options(body_limit));
  clients.insert(&client);
  auto call = device.begin(now());
  for (;;) {
    const auto result = co_await client.call(std::move(call));
    if (!result) {
      device.fail("no answer of the server: " + result.error().detail, now());
      break;
    }
    auto following = device.take(*result, now());
    if (!following) break;
    call = *std::move(following);
  }
  clients.erase(&client);
  client.stop();
}

net::Task<void> Fleet::State::work(std::size_t number) {
  const auto self = shared_from_this();
  auto& member = members[number];
  while (!is_stopped) {
    auto file = member.device->next_file(now());
    if (!file) break;
    net::WebClient client(context, client_options(options.file_limit));
    clients.insert(&client);
    const auto job = file->job;
    auto outcome = co_await transfer(client, *std::move(file));
    clients.erase(&client);
    client.stop();
    member.device->file_done(job, std::move(outcome), now());
    ++counted.files;
  }
  if (!is_stopped && member.device->wants_session(now())) {
    co_await hold_session(*member.device);
    count(*member.device);
    if (options.is_once && !member.device->is_told_to_wait()) {
      member.is_done = true;
      ++counted.done;
    }
  }
  --counted.open;
  publish();
  member.is_at_work = false;
  plan(number);
  timer.cancel();
}

void Fleet::State::count(const SimulatedDevice& device) {
  if (is_stopped) return;
  counted.asked += device.requests();
  ++(!device.failure() ? counted.sessions : device.is_told_to_wait() ? counted.waits : counted.failures);
  if (told) told(device);
  publish();
}

void Fleet::State::publish() {
  const std::lock_guard lock(mutex);
  published = counted;
}

Fleet::Fleet(boost::asio::io_context& context, FleetOptions options, Crew crew, std::function<void(const SimulatedDevice&)> told)
    : state_(std::make_shared<State>(context, std::move(options), std::move(crew), std::move(told))) {}

Fleet::~Fleet() { state_->entrance.reset(); }   // the rest may be kept by what has not ended until the context goes

void Fleet::start() {
  if (state_->entrance) state_->entrance->start([state = state_.get()](std::size_t number) { state->accept(number); });
  boost::asio::co_spawn(state_->context, state_->keep_plan(), tell_of);
}

void Fleet::stop() {
  if (state_->entrance) state_->entrance->stop();
  boost::asio::post(state_->context, [state = state_] {
    state->is_stopped = true;
    state->timer.cancel();
    for (auto* const client : state->clients) client->stop();
  });
}

FleetFigures Fleet::figures() const {
  const std::lock_guard lock(state_->mutex);
  return state_->published;
}

}  // namespace nscl::rem::simulator
