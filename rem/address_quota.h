// SPDX-License-Identifier: Apache-2.0
// AddressQuota: how many sessions begin from one address in a minute (rem.md 5.6).
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include <boost/asio/ip/address.hpp>

namespace nscl::rem {

/// Any thread.
class AddressQuota {
 public:
  using Clock = std::chrono::steady_clock;
  using Now = std::function<Clock::time_point()>;

  /// `most`: in a minute; 0: any number.
  explicit AddressQuota(unsigned most, Now now = Clock::now) : most_(most), now_(std::move(now)) {}

  /// Counts one, unless there were as many already: then false.
  bool take(std::string_view peer);
  /// Whether take() would fail.
  bool is_used_up(std::string_view peer);
  /// Forgets what is over. To be called every second or so.
  void sweep();

 private:
  using Address = boost::asio::ip::address;
  struct Count {
    Clock::time_point since{};
    unsigned taken = 0;
  };
  Count* count_of(std::string_view peer);

  const unsigned most_;
  const Now now_;
  std::mutex mutex_;
  std::unordered_map<Address, Count> counts_;   ///< by network
};

}  // namespace nscl::rem
