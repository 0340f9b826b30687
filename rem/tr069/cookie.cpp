// SPDX-License-Identifier: Apache-2.0
#include "cookie.h"

#include <algorithm>

namespace nscl::rem::tr069 {

std::string_view session_in(std::string_view cookie) {
  constexpr std::string_view name = "session=", hex = "0123456789abcdef";
  constexpr std::size_t id_digits = 32;
  for (auto at = cookie.find(name); at != cookie.npos; at = cookie.find(name, at + 1)) {
    const bool begins = at == 0 || std::string_view("; ,\t\"$").find(cookie[at - 1]) != std::string_view::npos;
    auto value = cookie.substr(at + name.size());
    if (value.starts_with('"')) value.remove_prefix(1);
    const auto size = std::min(value.find_first_not_of(hex), value.size());
    const bool ends = size == value.size() || std::string_view(";, \t\"").find(value[size]) != std::string_view::npos;
    if (begins && ends && size == id_digits) return value.substr(0, size);
  }
  return {};
}

}  // namespace nscl::rem::tr069
