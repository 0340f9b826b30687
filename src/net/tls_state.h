// SPDX-License-Identifier: Apache-2.0
// TlsState: what OpenSSL's callbacks know of one connection; its SSL points to it.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <nscl/net/psk_lookup.h>

#include "openssl.h"

namespace nscl::net {

struct TlsState {
  struct Handshake {
    PskLookup* lookup = nullptr;    ///< null on listeners with a certificate
    std::string identity;           ///< the peer's, as it came
    PskLookup::Found found;         ///< for `identity`
    std::string reason;             ///< why it failed
  };
  std::unique_ptr<Handshake> handshake;   ///< while it lasts
  bool is_resumed = false;          ///< a ticket was taken; TLS 1.3 calls a session with any key a resumed one
  bool is_flooded = false;          ///< by messages that carry no data: to be closed

  /// Counts such a message; `is_flooded` once there are too many of them.
  void count_message();

 private:
  int messages_ = 0;                ///< since window_
  std::chrono::steady_clock::time_point window_{};
};

inline TlsState& state_of(const SSL* ssl) { return *static_cast<TlsState*>(SSL_get_app_data(ssl)); }

/// Lets the states see the messages that callbacks are not told of.
void watch_messages(SSL_CTX* context);

}  // namespace nscl::net
