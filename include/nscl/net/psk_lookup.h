// SPDX-License-Identifier: Apache-2.0
// PskLookup: what a TLS-PSK listener asks about keys. Implemented above, by the keystore.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <nscl/base/secret.h>

namespace nscl::net {

/// Whom a pre-shared key proves.
struct PskHolder {
  std::string identity;            ///< as the peer sent it
  std::string entity;              ///< canonical path of the SCL or application: "scls/gw1"
  std::uint64_t generation = 0;    ///< of the octets under this identity; others have another
  bool is_pending = false;         ///< given out and not used until now
  std::chrono::system_clock::time_point not_after = std::chrono::system_clock::time_point::max();
};
using PskHolderPtr = std::shared_ptr<const PskHolder>;

/// One per listener, as each admits its own kinds of keys. Called inside handshakes, on I/O threads: some microseconds, never throws.
class PskLookup {
 public:
  virtual ~PskLookup() = default;

  struct Found {
    Secret key;                    ///< 16 to 64 octets; empty: this identity is no PSK identity at all (a session ticket, say)
    PskHolderPtr holder;           ///< null: the key is a decoy, so that an unknown identity looks like a wrong key
  };
  /// `identity` is hostile: any octets, any length.
  virtual Found find(std::string_view identity) = 0;

  /// What holds now for a key that was used: null if it may not be used any more.
  virtual PskHolderPtr holder(std::string_view identity) = 0;

  /// A handshake with this key is finished: a pending key thereby becomes the active one.
  virtual void note_use(const PskHolder& holder) = 0;
};

}  // namespace nscl::net
