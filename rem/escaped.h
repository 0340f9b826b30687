// SPDX-License-Identifier: Apache-2.0
// Texts in queries of URIs.
#pragma once

#include <string>
#include <string_view>

namespace nscl::rem {

/// Everything but unreserved characters (RFC 3986) is escaped: nothing in a text may end it.
inline std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF", kept = "-._~";
  std::string out;
  for (const unsigned char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || kept.find(char(c)) != kept.npos;
    if (is_plain) out += char(c);
    else (out += '%').append({digits[c >> 4], digits[c & 15]});
  }
  return out;
}

}  // namespace nscl::rem
