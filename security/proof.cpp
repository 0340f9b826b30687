// SPDX-License-Identifier: Apache-2.0
#include "proof.h"

#include <nscl/security/token.h>

namespace nscl::security {
namespace {

/// How a token is remembered that was found good.
std::string verifier_of(const store::Token& token) { return token.id + "_" + token.digest; }

}  // namespace

std::optional<ProvenToken> prove_token(store::View& view, std::string_view text, Time now) {
  const auto parts = parse_token(text);
  const auto token = parts ? view.find_token(parts->id) : std::nullopt;
  if (!token || token->not_after <= now || !proves(parts->secret, *token)) return std::nullopt;
  auto principal = view.find_principal(token->principal);
  auto grant = Grant::parse(token->scope, token->networks);
  if (!principal || !grant) return std::nullopt;
  return ProvenToken{*std::move(principal), std::make_shared<const Grant>(*std::move(grant)), verifier_of(*token), token->not_after};
}

std::optional<store::Principal> unchanged(store::View& view, const Requestor& requestor) {
  auto found = view.find_principal(requestor.principal);
  const bool is_same = found && found->entity == requestor.entity && found->is_operator == requestor.is_operator;
  return is_same ? std::move(found) : std::nullopt;
}

bool is_proof(store::View& view, const Requestor& requestor, const std::string& verifier) {
  const auto principal = unchanged(view, requestor);
  if (!principal || !requestor.grant) return principal && principal->verifier == verifier;
  const auto token = view.find_token(std::string_view(verifier).substr(0, verifier.find('_')));
  return token && verifier_of(*token) == verifier;
}

}  // namespace nscl::security
