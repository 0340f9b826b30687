// SPDX-License-Identifier: Apache-2.0
// What counts as one peer: an IPv4 address, or a /64 network of IPv6, all of which one host may use.
#pragma once

#include <algorithm>

#include <boost/asio/ip/address.hpp>

namespace nscl::net {

inline boost::asio::ip::address peer_network(const boost::asio::ip::address& address) {
  if (!address.is_v6() || address.to_v6().is_v4_mapped()) return address;
  auto octets = address.to_v6().to_bytes();
  std::fill(octets.begin() + 8, octets.end(), 0);
  return boost::asio::ip::address_v6{octets};
}

}  // namespace nscl::net
