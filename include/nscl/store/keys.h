// SPDX-License-Identifier: Apache-2.0
// Keys and tokens as they are kept: a key only wrapped, a token only as the digest of its secret (docs/security.md).
#pragma once

#include <cstdint>
#include <string>

#include <nscl/base/time.h>

namespace nscl::store {

/// What a key is for. fixed: given by the operator, without a procedure; root: Kmr; connection: Kmc; application: Kma;
/// voucher: proves a device once, for its bootstrap.
enum class KeyKind : unsigned char { fixed, root, connection, application, voucher };

/// pending: given out, not yet used. active: the one of its node and kind. retiring: replaced, and good until not_after.
/// revoked: of no use ever again.
enum class KeyState : unsigned char { pending, active, retiring, revoked };

struct Key {
  std::string identity;            ///< what the peer says in the TLS handshake; unique
  KeyKind kind = KeyKind::fixed;
  KeyState state = KeyState::active;
  std::string node;                ///< M2M-Node-ID, 32 hexadecimal digits; empty: none
  std::string entity;              ///< canonical path whom it proves: "scls/gw1", "applications/x"
  std::string environment;         ///< declared class of the device's secured environment: "none", "software", "tee", "se", "tpm"
  std::string derivation;          ///< how it came about: "NSCL-1", or "import"
  std::uint64_t index = 0;         ///< Kmr or Kmc index; never goes back
  std::uint64_t generation = 0;    ///< moves whenever the octets under this identity are others
  Time not_before{};
  Time not_after = never;
  std::string wrap_key;            ///< name of the data key that wraps it
  std::string wrapped;             ///< nonce, ciphertext and tag (AES-256-GCM)
  std::uint64_t change = 0;        ///< ascending over all keys; set by the store at each put
};

/// A bearer token.
struct Token {
  std::string id;                  ///< the part of it that is no secret
  std::string principal;           ///< whom it stands for
  std::string digest;              ///< of its secret part
  std::string scope;               ///< what it may be used for; empty: whatever its principal may
  std::string networks;            ///< where from, separated by spaces; empty: everywhere
  Time created{};
  Time not_after = never;
  std::string name = {};           ///< what the operator calls it
};

}  // namespace nscl::store
