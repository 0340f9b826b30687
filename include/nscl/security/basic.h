// SPDX-License-Identifier: Apache-2.0
// The Authorization field of HTTP Basic -> user and password, with the user parts that ONG, OM2M and curl send.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/secret.h>

namespace nscl::security {

/// Basic's user part in both forms found in the field (procedures 3.5): a plain name, or a URI.
struct BasicCredential {
  std::string user;        ///< decoded; of a URI: unescaped
  std::string password;
};

/// Parses an Authorization field. nullopt unless it is well-formed Basic of at most 4 KiB.
/// ONG form "percent-quoted-URI:password" -> user is the URI, the password mostly empty. Text that is an absolute
/// http(s) or coap(s) URI up to its last ':' -> that URI. Else the text up to the first ':' is the user.
std::optional<BasicCredential> parse_basic(std::string_view authorization);

/// The client's side: whether a WWW-Authenticate field asks for Basic, and the Authorization field that answers it.
bool is_basic_challenge(std::string_view www_authenticate);
std::string basic_answer(std::string_view user, const Secret& password);

}  // namespace nscl::security
