// SPDX-License-Identifier: Apache-2.0
// What a verdict on a credential rests on in the store, and whether it still stands.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nscl/security/requestor.h>
#include <nscl/store/view.h>

namespace nscl::security {

struct ProvenToken {
  store::Principal principal;
  GrantPtr grant;
  std::string verifier;   ///< for is_proof()
  Time not_after;
};

/// nullopt: the text is no token, or not one that is good now.
std::optional<ProvenToken> prove_token(store::View& view, std::string_view text, Time now);

/// The principal of a requestor, if it is still what it was.
std::optional<store::Principal> unchanged(store::View& view, const Requestor& requestor);

/// True if what was found out with that verifier (of a password or a token) would be found out again.
bool is_proof(store::View& view, const Requestor& requestor, const std::string& verifier);

}  // namespace nscl::security
