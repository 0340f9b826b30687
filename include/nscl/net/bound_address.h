// SPDX-License-Identifier: Apache-2.0
// BoundAddress: the sockets of one address, there before anything that answers is: a port below 1024 takes root, which is given up
// before the store is opened.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace nscl::net {

class BoundAddress {
 public:
  /// Binds `address` once for each context (SO_REUSEPORT); connections queue until a Listener takes them. Port 0: the system chooses.
  /// Throws std::runtime_error naming address and cause.
  BoundAddress(const std::vector<boost::asio::io_context*>& contexts, const std::string& address, std::uint16_t port);
  BoundAddress(BoundAddress&&) noexcept;
  BoundAddress& operator=(BoundAddress&&) noexcept;
  ~BoundAddress();

 private:
  friend class Listener;
  struct Sockets;
  std::unique_ptr<Sockets> sockets_;
};

}  // namespace nscl::net
