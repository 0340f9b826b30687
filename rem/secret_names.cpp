// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/secret_names.h>

#include <algorithm>
#include <array>

namespace nscl::rem {
namespace {

constexpr std::array<std::string_view, 9> endings = {"Password", "AAuthSecret", "AAuthData", "KeyPassphrase", "PreSharedKey", "WEPKey", "Secret", "PrivateKey", "Passphrase"};

}  // namespace

bool is_secret(std::string_view path) {
  const auto name = path.substr(path.rfind('.') + 1);
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

}  // namespace nscl::rem
