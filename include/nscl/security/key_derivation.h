// SPDX-License-Identifier: Apache-2.0
// KeyDerivation: how the keys of a node follow from each other. The name of the profile is kept beside each key, so that a
// second one can live beside the first.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/secret.h>

namespace nscl::security {

/// What is asked of a TLS session's exporter (RFC 5705, RFC 8446 7.5): 32 octets for this label and context.
struct Exporter {
  std::string label;
  std::string context;
};

/// Keys are 32 octets. `node` is the M2M-Node-ID as 16 octets. Throws std::runtime_error if the library refuses.
class KeyDerivation {
 public:
  virtual ~KeyDerivation() = default;

  /// As it is kept beside a key: "NSCL-1".
  virtual std::string_view name() const = 0;

  /// Kmr from the EMSK of an EAP method or the Ks_NAF of GBA; `provider` is the M2M-SP-ID.
  virtual Secret root_key(const Secret& input, std::string_view node, std::string_view provider) const = 0;

  /// Kmc. `exported`: what the session under Kmr exports for connection_exporter().
  virtual Secret connection_key(const Secret& root, std::string_view node, std::uint64_t connection, std::uint32_t index,
                                const Secret& exported) const = 0;
  virtual Exporter connection_exporter(std::string_view node) const = 0;

  /// Kma of the application with this App-ID.
  virtual Secret application_key(const Secret& connection_key, std::uint64_t connection, std::string_view app_id) const = 0;

  /// The key of integrity validation.
  virtual Secret integrity_key(const Secret& root, std::string_view node) const = 0;

  /// The key that wraps a Kmr or Kmc inside a parameter set is what the session exports for this.
  virtual Exporter wrapping_exporter(std::string_view node, std::uint32_t index) const = 0;
};

/// The profile NSCL-1: HMAC-SHA-256 in counter mode (NIST SP 800-108), one block.
const KeyDerivation& nscl_1();

/// Six hexadecimal digits by which two people can tell whether they have the same key, without telling it.
std::string key_check_value(const Secret& key);

/// AES-256 key wrap (RFC 3394): 8 octets longer than `key`, whose size is a multiple of 8 and at least 16. `wrapping_key` has 32.
std::string aes_wrap(const Secret& wrapping_key, const Secret& key);
/// nullopt if it was not wrapped with this key, or was changed since.
std::optional<Secret> aes_unwrap(const Secret& wrapping_key, std::string_view wrapped);

}  // namespace nscl::security
