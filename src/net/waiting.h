// SPDX-License-Identifier: Apache-2.0
// Signal: one coroutine waits for what another, on the same thread, will tell it.
#pragma once

#include <chrono>

#include <nscl/net/awaiting.h>

namespace nscl::net {

class Signal {
 public:
  explicit Signal(boost::asio::io_context& context) : timer_(context, std::chrono::steady_clock::time_point::max()) {}

  Task<void> wait() {
    if (!is_set_) co_await timer_.async_wait(awaited);
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
