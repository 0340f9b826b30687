// SPDX-License-Identifier: Apache-2.0
// HMAC-SHA-1, for protocols that prescribe it: STUN, and connection requests by UDP (TR-069 annex G).
#pragma once

#include <string>
#include <string_view>

#include <nscl/base/secret.h>

namespace nscl::security {

inline constexpr std::size_t hmac_sha1_octets = 20;

/// 20 octets. Throws std::runtime_error if OpenSSL does not have it.
std::string hmac_sha1(const Secret& key, std::string_view text);

}  // namespace nscl::security
