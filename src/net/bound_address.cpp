// SPDX-License-Identifier: Apache-2.0
#include <nscl/net/bound_address.h>

#include <cerrno>
#include <limits>
#include <stdexcept>

#include <sys/socket.h>

#include "bound_sockets.h"

namespace nscl::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

void open_acceptor(Acceptor& acceptor, const tcp::endpoint& endpoint, bool is_shared) {
  acceptor.open(endpoint.protocol());
  acceptor.set_option(asio::socket_base::reuse_address(true));
  if (is_shared) {
    const int on = 1;
    if (::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
      throw boost::system::system_error(error_code(errno, boost::system::system_category()));
  }
  acceptor.bind(endpoint);
}

/// SO_REUSEPORT would let two daemons of one user share a port without a word: a plain bind() tells whether it is free.
void check_free(asio::io_context& context, const tcp::endpoint& endpoint) {
  if (endpoint.port() == 0) return;
  Acceptor probe{context};
  open_acceptor(probe, endpoint, false);
}

}  // namespace

std::string address_text(const std::string& address, std::uint16_t port) {
  const bool is_v6 = address.find(':') != std::string::npos;
  return (is_v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

BoundAddress::BoundAddress(const std::vector<asio::io_context*>& contexts, const std::string& address, std::uint16_t port)
    : sockets_(std::make_unique<Sockets>()) {
  try {
    tcp::endpoint endpoint{asio::ip::make_address(address), port};
    check_free(*contexts.front(), endpoint);
    for (auto* context : contexts) {
      auto& acceptor = sockets_->all.emplace_back(*context, Acceptor{*context}).acceptor;
      open_acceptor(acceptor, endpoint, true);
      acceptor.listen(std::numeric_limits<int>::max());   // as long a queue as the system allows: net.core.somaxconn
      endpoint.port(acceptor.local_endpoint().port());   // the others follow the first where the system chose
    }
    sockets_->port = endpoint.port();
  } catch (const boost::system::system_error& problem) {
    throw std::runtime_error("cannot listen on " + address_text(address, port) + ": " + problem.code().message());
  }
}

BoundAddress::BoundAddress(BoundAddress&&) noexcept = default;
BoundAddress& BoundAddress::operator=(BoundAddress&&) noexcept = default;
BoundAddress::~BoundAddress() = default;

}  // namespace nscl::net
