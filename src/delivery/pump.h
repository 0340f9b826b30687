// SPDX-License-Identifier: Apache-2.0
// Pump: brings the lanes of the outbox that are due to their consumers. It remembers nothing but what is under way: what
// it has to do stands in the store, and is found there again after a restart.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <nscl/base/time.h>
#include <nscl/delivery/consumer.h>
#include <nscl/net/awaiting.h>
#include <nscl/store/store.h>

namespace nscl::delivery {

class Pump {
 public:
  /// Runs on `context`, whose thread calls all that is not marked otherwise. `most`: lanes under way at once.
  Pump(store::Store& store, const Clock& clock, boost::asio::io_context& context, std::size_t most);
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;

  /// Lanes whose name begins with `prefix` are the consumer's. Before start().
  void add(std::string prefix, Consumer& consumer);
  void start();
  /// Begins nothing more.
  void stop();

  /// Any thread: a lane was put that is due at `due`.
  void wake(Time due);
  /// The lane is looked at now, due or not: what it waited for has come. If it is under way it is looked at again after that.
  void nudge(const std::string& lane);
  /// What lanes parked on `place` wait for has come: they are looked at now. So is one under way that is parked there at its end.
  void call(const std::string& place);

  std::size_t under_way() const { return under_way_.size(); }

 private:
  using SteadyClock = std::chrono::steady_clock;

  struct UnderWay {
    enum class Again { no, if_due, yes } again = Again::no;   ///< looked at once more when it has been handled
    std::uint64_t begun = 0;                                  ///< number of the last call() before
  };

  net::Task<void> turn();
  /// Begins what is due; true if there may be more.
  bool begin_due(Time now);
  void begin(store::Lane lane);
  void begin_if(const std::string& name, const std::function<bool(const store::Lane&)>& is_wanted);
  void finish(const std::string& name);
  net::Task<void> handle(store::Lane lane);
  Consumer* consumer_of(const std::string& lane) const;
  std::chrono::milliseconds pause(Time now);

  store::Store& store_;
  const Clock& clock_;
  boost::asio::io_context& context_;
  const std::size_t most_;
  std::vector<std::pair<std::string, Consumer*>> consumers_;
  std::unordered_map<std::string, UnderWay> under_way_;
  std::unordered_map<std::string, std::uint64_t> calls_;   // while lanes are under way: the last one to each place
  std::uint64_t last_call_ = 0;
  net::Timer timer_;
  Time passed_ = Time::min();                         // lanes due until then have been begun
  SteadyClock::time_point last_look_back_{};
  std::atomic<bool> is_woken_{false};
  std::atomic<Time::rep> soonest_;                    // of what wake() was told since the last look
  bool is_full_ = false;
  bool is_stopping_ = false;
};

}  // namespace nscl::delivery
