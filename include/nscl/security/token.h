// SPDX-License-Identifier: Apache-2.0
// Bearer tokens: "nscl_<id>_<secret>". The store keeps a digest of the secret; 256 random bits need no slow hash.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nscl/store/keys.h>

namespace nscl::security {

/// A new token: what is kept of it, and the text that is shown once.
struct NewToken {
  store::Token kept;   ///< id and digest; the rest is the caller's
  std::string text;
};
NewToken make_token();

/// The two parts of a token's text.
struct TokenText {
  std::string_view id, secret;
};
/// Of "nscl_<id>_<secret>"; nullopt for anything else.
std::optional<TokenText> parse_token(std::string_view text);

/// What stands behind "Bearer " (in any case) in an Authorization field; nullopt for another scheme.
std::optional<std::string_view> bearer_of(std::string_view authorization);

/// True if this is the secret of the token. In constant time.
bool proves(std::string_view secret, const store::Token& token);

}  // namespace nscl::security
