// SPDX-License-Identifier: Apache-2.0
// Session tickets that cannot outlive the key they were made with.
#pragma once

#include <array>
#include <chrono>
#include <mutex>
#include <string>

#include <nscl/base/secret.h>
#include <nscl/net/psk_lookup.h>

#include "openssl.h"

namespace nscl::net {

/// The keys that tickets are sealed with: random, in memory only, renewed every 12 hours, each good for opening until the next but one
/// is made. Thread-safe.
class TicketKeys {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr auto life = std::chrono::hours{12};

  TicketKeys();
  void renew();

  /// OpenSSL's ticket callback: sets up both contexts. 1 done, 2 done with an old key, 0 no such key, -1 failure.
  int set_up(unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, bool is_sealing, Clock::time_point now);

 private:
  struct Key {
    Key();
    std::array<unsigned char, 16> name;
    Secret cipher, mac;
  };
  void renew_unlocked();

  std::mutex mutex_;
  Key current_, previous_;
  Clock::time_point since_ = Clock::now();
};

/// What the tickets of one listener need; outlives the SSL_CTX's connections.
struct Tickets {
  TicketKeys keys;
  std::string listener;            ///< a ticket holds on this listener only
  PskLookup* lookup = nullptr;     ///< null on listeners with a certificate
};

/// `count` tickets for each handshake, none if 0.
void enable_tickets(SSL_CTX* context, unsigned count, Tickets& tickets);

}  // namespace nscl::net
