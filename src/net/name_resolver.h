// SPDX-License-Identifier: Apache-2.0
// NameResolver: host names -> addresses, by the system's resolver; remembered for a minute, failures for five seconds.
#pragma once

#include <chrono>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "waiting.h"

namespace nscl::net {

/// Asio asks on one thread of its own, so a slow name delays other names (never addresses or names already known); who
/// waits keeps his own deadline.
class NameResolver : public std::enable_shared_from_this<NameResolver> {
 public:
  using Clock = std::chrono::steady_clock;
  struct Lookup {
    std::string host;
    bool is_done = false;
    std::vector<boost::asio::ip::address> addresses;   ///< at most 8; none: unresolvable
    Clock::time_point until;                           ///< of use until then, once done
    std::list<Signal*> waiting;                        ///< set when it is done
  };

  explicit NameResolver(boost::asio::io_context& context) : resolver_(context) {}

  /// What is known of `host`, or the look-up in progress, begun if need be. Null: too many are in progress.
  std::shared_ptr<Lookup> look_up(const std::string& host);
  /// Gives up what is in progress; nobody is told any more.
  void stop();

 private:
  using Resolver = boost::asio::ip::basic_resolver<boost::asio::ip::tcp, Executor>;

  void begin(const std::shared_ptr<Lookup>& lookup);
  void finish(Lookup& lookup, const boost::system::error_code& error, const Resolver::results_type& results);
  void forget_old(Clock::time_point now);

  Resolver resolver_;
  std::unordered_map<std::string, std::shared_ptr<Lookup>> lookups_;
  std::deque<std::shared_ptr<Lookup>> queued_;
  std::size_t running_ = 0;
  bool stopped_ = false;
};

}  // namespace nscl::net
