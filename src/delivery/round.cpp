// SPDX-License-Identifier: Apache-2.0
// Workers take one member after the other, until all have answered or the time is over.
#include "round.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <nscl/base/log.h>

#include "aggregate.h"

namespace nscl::delivery {
namespace {

namespace asio = boost::asio;
using core::RequestIndication;
using core::ResponseConfirm;

struct Ended {
  void operator()(const std::exception_ptr& error) const {
    if (error) log::error("a member of a group could not be asked", {{"reason", "out of memory, or an unknown exception"}});
  }
};

RequestIndication request_for(const Common& common, const Member& member) {
  auto request = common.request;
  request.to = member.to;
  request.route = member.route;
  return request;
}

/// Keeps an answer as far as there is room: what was done stays told, what was asked for and is not here does not count as got.
void take(Round& round, std::size_t turn, ResponseConfirm answer) {
  if (round.is_over) return;
  auto& common = *round.common;
  if (answer.content && !common.manner.is_single() && !common.visit->claim(answer.content->size())) {
    if (common.request.verb == model::Verb::retrieve && is_fulfilled(answer.status)) {
      answer = core::refusal(common.request, {Status::internal_server_error, "the answers of the members are too large for one answer; ask this member itself"});
    } else {
      answer.content = nullptr;
    }
  }
  round.answers[turn] = std::move(answer);
}

net::Task<void> work(core::Pipeline& pipeline, RoundPtr round) {
  auto& common = *round->common;
  const auto executor = round->context.get_executor();
  while (!round->is_over && round->next < round->order.size()) {
    const auto turn = round->next++;
    const auto& member = common.members[round->order[turn]];
    if (turn < round->starts.size()) {
      net::Timer start(executor, round->starts[turn]);
      co_await start.async_wait(net::awaited);
    }
    co_await asio::post(executor, net::as_result);   // others get their turn, and nested groups take no stack
    if (round->is_over) break;
    if (member.flaw) {
      take(*round, turn, core::refusal(common.request, *member.flaw));
      continue;
    }
    if (member.nested != 0) common.visit->expect(member.nested);
    auto request = request_for(common, member);
    auto answer = co_await pipeline.handle(std::move(request), round->context);
    const bool is_old = common.plain_content && member.route && answer.status == Status::bad_request;   // release 1 knows no aggregateURI
    if (is_old && !round->is_over) {
      auto plain = request_for(common, member);
      plain.content = *common.plain_content;
      answer = co_await pipeline.handle(std::move(plain), round->context);
    }
    take(*round, turn, std::move(answer));
  }
  if (--round->workers == 0) round->over.cancel();
}

}  // namespace

net::Task<void> ask(core::Pipeline& pipeline, RoundPtr round, std::size_t at_once) {
  round->is_over = round->over.expiry() <= Steady::now();
  if (round->is_over) co_return;
  round->workers = std::min(at_once, round->order.size());
  for (auto i = round->workers; i > 0; --i) asio::co_spawn(round->context, work(pipeline, round), Ended{});
  if (round->workers > 0) co_await round->over.async_wait(net::awaited);
  round->is_over = true;
}

}  // namespace nscl::delivery
