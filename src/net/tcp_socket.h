// SPDX-License-Identifier: Apache-2.0
// What the connections over TCP and over TLS have in common.
#pragma once

#include <string>

#include <nscl/net/awaiting.h>
#include <nscl/net/connection.h>

namespace nscl::net {

/// The peer's address as text; an IPv4 address that came as IPv6 is IPv4 again.
inline std::string peer_of(const TcpSocket& socket) {
  boost::system::error_code ignored;
  const auto address = socket.remote_endpoint(ignored).address();
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

/// Never blocks, sends small writes at once, notices dead peers in the end.
inline void set_up(TcpSocket& socket) {
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  socket.set_option(boost::asio::socket_base::keep_alive(true), ignored);
}

}  // namespace nscl::net
