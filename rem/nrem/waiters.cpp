// SPDX-License-Identifier: Apache-2.0
#include "waiters.h"

#include <vector>

#include <boost/asio/post.hpp>

#include <nscl/net/awaiting.h>

namespace nscl::rem {

class Waiters::Waiter {
 public:
  explicit Waiter(boost::asio::io_context& context) : context_(context), timer_(context) {}

  boost::asio::io_context& context_;
  net::Timer timer_;
  bool is_over_ = false;   // on the thread of context_
};

std::shared_ptr<Waiters::Waiter> Waiters::expect(core::Ticket ticket, boost::asio::io_context& context) {
  auto made = std::make_shared<Waiter>(context);
  const std::scoped_lock lock(mutex_);
  const auto [first, last] = waiting_.equal_range(ticket);
  for (auto it = first; it != last;) it = it->second.expired() ? waiting_.erase(it) : std::next(it);
  waiting_.emplace(ticket, made);
  return made;
}

net::Task<void> Waiters::wait(std::shared_ptr<Waiter> waiter, std::chrono::milliseconds time) {
  if (waiter->is_over_) co_return;
  waiter->timer_.expires_after(time);
  co_await waiter->timer_.async_wait(net::awaited);
}

void Waiters::follow(core::Ticket from, core::Ticket to) {
  const std::scoped_lock lock(mutex_);
  const auto [first, last] = waiting_.equal_range(from);
  std::vector<std::weak_ptr<Waiter>> moved;
  for (auto it = first; it != last; it = waiting_.erase(it)) moved.push_back(std::move(it->second));
  for (auto& waiter : moved) waiting_.emplace(to, std::move(waiter));
}

void Waiters::wake(core::Ticket ticket) {
  const std::scoped_lock lock(mutex_);
  const auto [first, last] = waiting_.equal_range(ticket);
  for (auto it = first; it != last; it = waiting_.erase(it)) {
    auto waiter = it->second.lock();
    if (!waiter) continue;
    auto& context = waiter->context_;
    boost::asio::post(context, [waiter = std::move(waiter)] {
      waiter->is_over_ = true;
      waiter->timer_.cancel();
    });
  }
}

}  // namespace nscl::rem
