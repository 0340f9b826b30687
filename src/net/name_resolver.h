// SPDX-License-Identifier: Apache-2.0
// NameResolver: host names -> addresses, by the system's resolver; remembered for a minute, failures for five seconds.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/thread_pool.hpp>

#include "waiting.h"

namespace nscl::net {

/// The system's resolver blocks, so it is asked on threads of its own: names that are slow delay others only when there are
/// as many of them as threads (never addresses, or names already known). Who waits keeps his own deadline.
class NameResolver : public std::enable_shared_from_this<NameResolver> {
 public:
  using Clock = std::chrono::steady_clock;
  struct Lookup {
    std::string host;
    bool is_done = false;
    std::vector<boost::asio::ip::address> addresses;   ///< none: unresolvable
    Clock::time_point until;                           ///< of use until then, once done
    std::list<Signal*> waiting;                        ///< set when it is done
  };

  using Addresses = std::vector<boost::asio::ip::address>;
  /// Asks and waits, on any thread; empty if the name has no address. Does not throw.
  using Ask = std::function<Addresses(const std::string& host)>;

  explicit NameResolver(boost::asio::io_context& context, Ask ask = ask_the_system) : context_(context), ask_(std::move(ask)) {}

  /// What is known of `host`, or the look-up in progress, begun if need be. Null: too many are in progress, or it was stopped.
  std::shared_ptr<Lookup> look_up(const std::string& host);
  /// Gives up what is in progress; nobody is told any more. Waits for what the system has been asked.
  void stop();
  static Addresses ask_the_system(const std::string& host);   ///< at most 8

 private:
  void begin(const std::shared_ptr<Lookup>& lookup);
  void finish(Lookup& lookup, Addresses addresses);
  void forget_old(Clock::time_point now);

  boost::asio::io_context& context_;
  const Ask ask_;
  std::optional<boost::asio::thread_pool> threads_;   // made for the first name
  std::unordered_map<std::string, std::shared_ptr<Lookup>> lookups_;
  std::deque<std::shared_ptr<Lookup>> queued_;
  std::size_t running_ = 0;
  bool stopped_ = false;
};

}  // namespace nscl::net
