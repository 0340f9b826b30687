// SPDX-License-Identifier: Apache-2.0
// PeerCounts: how many connections each peer has, by peer_network(). Thread-safe.
#pragma once

#include <cstddef>
#include <mutex>
#include <unordered_map>

#include <boost/asio/ip/address.hpp>

namespace nscl::net {

class PeerCounts {
 public:
  using Address = boost::asio::ip::address;

  /// False if the peer has `most` already.
  bool add(const Address& peer, std::size_t most) {
    const std::lock_guard lock{mutex_};
    auto& count = counts_[peer];
    if (count >= most) return false;
    ++count;
    return true;
  }

  void remove(const Address& peer) {
    const std::lock_guard lock{mutex_};
    const auto found = counts_.find(peer);
    if (found != counts_.end() && --found->second == 0) counts_.erase(found);
  }

 private:
  std::mutex mutex_;
  std::unordered_map<Address, std::size_t> counts_;
};

}  // namespace nscl::net
