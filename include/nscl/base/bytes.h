// SPDX-License-Identifier: Apache-2.0
// Octets: base64, random, constant-time comparison, UTF-8. Backed by OpenSSL where it has the function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace nscl {

/// Octets that are not text. A type of its own, so that a Value can tell base64Binary from string.
struct Bytes {
  std::string data;
  bool operator==(const Bytes&) const = default;
};

std::string base64_encode(std::string_view octets);

/// Strict RFC 4648 alphabet with padding; white space between groups is skipped (xs:base64Binary, MIME line breaks).
/// nullopt on any other character or bad padding.
std::optional<std::string> base64_decode(std::string_view text);

/// Two hexadecimal digits in lower case for each octet; and back, in either case (nullopt on anything else).
std::string hex_encode(std::string_view octets);
std::optional<std::string> hex_decode(std::string_view text);

/// Compares without telling by time where the first difference is. Lengths may be told.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// Cryptographically strong random octets; throws if the system has none (start-up and broken-invariant class).
std::string random_octets(std::size_t count);

/// `count` random characters of [a-z0-9]; for names that must not be guessed use at least 26 (128 bits).
std::string random_name(std::size_t count);

/// HMAC-SHA-256 as 64 hexadecimal digits: a mark on `text` that only who knows `key` can make.
std::string keyed_digest(std::string_view key, std::string_view text);

/// SHA-256 as its 32 octets.
std::string sha256(std::string_view octets);

/// The last `width` (1 to 8) octets of `number`, the most significant first.
std::string big_endian(std::uint64_t number, std::size_t width = 8);

/// Each item behind its length as 2 octets, so that no two lists of items have the same form. Throws std::length_error
/// if an item is longer than 65,535 octets.
std::string length_prefixed(std::initializer_list<std::string_view> items);

/// True if `text` is well-formed UTF-8 and holds only characters that XML 1.0 allows (no NUL, no controls but
/// tab, LF, CR; no surrogates; not U+FFFE/U+FFFF).
bool is_xml_text(std::string_view text);

/// `text` with U+FFFD for each octet that is not well-formed UTF-8 and each character that XML does not allow.
std::string to_xml_text(std::string_view text);

/// Unsigned number in base 36, lower case; and back (nullopt on overflow, empty or foreign characters).
std::string to_base36(std::uint64_t number);
std::optional<std::uint64_t> from_base36(std::string_view text);

}  // namespace nscl
