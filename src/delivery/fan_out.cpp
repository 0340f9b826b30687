// SPDX-License-Identifier: Apache-2.0
// What a request to a group is: whom it asks, how, until when, and what comes of it.
#include <nscl/delivery/fan_out.h>

#include <algorithm>
#include <mutex>
#include <numeric>
#include <random>
#include <unordered_map>

#include <nscl/base/log.h>
#include <nscl/base/unexpected.h>

#include "aggregate.h"
#include "group_subscription.h"
#include "members.h"
#include "passages.h"
#include "round.h"

namespace nscl::delivery {
namespace {

namespace asio = boost::asio;
using core::RequestIndication;
using core::ResponseConfirm;

std::vector<std::size_t> all_of(const std::vector<Member>& members) {
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

double any_fraction() {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

}  // namespace

struct FanOut::State {
  core::Pipeline& pipeline;
  const model::Registry& registry;
  store::Store& store;
  const Clock& clock;
  FanOutOptions options;
  Passages passages{options};
  std::mutex turns_mutex;
  std::unordered_map<std::uint64_t, std::size_t> turns;   ///< of each group: the member whose turn is next

  Result<std::shared_ptr<Common>> prepare(RequestIndication& request, core::Target& target);
  Result<Steady::time_point> end_of(const RequestIndication& request, const Manner& manner) const;
  void scatter(Round& round) const;
  std::size_t take_turn(std::uint64_t group, std::size_t members);
  net::Task<ResponseConfirm> ask_every(std::shared_ptr<Common> common, asio::io_context& context);
  net::Task<ResponseConfirm> ask_one(std::shared_ptr<Common> common, asio::io_context& context);
};

FanOut::FanOut(core::Pipeline& pipeline, const model::Registry& registry, store::Store& store, const Clock& clock, FanOutOptions options)
    : state_(new State{pipeline, registry, store, clock, std::move(options)}) {
  if (!state_->options.random) state_->options.random = &any_fraction;
}
FanOut::~FanOut() = default;

Result<Steady::time_point> FanOut::State::end_of(const RequestIndication& request, const Manner& manner) const {
  auto time = options.time + manner.window.value_or(std::chrono::milliseconds{0});
  if (request.delivery.deadline) {
    time = std::chrono::duration_cast<std::chrono::milliseconds>(*request.delivery.deadline - clock.now());
    if (manner.window && *manner.window >= time) return bad_request("the request has to be answered before the end of its spread");
  }
  return Steady::now() + std::clamp(time, std::chrono::milliseconds{0}, options.longest_time + options.time);
}

/// Without a visit in it: the request has been at this group before.
Result<std::shared_ptr<Common>> FanOut::State::prepare(RequestIndication& request, core::Target& target) {
  auto common = std::make_shared<Common>();
  common->policy = pipeline.policy();
  Result<Group> group = failure(Status::internal_server_error, {});
  const auto look = [&](store::View& view) { group = find_group(view, registry, *common->policy, request, target, clock.now()); };
  store.read(look);
  if (!group) return tl::unexpected(group.error());
  const auto manner = take_manner(request, options.longest_time);
  if (!manner) return tl::unexpected(manner.error());
  common->manner = *manner;
  const auto ends = end_of(request, *manner);
  if (!ends) return tl::unexpected(ends.error());
  auto visit = passages.enter(request.delivery.group_request, group->key, *ends, group->members.size());
  if (!visit) return tl::unexpected(visit.error());
  common->content = std::make_shared<const std::string>(request.content);
  common->request = std::move(request);
  common->request.content = *common->content;
  common->target = std::move(target);
  common->visit = std::move(*visit);
  if (!common->visit) return common;
  common->group = group->key;
  common->members = std::move(group->members);
  auto& delivery = common->request.delivery;
  delivery.group_request = common->visit->identifier();
  delivery.correlation_id.clear();   // each member answers here, and now
  delivery.contact_uri.clear();
  if (manner->in_turn) common->first = take_turn(group->key, common->members.size());
  return common;
}

std::size_t FanOut::State::take_turn(std::uint64_t group, std::size_t members) {
  constexpr std::size_t most_groups = 10'000;
  if (members == 0) return 0;
  const std::lock_guard lock(turns_mutex);
  if (turns.size() >= most_groups && !turns.contains(group)) turns.clear();
  return turns[group]++ % members;
}

/// Every member at a moment of its own inside the window, the soonest first.
void FanOut::State::scatter(Round& round) const {
  const auto now = Steady::now();
  const auto window = *round.common->manner.window;
  std::vector<std::pair<std::chrono::microseconds, std::size_t>> moments;
  for (const auto member : round.order) {
    const std::chrono::duration<double, std::milli> after(double(window.count()) * options.random());
    moments.emplace_back(std::chrono::duration_cast<std::chrono::microseconds>(after), member);
  }
  std::sort(moments.begin(), moments.end());
  for (std::size_t i = 0; i < moments.size(); ++i) {
    round.order[i] = moments[i].second;
    round.starts.push_back(now + moments[i].first);
  }
}

net::Task<ResponseConfirm> FanOut::State::ask_every(std::shared_ptr<Common> common, asio::io_context& context) {
  const auto round = std::make_shared<Round>(common, all_of(common->members), context, common->visit->ends());
  if (common->manner.window) scatter(*round);
  co_await ask(pipeline, round, options.at_once);
  std::vector<std::optional<ResponseConfirm>> answers(common->members.size());
  for (std::size_t i = 0; i < round->order.size(); ++i) answers[round->order[i]] = std::move(round->answers[i]);
  co_return aggregate(common->request, common->target, *common->policy, common->members, answers);
}

net::Task<ResponseConfirm> FanOut::State::ask_one(std::shared_ptr<Common> common, asio::io_context& context) {
  const auto count = common->members.size();
  const auto tries = common->manner.anycast ? count : std::min<std::size_t>(count, 1);
  auto answer = core::refusal(common->request, {Status::not_found, "the group has no member that could answer"});
  for (std::size_t i = 0; i < tries && Steady::now() < common->visit->ends(); ++i) {
    const auto index = (common->first + i) % count;
    const auto now = Steady::now();
    const auto share = std::max<Steady::duration>((common->visit->ends() - now) / std::int64_t(tries - i), options.shortest_try);
    const std::vector<std::size_t> order(1, index);
    const auto round = std::make_shared<Round>(common, order, context, std::min(common->visit->ends(), now + share));
    co_await ask(pipeline, round, 1);
    auto& given = round->answers.front();
    if (!given) answer = core::refusal(common->request, {Status::request_timeout, "the member did not answer in time"});
    else answer = *std::move(given);
    if (!is_fulfilled(answer.status)) continue;
    if (common->members[index].route && answer.location.empty()) answer.location = common->members[index].uri;
    break;
  }
  co_return answer;
}

net::Task<ResponseConfirm> FanOut::run(RequestIndication request, core::Target target, asio::io_context& context) {
  Error error{Status::internal_server_error, "the group could not be asked"};
  try {
    auto common = state_->prepare(request, target);
    if (!common) co_return core::refusal(request, common.error());
    const auto shared = *std::move(common);
    if (!shared->visit) co_return aggregate(shared->request, shared->target, *shared->policy, {}, {});
    const auto collected = co_await collect_at_host(state_->registry, state_->store, *shared, context);
    if (!collected) co_return core::refusal(shared->request, collected.error());
    ResponseConfirm answer;
    if (shared->manner.is_single()) answer = co_await state_->ask_one(shared, context);
    else answer = co_await state_->ask_every(shared, context);
    shared->visit.reset();   // late members may keep `shared` for longer
    co_return answer;
  } catch (const store::StoreError& failed) {
    log::warning("store failed while a group was read", {{"reason", failed.what()}});
    error = {Status::service_unavailable, "the store cannot be read at the moment"};
  } catch (const std::exception& failed) {
    error = unexpected_failure("a group could not be asked", failed.what());
  }
  co_return core::refusal(request, error);
}

}  // namespace nscl::delivery
