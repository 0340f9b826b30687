// SPDX-License-Identifier: Apache-2.0
// Waiters: requests that wait for the end of an operation, on whichever thread they run.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <unordered_map>

#include <boost/asio/io_context.hpp>

#include <nscl/core/delegate.h>
#include <nscl/net/async.h>

namespace nscl::rem {

class Waiters {
 public:
  class Waiter;

  /// From now on what happens to the operation is noticed, as long as the answer lives.
  std::shared_ptr<Waiter> expect(core::Ticket ticket, boost::asio::io_context& context);
  /// Until the operation is over, or for so long. On the thread of the waiter's context.
  static net::Task<void> wait(std::shared_ptr<Waiter> waiter, std::chrono::milliseconds time);
  /// Any thread: whoever waits for the end of `from` waits for that of `to` instead.
  void follow(core::Ticket from, core::Ticket to);
  /// Any thread: the operation is over, and that is durable.
  void wake(core::Ticket ticket);

 private:
  std::mutex mutex_;
  std::unordered_multimap<core::Ticket, std::weak_ptr<Waiter>> waiting_;
};

}  // namespace nscl::rem
