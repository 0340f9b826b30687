// SPDX-License-Identifier: Apache-2.0
// BlockingSocket: a TCP connection for commands, which wait. The daemon does not use it.
#pragma once

#include <chrono>
#include <string>

namespace nscl::net {

class BlockingSocket {
 public:
  /// `patience` bounds each wait, that for the connection too. Throws std::runtime_error naming host and cause.
  BlockingSocket(const std::string& host, const std::string& port, std::chrono::seconds patience);
  ~BlockingSocket();
  BlockingSocket(const BlockingSocket&) = delete;
  BlockingSocket& operator=(const BlockingSocket&) = delete;

  int get() const { return socket_; }

 private:
  int socket_ = -1;
};

/// As in a URI: "host:port", "[::1]:port".
std::string authority_of(const std::string& host, const std::string& port);

}  // namespace nscl::net
