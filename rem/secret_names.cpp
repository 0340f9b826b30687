// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/secret_names.h>

#include <algorithm>
#include <array>
#include <string>

namespace nscl::rem {
namespace {

constexpr std::array<std::string_view, 8> endings = {"password", "passphrase", "presharedkey", "wepkey", "privatekey", "secret", "aauthdata", "authorization"};

}  // namespace

bool is_secret(std::string_view path) {
  std::string lower(path);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  if (lower.ends_with("cred/data")) return true;
  const auto last = std::string_view(lower).substr(lower.find_last_of("./") + 1);   // npos + 1 is 0: all of it
  return last == "sig" || std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return last.ends_with(ending); });
}

bool has_password(std::string_view text) {
  const auto begin = text.find("://");
  return begin != text.npos && text.substr(begin).find('@') != text.npos;
}

}  // namespace nscl::rem
