// SPDX-License-Identifier: Apache-2.0
// The forms of PSK identities, of keys written as text, and what a key has to be to be taken.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/error.h>
#include <nscl/base/secret.h>
#include <nscl/store/keys.h>

namespace nscl::security {

/// True for 1 to 128 printable ASCII characters other than space, '"', '\' and '%'. A session ticket, say, is none.
bool is_psk_identity(std::string_view text);

/// "n.<32 hexadecimal digits>.<index>" of a root key, "c.<16 hexadecimal digits>.<index>" of a connection key, taken apart.
struct IndexedIdentity {
  std::string_view id;        ///< M2M-Node-ID or connection id, as it stands there: lower case
  std::uint32_t index = 0;
};
std::optional<IndexedIdentity> parse_root_identity(std::string_view identity);
std::optional<IndexedIdentity> parse_connection_identity(std::string_view identity);
std::string root_identity(std::string_view node, std::uint32_t index);
std::string connection_identity(std::string_view connection, std::uint32_t index);

/// What is wrong with an identity for a key of this kind. A fixed key must not look like one that a procedure gave.
Result<void> check_identity(std::string_view identity, store::KeyKind kind);

/// What is wrong with the declared class of a device's secured environment; it may be empty.
Result<void> check_environment(std::string_view environment);

/// 16 to 64 octets; not all equal, and no printable ASCII text of less than 32 octets, unless `may_be_weak`.
Result<void> check_quality(const Secret& key, bool may_be_weak);

/// "hex:..." or "base64:..."; the error text tells nothing of the key.
Result<Secret> parse_key_text(std::string_view text);
/// "hex:..."; to be wiped by the caller.
std::string key_text(const Secret& key);

/// Names of kinds and states as files and lists have them: "fixed", "active".
std::string_view name_of(store::KeyKind kind);
std::string_view name_of(store::KeyState state);
std::optional<store::KeyKind> parse_kind(std::string_view name);

}  // namespace nscl::security
