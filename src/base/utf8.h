// SPDX-License-Identifier: Apache-2.0
// One UTF-8 character at a time (RFC 3629: no overlong forms, no surrogates). Private to base.
#pragma once

#include <cstdint>
#include <string_view>

namespace nscl {

struct Utf8Char {
  char32_t code = 0;
  std::size_t size = 0;   ///< octets; 0: not well-formed
};

/// The character at the start of `text`, which is not empty.
inline Utf8Char first_utf8_char(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = octet(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (size == 0 || text.size() < size) return {};
  char32_t code = lead & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((octet(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (octet(i) & 0x3Fu);
  }
  const bool is_overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  const bool is_foreign = (code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF;
  return is_overlong || is_foreign ? Utf8Char{} : Utf8Char{code, size};
}

}  // namespace nscl
