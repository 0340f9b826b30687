// SPDX-License-Identifier: Apache-2.0
// Loop: one I/O thread, its context, and the pulse by which others see that it still turns.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <nscl/net/awaiting.h>

namespace nscl::app {

/// When something last made progress; written by one thread, read by another.
class Pulse {
 public:
  using Clock = std::chrono::steady_clock;
  void beat() { last_.store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed); }
  /// False once nothing has happened for so long (10 s) that it counts as stuck.
  bool is_recent() const;

 private:
  std::atomic<Clock::rep> last_{Clock::now().time_since_epoch().count()};
};

struct Loop {
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<net::Executor> work{context.get_executor()};
  Pulse pulse;
  std::thread thread;
};

using Loops = std::vector<std::unique_ptr<Loop>>;

/// The number of I/O threads that `wanted` (server.threads) stands for; 0: one for each core.
unsigned thread_count(unsigned wanted);

Loops make_loops(unsigned wanted);
std::vector<boost::asio::io_context*> contexts_of(const Loops& loops);

/// Begins to turn them, each on a thread of its own that beats its pulse.
void start_threads(const Loops& loops);

}  // namespace nscl::app
