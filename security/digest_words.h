// SPDX-License-Identifier: Apache-2.0
// Words of HTTP Digest that both sides read.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include <nscl/security/digest_authentication.h>

#include "auth_params.h"

namespace nscl::security {

inline bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

/// "MD5" where there is none (RFC 7616 3.4).
inline std::optional<DigestAlgorithm> parse_algorithm(const AuthParams::Param* param) {
  if (!param || equals_ignoring_case(param->value, "md5")) return DigestAlgorithm::md5;
  if (equals_ignoring_case(param->value, "sha-256")) return DigestAlgorithm::sha_256;
  return std::nullopt;
}

}  // namespace nscl::security
