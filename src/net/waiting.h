// SPDX-License-Identifier: Apache-2.0
// Signal: one coroutine waits for what another, on the same thread, will tell it. And the words for waiting on Asio.
#pragma once

#include <chrono>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/net/async.h>

namespace nscl::net {

using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

/// Completion as a tuple with the error code in front, not as an exception.
inline constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable_t<Executor>{});

class Signal {
 public:
  explicit Signal(boost::asio::io_context& context) : timer_(context, std::chrono::steady_clock::time_point::max()) {}

  Task<void> wait() {
    if (!is_set_) co_await timer_.async_wait(as_result);
  }
  void set() {
    is_set_ = true;
    timer_.cancel();
  }

 private:
  Timer timer_;
  bool is_set_ = false;
};

}  // namespace nscl::net
