// SPDX-License-Identifier: Apache-2.0
#include "loop.h"

#include <algorithm>
#include <string>

#include <pthread.h>

#include <boost/asio/co_spawn.hpp>

#include <nscl/base/log.h>

namespace nscl::app {
namespace {

constexpr std::chrono::milliseconds pulse_time{500};
constexpr std::chrono::seconds silence_allowed{10};

net::Task<void> keep_pulse(Loop& loop) {
  net::Timer timer(loop.context.get_executor());
  for (;;) {
    loop.pulse.beat();
    timer.expires_after(pulse_time);
    co_await timer.async_wait(net::awaited);
  }
}

/// A broken invariant in one handler must not take the thread with it.
void run(Loop& loop) {
  while (!loop.context.stopped()) {
    try {
      loop.context.run();
    } catch (const std::exception& error) {
      log::error("I/O thread caught an exception", {{"what", error.what()}});
    }
  }
}

}  // namespace

bool Pulse::is_recent() const {
  const Clock::time_point last{Clock::duration(last_.load(std::memory_order_relaxed))};
  return Clock::now() - last < silence_allowed;
}

unsigned thread_count(unsigned wanted) {
  return wanted != 0 ? wanted : std::max(1u, std::thread::hardware_concurrency());
}

Loops make_loops(unsigned wanted) {
  Loops loops;
  for (unsigned i = thread_count(wanted); i > 0; --i) loops.push_back(std::make_unique<Loop>());
  return loops;
}

std::vector<boost::asio::io_context*> contexts_of(const Loops& loops) {
  std::vector<boost::asio::io_context*> all;
  for (const auto& loop : loops) all.push_back(&loop->context);
  return all;
}

void start_threads(const Loops& loops) {
  const auto ended = [](const std::exception_ptr&) {};  // a pulse ends with its context only
  for (std::size_t i = 0; i < loops.size(); ++i) {
    Loop& loop = *loops[i];
    loop.pulse.beat();
    boost::asio::co_spawn(loop.context, keep_pulse(loop), ended);
    loop.thread = std::thread([&loop] { run(loop); });
    pthread_setname_np(loop.thread.native_handle(), ("nscl-io-" + std::to_string(i)).c_str());
  }
}

}  // namespace nscl::app
