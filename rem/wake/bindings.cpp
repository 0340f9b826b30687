// SPDX-License-Identifier: Apache-2.0
#include "bindings.h"

#include <nscl/base/bytes.h>

#include "plain_address.h"

namespace nscl::rem {
namespace {

namespace ip = boost::asio::ip;
constexpr std::chrono::seconds pace_time{10}, between_cleanings{60};

/// A network of IPv6 is as easily had as an address of IPv4.
std::string place_of(const ip::address& from) {
  const auto address = plain_address(from);
  std::string out;
  if (address.is_v4()) for (const auto octet : address.to_v4().to_bytes()) out += char(octet);
  else for (std::size_t i = 0; i < 8; ++i) out += char(address.to_v6().to_bytes()[i]);
  return out;
}

}  // namespace

void Bindings::note(const std::string& user, const ip::udp::endpoint& from, bool is_proven, Time now) {
  const ip::udp::endpoint place{plain_address(from.address()), from.port()};
  const auto found = seen_.find(user);
  if (found != seen_.end()) {
    const bool is_better = found->second.is_proven && !is_proven && found->second.time + life_ > now;
    if (!is_better) found->second = {place, is_proven, now};
  } else if (make_room(now)) {
    seen_[user] = {place, is_proven, now};
  }
}

/// Looks for what has ended now and then only: a full table is not to be searched for each datagram.
bool Bindings::make_room(Time now) {
  if (seen_.size() < most_) return true;
  if (now < next_cleaning_) return false;
  next_cleaning_ = now + between_cleanings;
  std::erase_if(seen_, [&](const auto& entry) { return entry.second.time + life_ <= now; });
  return seen_.size() < most_;
}

std::optional<ip::udp::endpoint> Bindings::find(const std::string& user, Time now) const {
  const auto found = seen_.find(user);
  if (user.empty() || found == seen_.end() || found->second.time + life_ <= now) return std::nullopt;
  return found->second.place;
}

Pace::Pace(unsigned most) : most_(most), key_(random_octets(16)) {}

bool Pace::admits(const ip::address& from, Time now) {
  if (now >= until_ || now + pace_time < until_) {   // or the clock was set back
    counts_.fill(0);
    until_ = now + pace_time;
  }
  auto& count = counts_[std::hash<std::string>{}(key_ + place_of(from)) % counts_.size()];
  return count < most_ && ++count <= most_;
}

}  // namespace nscl::rem
