// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/token.h>

#include <nscl/base/bytes.h>

#include "auth_params.h"

namespace nscl::security {
namespace {

constexpr std::string_view prefix = "nscl_";
constexpr std::size_t id_size = 12;
constexpr std::size_t token_secret_size = 50;   // of 36 characters: 258 bits
constexpr std::size_t longest = 200;

std::string digest_of_secret(std::string_view secret) { return keyed_digest("nscl token", secret); }

}  // namespace

NewToken make_token() {
  NewToken made;
  made.kept.id = random_name(id_size);
  const std::string secret = random_name(token_secret_size);
  made.kept.digest = digest_of_secret(secret);
  made.text = std::string(prefix) + made.kept.id + "_" + secret;
  return made;
}

std::optional<TokenText> parse_token(std::string_view text) {
  if (!text.starts_with(prefix) || text.size() > longest) return std::nullopt;
  text.remove_prefix(prefix.size());
  const auto mark = text.find('_');
  if (mark == text.npos || mark == 0 || mark + 1 == text.size()) return std::nullopt;
  return TokenText{text.substr(0, mark), text.substr(mark + 1)};
}

std::optional<std::string_view> bearer_of(std::string_view authorization) {
  return behind_scheme(authorization, "bearer");
}

bool proves(std::string_view secret, const store::Token& token) { return equal_in_constant_time(digest_of_secret(secret), token.digest); }

}  // namespace nscl::security
