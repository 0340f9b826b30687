// SPDX-License-Identifier: Apache-2.0
// The client's side of HTTP Digest (RFC 7616, qop=auth; without qop as RFC 2069): reads a challenge and answers it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <nscl/base/secret.h>
#include <nscl/security/digest_authentication.h>

namespace nscl::security {

/// A WWW-Authenticate field of the scheme, taken apart.
struct DigestChallenge {
  DigestAlgorithm algorithm = DigestAlgorithm::md5;   ///< RFC 7616 3.3: MD5 if the field names none
  bool names_algorithm = false;
  std::string realm, nonce, opaque;
  bool has_opaque = false;
  bool wants_auth = false;   ///< qop has auth; without any qop the answer is that of RFC 2069
  bool is_stale = false;     ///< the credentials were right, the nonce is over
};

/// nullopt unless it is a Digest challenge that can be answered: an algorithm of ours without "-sess", and no qop or one with auth.
std::optional<DigestChallenge> parse_digest_challenge(std::string_view www_authenticate);

/// The best of several fields that can be answered: SHA-256 goes before MD5, then the first one.
std::optional<DigestChallenge> choose_challenge(std::span<const std::string> www_authenticate);

/// What is told of one request.
struct DigestRequest {
  std::string_view method;      ///< "GET"
  std::string_view uri;         ///< request target, exactly as in the request line
  std::uint32_t count = 1;      ///< 1 for the first request with this nonce, then one more each time
  std::string_view cnonce = {}; ///< empty: a random one
};

/// The Authorization field. Throws std::runtime_error if OpenSSL has no such hash function.
std::string digest_answer(const DigestChallenge& challenge, std::string_view user, const Secret& password, const DigestRequest& request);

}  // namespace nscl::security
