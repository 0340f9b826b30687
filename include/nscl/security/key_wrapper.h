// SPDX-License-Identifier: Apache-2.0
// KeyWrapper: protects keys at rest. One key of this kind is the master key, the others are the data keys below it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/secret.h>

namespace nscl::security {

/// Octets of an AES-256 key, and of what HMAC-SHA256 derives.
inline constexpr std::size_t symmetric_key_size = 32;

/// Free for all threads.
class KeyWrapper {
 public:
  virtual ~KeyWrapper() = default;

  /// `context` says what the octets are and whose; they open under the same context only. Throws std::runtime_error if the
  /// library refuses.
  virtual std::string wrap(std::string_view context, const Secret& octets) const = 0;

  /// nullopt: wrapped under another key or context, or changed since.
  virtual std::optional<Secret> unwrap(std::string_view context, std::string_view wrapped) const = 0;
};

/// AES-256-GCM under `key` (32 octets): a random nonce of 12 octets, the ciphertext, a tag of 16 octets.
std::unique_ptr<KeyWrapper> aes_wrapper(Secret key);

}  // namespace nscl::security
