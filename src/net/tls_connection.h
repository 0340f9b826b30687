// SPDX-License-Identifier: Apache-2.0
// Connection over TLS, the server's side.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include <nscl/net/connection.h>

#include "tls_context.h"

namespace nscl::net {

/// A place among the handshakes in progress.
class HandshakePlace {
 public:
  HandshakePlace() = default;
  explicit HandshakePlace(std::atomic<std::uint64_t>& count) : count_(&count) { count_->fetch_add(1); }
  HandshakePlace(HandshakePlace&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
  HandshakePlace& operator=(HandshakePlace&& other) noexcept {
    std::swap(count_, other.count_);
    return *this;
  }
  ~HandshakePlace() { leave(); }
  void leave() {
    if (auto* const count = std::exchange(count_, nullptr)) count->fetch_sub(1);
  }

 private:
  std::atomic<std::uint64_t>* count_ = nullptr;
};

/// open() does the handshake; nothing else works before. `place` is left when that is over.
std::unique_ptr<Connection> make_tls_connection(TcpSocket socket, std::shared_ptr<TlsContext> context, HandshakePlace place);

}  // namespace nscl::net
