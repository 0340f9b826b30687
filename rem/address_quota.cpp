// SPDX-License-Identifier: Apache-2.0
#include "address_quota.h"

#include <string>

#include <nscl/net/peer_network.h>

namespace nscl::rem {
namespace {

constexpr std::size_t most_addresses = 100'000;   // those beyond are not counted: they would have to be here within a minute
constexpr std::chrono::minutes counted_time{1};

}  // namespace

/// Null: this peer is not counted.
AddressQuota::Count* AddressQuota::count_of(std::string_view peer) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string(peer), error);
  if (most_ == 0 || error) return nullptr;
  const auto network = net::peer_network(address);
  if (counts_.size() >= most_addresses && !counts_.contains(network)) return nullptr;
  auto& count = counts_[network];
  const auto now = now_();
  if (now - count.since > counted_time) count = Count{now, 0};
  return &count;
}

bool AddressQuota::take(std::string_view peer) {
  const std::lock_guard lock(mutex_);
  auto* const count = count_of(peer);
  if (count == nullptr) return true;
  if (count->taken >= most_) return false;
  ++count->taken;
  return true;
}

bool AddressQuota::is_used_up(std::string_view peer) {
  const std::lock_guard lock(mutex_);
  const auto* const count = count_of(peer);
  return count != nullptr && count->taken >= most_;
}

void AddressQuota::sweep() {
  const std::lock_guard lock(mutex_);
  const auto now = now_();
  std::erase_if(counts_, [&](const auto& each) { return now - each.second.since > counted_time; });
}

}  // namespace nscl::rem
