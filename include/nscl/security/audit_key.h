// SPDX-License-Identifier: Apache-2.0
// AuditKey: the Ed25519 key that signs the audit trail, and nothing else.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/secret.h>

struct evp_pkey_st;

namespace nscl::security {

class AuditKey {
 public:
  /// A new one; throws std::runtime_error if the system cannot make it.
  static AuditKey make();
  /// From private_text(); nullopt if it is none.
  static std::optional<AuditKey> read(const Secret& text);

  Secret private_text() const;        ///< PEM (PKCS 8, not encrypted)
  std::string public_text() const;    ///< PEM
  std::string sign(std::string_view text) const;   ///< 64 octets

 private:
  explicit AuditKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

/// The public keys that signatures may be of: the present one, and those before it.
class AuditPublicKeys {
 public:
  /// PEM texts one after another; what is none is passed over.
  explicit AuditPublicKeys(std::string_view text);

  bool empty() const { return keys_.empty(); }
  bool verify(std::string_view text, std::string_view signature) const;

 private:
  std::vector<std::shared_ptr<evp_pkey_st>> keys_;
};

}  // namespace nscl::security
