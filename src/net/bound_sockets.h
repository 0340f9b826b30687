// SPDX-License-Identifier: Apache-2.0
// What a BoundAddress hands to its Listener.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <nscl/net/bound_address.h>
#include <nscl/net/async.h>

namespace nscl::net {

using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;

struct BoundAddress::Sockets {
  struct OnContext {
    boost::asio::io_context& context;
    Acceptor acceptor;
  };
  std::vector<OnContext> all;
  std::uint16_t port = 0;
};

/// "192.0.2.1:8080", "[2001:db8::1]:8080".
std::string address_text(const std::string& address, std::uint16_t port);

}  // namespace nscl::net
