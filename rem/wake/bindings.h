// SPDX-License-Identifier: Apache-2.0
// What a StunServer remembers, bounded: where devices were seen, and how often each address asked. For one thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include <boost/asio/ip/udp.hpp>

#include <nscl/base/time.h>

namespace nscl::rem {

class Bindings {
 public:
  Bindings(std::size_t most, std::chrono::seconds life) : most_(most), life_(life) {}

  /// What was proven is not replaced by what was not, as long as it lives.
  void note(const std::string& user, const boost::asio::ip::udp::endpoint& from, bool is_proven, Time now);
  std::optional<boost::asio::ip::udp::endpoint> find(const std::string& user, Time now) const;
  std::size_t size() const { return seen_.size(); }

 private:
  struct Seen {
    boost::asio::ip::udp::endpoint place;
    bool is_proven = false;
    Time time{};
  };
  bool make_room(Time now);

  const std::size_t most_;
  const std::chrono::seconds life_;
  std::unordered_map<std::string, Seen> seen_;
  Time next_cleaning_{};
};

/// Counts by a hash under a key of this process: addresses that share a place share their allowance, and no flood of made-up
/// addresses takes more memory.
class Pace {
 public:
  explicit Pace(unsigned most);
  /// False: more than may came from there in these ten seconds.
  bool admits(const boost::asio::ip::address& from, Time now);

 private:
  const unsigned most_;
  const std::string key_;
  std::array<unsigned, 8192> counts_{};
  Time until_{};
};

}  // namespace nscl::rem
