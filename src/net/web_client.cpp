// SPDX-License-Identifier: Apache-2.0
// WebClient: keeps the calls in progress and the one sweeper that ends what has taken too long.
#include <nscl/net/web_client.h>

#include <algorithm>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "web_exchange.h"

namespace nscl::net {
namespace {

namespace asio = boost::asio;
using Clock = Connection::Clock;

constexpr auto busy_interval = std::chrono::milliseconds{20};    ///< how late a deadline may be noticed
constexpr auto idle_interval = std::chrono::milliseconds{500};   ///< how late the end of an idle connection is

}  // namespace

struct WebClient::State {
  State(asio::io_context& context, const WebClientOptions& options)
      : shared{context, options, AddressGuard{options.allowed_networks, options.allow_every_address}, ConnectionPool{options},
               std::make_shared<NameResolver>(context), {}},
        tick(std::in_place, context) {}

  static Task<WebResult> call(std::shared_ptr<State> state, WebCall call);
  static Task<void> sweep(std::shared_ptr<State> state);
  static void keep_swept(const std::shared_ptr<State>& state);

  ExchangeContext shared;
  std::optional<Timer> tick;
  Clock::time_point next_sweep = Clock::time_point::max();
  bool is_swept = false, is_stopped = false;
};

Task<WebResult> WebClient::State::call(std::shared_ptr<State> state, WebCall call) {
  if (state->is_stopped) {
    WebFailure failure{WebFailure::Kind::stopping, "the client is stopping"};
    co_return tl::unexpected<WebFailure>{std::move(failure)};
  }
  WebExchange exchange{state->shared, std::move(call)};
  keep_swept(state);
  co_return co_await exchange.run();
}

/// Begins to sweep, or makes a sweeper that waits for idle connections come sooner.
void WebClient::State::keep_swept(const std::shared_ptr<State>& state) {
  if (!state->is_swept) {
    state->is_swept = true;
    asio::co_spawn(state->shared.context, sweep(state), asio::detached);
  } else if (state->next_sweep > Clock::now() + busy_interval) {
    state->tick->cancel();
  }
}

Task<void> WebClient::State::sweep(std::shared_ptr<State> state) {
  auto& shared = state->shared;
  const auto idle_pause = std::clamp<Clock::duration>(shared.options.idle_time / 4, busy_interval, idle_interval);
  auto pool_due = Clock::now() + idle_pause;
  while (!state->is_stopped && (!shared.exchanges.empty() || shared.pool.has_idle())) {
    state->next_sweep = Clock::now() + (shared.exchanges.empty() ? idle_pause : busy_interval);
    state->tick->expires_at(state->next_sweep);
    co_await state->tick->async_wait(awaited);
    if (state->is_stopped) break;
    const auto now = Clock::now();
    for (auto* exchange : shared.exchanges) exchange->expire(now);   // none ends within
    if (now < pool_due) continue;
    shared.pool.sweep(now);
    pool_due = now + idle_pause;
  }
  state->is_swept = false;
}

WebClient::WebClient(asio::io_context& context, WebClientOptions options) : state_(std::make_shared<State>(context, options)) {}

WebClient::~WebClient() {
  stop();
  state_->tick.reset();   // frames of calls may keep the state until the context goes
}

Task<WebResult> WebClient::call(WebCall call) { return State::call(state_, std::move(call)); }

void WebClient::stop() {
  if (state_->is_stopped) return;
  state_->is_stopped = true;
  state_->tick->cancel();
  for (auto* exchange : state_->shared.exchanges) exchange->abort(WebFailure::Kind::stopping);
  state_->shared.pool.stop();
  state_->shared.names->stop();
}

}  // namespace nscl::net
