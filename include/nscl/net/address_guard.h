// SPDX-License-Identifier: Apache-2.0
// AddressGuard: which addresses may be called. Everything that is not the public internet is forbidden until it is allowed.
#pragma once

#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

namespace nscl::net {

class AddressGuard {
 public:
  /// `allowed`: networks in CIDR form. Throws std::invalid_argument naming the one that is none.
  AddressGuard(const std::vector<std::string>& allowed, bool allow_every_address);

  /// Forbidden: loopback, unspecified, link-local, private, shared (100.64/10), unique local, multicast, broadcast,
  /// documentation, benchmarking, reserved; and IPv6 forms of IPv4 addresses (mapped, compatible, translated, NAT64,
  /// 6to4) by the address in them.
  bool admits(const boost::asio::ip::address& address) const;

  /// Whether it lies in one of the networks that were given.
  bool lists(const boost::asio::ip::address& address) const;

 private:
  bool is_allowed(const boost::asio::ip::address_v4& address) const;
  bool is_allowed(const boost::asio::ip::address_v6& address) const;
  bool admits(const boost::asio::ip::address_v4& address) const;
  bool admits(const boost::asio::ip::address_v6& address) const;

  bool allow_every_address_;
  std::vector<boost::asio::ip::network_v4> allowed_v4_;
  std::vector<boost::asio::ip::network_v6> allowed_v6_;
};

}  // namespace nscl::net
