// SPDX-License-Identifier: Apache-2.0
// HMAC (RFC 2104) with the old hash functions, for protocols that prescribe them: SHA-1 for STUN, connection requests by UDP (TR-069
// annex G) and the bootstrap of OMA-DM; MD5 for messages of OMA-DM.
#pragma once

#include <string>
#include <string_view>

#include <nscl/base/secret.h>

namespace nscl::security {

inline constexpr std::size_t hmac_sha1_octets = 20;

/// 20 octets. Throws std::runtime_error if OpenSSL does not have it.
std::string hmac_sha1(const Secret& key, std::string_view text);
/// 16 octets. Throws likewise.
std::string hmac_md5(const Secret& key, std::string_view text);

}  // namespace nscl::security
