// SPDX-License-Identifier: Apache-2.0
// Credentials that cost a row and a few hashes: they are judged at once, on the thread that asks.
#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/security/token.h>

#include "credentials_state.h"
#include "proof.h"

namespace nscl::security {

std::optional<Credentials::State::Judged> Credentials::State::judge_at_once(const Shown& shown) {
  if (bearer_of(shown.authorization)) return Judged{verify_token(shown), "a token"};
  if (is_digest(shown.authorization)) {
    auto credential = parse_digest(shown.authorization);
    if (!credential) return Judged{tl::unexpected(Refusal::missing), {}};
    auto verdict = verify_digest(shown, *credential);
    return Judged{std::move(verdict), std::move(credential->user)};
  }
  if (is_signature(shown.authorization)) {
    auto credential = parse_signature(shown.authorization);
    if (!credential) return Judged{tl::unexpected(Refusal::missing), {}};
    auto verdict = verify_signature(shown, *credential);
    return Judged{std::move(verdict), std::move(credential->id)};
  }
  return std::nullopt;
}

Verdict Credentials::State::verify_token(const Shown& shown) try {
  const auto good_generation = good.generation();
  const auto now = std::chrono::time_point_cast<Time::duration>(std::chrono::system_clock::now());
  std::optional<ProvenToken> proven;
  store.read([&](store::View& view) { proven = prove_token(view, *bearer_of(shown.authorization), now); });
  if (!proven || !proven->grant->admits_peer(shown.peer)) return tl::unexpected(Refusal::wrong);
  auto requestor = make_requestor(proven->principal, proven->grant);
  good.insert(digest_of(shown.authorization, shown.host), requestor, good_generation, proven->verifier, std::min(proven->not_after, now + std::chrono::hours{1}) - now);
  return requestor;
} catch (const store::StoreError& e) {
  log::error("credential not verified", {{"reason", e.what()}});
  return tl::unexpected(Refusal::overloaded);
}

/// Unknown users, users without a digest and wrong passwords look alike, also by the work they make.
Verdict Credentials::State::verify_digest(const Shown& shown, const DigestCredential& credential) try {
  if (!keys.keystore) return tl::unexpected(Refusal::wrong);
  std::optional<store::Principal> principal;
  Secret known;
  store.read([&](store::View& view) {
    principal = view.find_principal(credential.user);
    known = keys.keystore->digest_of(view, principal, credential.user);
  });
  const bool is_first = credential.algorithm == DigestAlgorithm::sha_256;
  const Secret ha1(known.view().substr(is_first ? 0 : size_of(DigestAlgorithm::sha_256), size_of(credential.algorithm)));
  const auto verdict = digests.judge(credential, ha1, shown.method, shown.target);
  if (verdict == DigestAuthentication::Verdict::wrong || !principal) return tl::unexpected(Refusal::wrong);
  if (verdict == DigestAuthentication::Verdict::stale) return tl::unexpected(Refusal::stale);
  return make_requestor(*principal);
} catch (const std::exception& e) {
  log::error("credential not verified", {{"reason", e.what()}});
  return tl::unexpected(Refusal::overloaded);
}

/// A nonce is remembered only if the signature is right, so that nobody else fills the memory.
Verdict Credentials::State::verify_signature(const Shown& shown, const SignatureCredential& credential) try {
  if (!keys.applications) return tl::unexpected(Refusal::wrong);
  const auto found = keys.applications->find(credential.id);
  const SignedRequest request{shown.method, shown.target, shown.body};
  const bool is_right = equal_in_constant_time(signature_of(credential, request, found.key), credential.mac);
  if (!is_right || !found.holder) return tl::unexpected(Refusal::wrong);
  const Time now = system_clock().now();
  if (!is_timely(credential, now)) return tl::unexpected(Refusal::stale);
  const auto nonce = seen_nonces.take(credential, now);
  if (nonce == SeenNonces::Verdict::full) log::warning("too many signed requests within ten minutes", {{"key", credential.id}});
  if (nonce != SeenNonces::Verdict::fresh) return tl::unexpected(nonce == SeenNonces::Verdict::full ? Refusal::overloaded : Refusal::stale);
  store::Principal principal;
  principal.name = principal.entity = found.holder->entity;
  return make_requestor(principal);
} catch (const std::exception& e) {
  log::error("credential not verified", {{"reason", e.what()}});
  return tl::unexpected(Refusal::overloaded);
}

std::vector<std::string> Credentials::digest_challenges(bool is_stale) { return state_->digests.challenges(is_stale); }

}  // namespace nscl::security
