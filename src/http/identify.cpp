// SPDX-License-Identifier: Apache-2.0
// Proofs of identity that come with a request, and the answers to those that have none.
#include "identify.h"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/base/log.h>
#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/net/tls.h>
#include <nscl/security/basic.h>
#include <nscl/security/own_names.h>
#include <nscl/security/request_signature.h>
#include <nscl/security/token.h>

namespace nscl::http {
namespace {

namespace asio = boost::asio;
using security::Credentials;
using security::Refusal;
using Verdict = Credentials::Verdict;

constexpr unsigned most_mismatches = 3;   // claims refused on one connection before it is closed

Credentials::Shown shown_by(const net::WebRequest& request) {
  return {request.authorization, request.host, request.peer, net::name_of(request.method), request.target, request.body};
}

/// A function object, because g++ 12 destroys a capturing lambda next to co_await twice.
struct StartVerification {
  template <class Handler>
  void operator()(Handler&& handler, Credentials* credentials, Credentials::Shown shown, asio::io_context* context) const {
    credentials->verify(shown, *context, asio::any_completion_handler<void(Verdict)>(std::forward<Handler>(handler)));
  }
};

net::Task<Verdict> verify(Credentials& credentials, Credentials::Shown shown) {
  const net::Executor executor = co_await asio::this_coro::executor;
  asio::io_context* context = &asio::query(executor, asio::execution::context);
  using Token = const asio::use_awaitable_t<net::Executor>;
  Token token;
  co_return co_await asio::async_initiate<Token, void(Verdict)>(StartVerification{}, token, &credentials, shown, context);
}

/// A wrong credential, by the name that it claims. One that is no credential at all names nobody and costs nothing.
void note_failure(Refusal refusal, const net::WebRequest& request, security::Audit& audit) {
  if (refusal != Refusal::wrong) return;
  const auto basic = security::parse_basic(request.authorization);
  const auto digest = security::parse_digest(request.authorization);
  const auto signature = security::parse_signature(request.authorization);
  const std::string claimed = basic ? basic->user : digest ? digest->user : signature ? signature->id : std::string();
  audit.note_refusal("auth.failed", claimed, request.peer);
}

net::WebResponse quarantined(const ResponseForm& form) {
  return respond(Error{Status::forbidden, "this SCL is in quarantine: nothing is taken from it until an operator lifts it"}, form);
}

security::OwnNames own_names(const core::Policy& policy) {
  return {policy.scl_id, policy.base_path, policy.om2m_path, policy.base_uri, policy.aliases};
}

}  // namespace

security::RequestorPtr in_name_of(security::RequestorPtr requestor, std::string_view from, std::string_view host,
                                  const core::Policy& policy, const LinkOf& link_of) {
  const bool is_uri = from.starts_with('/') || from.find("://") != from.npos;
  if (!is_uri) return requestor;
  auto entity = security::canonical_entity(from, host, own_names(policy));
  if (!security::is_settled_entity(entity)) return nullptr;
  if (entity == requestor->entity || (entity.empty() && requestor->is_operator)) return requestor;
  bool is_below = !requestor->entity.empty() && is_within(entity, requestor->entity);
  if (!is_below && !requestor->scl_id().empty() && entity.find("://") != entity.npos) {
    const auto link = security::canonical_entity(link_of(requestor->scl_id()), host, own_names(policy));
    if (!link.empty() && entity == link) return requestor;
    is_below = !link.empty() && is_within(entity, link);
  }
  if (entity.empty() || (!is_below && !requestor->is_operator)) return nullptr;
  return std::make_shared<const security::Requestor>(
      security::Requestor{requestor->principal, std::move(entity), false, requestor->grant, requestor->allowance});
}

// ---- Identifier

/// What became of a peer's proof; kept with its connection.
struct Identifier::Attachment {
  security::RequestorPtr requestor;   ///< null: its certificate is nobody's, or its key is in use elsewhere
  std::uint64_t generation = 0;       ///< of the principals it was made of
  unsigned mismatches = 0;            ///< claims that its key does not cover
  std::shared_ptr<const security::Presence::Stay> stay;   ///< null: it has no key
};

std::shared_ptr<Identifier::Attachment> Identifier::attachment_of(const net::WebRequest& request) const {
  const auto& peer = *request.tls;
  auto held = std::static_pointer_cast<Attachment>(std::const_pointer_cast<void>(peer.attachment));
  const auto generation = credentials_.generation();
  if (held && held->generation == generation) return held;
  auto fresh = std::make_shared<Attachment>();
  fresh->generation = generation;
  fresh->mismatches = held ? held->mismatches : 0;
  fresh->stay = held ? held->stay : nullptr;
  if (peer.psk && !fresh->stay) {
    fresh->stay = std::make_shared<const security::Presence::Stay>(credentials_.presence(), peer.psk->identity, std::string(request.peer));
    if (fresh->stay->came_second()) audit_.note_refusal("node.duplicate", peer.psk->identity, request.peer);
  }
  const bool is_refused = ways_.from_one_address && fresh->stay && fresh->stay->came_second();
  if (!is_refused) fresh->requestor = peer.psk ? credentials_.by_key(peer.psk->entity) : credentials_.by_certificate(peer.names);
  peer.attachment = fresh;
  return fresh;
}

bool Identifier::is_admitted(std::string_view authorization) const {
  if (security::bearer_of(authorization)) return ways_.bearer;
  if (security::is_signature(authorization)) return ways_.hmac;
  return security::is_digest(authorization) ? ways_.digest : ways_.basic;
}

bool Identifier::depends_on_body(const net::WebRequest& head) const {
  return ways_.hmac && security::parse_signature(head.authorization).has_value();
}

security::RequestorPtr Identifier::known(const net::WebRequest& request) const {
  auto requestor = remembered(request);
  return requestor && is_quarantined_(requestor->entity) ? nullptr : requestor;
}

security::RequestorPtr Identifier::remembered(const net::WebRequest& request) const {
  if (request.admitted) return std::static_pointer_cast<const security::Requestor>(request.admitted);
  if (!request.from.empty()) return nullptr;
  if (!request.authorization.empty()) {
    const bool is_claim = request.tls && request.tls->psk;
    return is_claim || !is_admitted(request.authorization) ? nullptr : credentials_.remembered(shown_by(request));
  }
  const bool has_proof = request.tls && (request.tls->psk || (ways_.certificate && !request.tls->names.empty()));
  return has_proof ? attachment_of(request)->requestor : nullptr;
}

net::Task<Identity> Identifier::identify(const net::WebRequest& request, const core::Policy& policy, const ResponseForm& form) const {
  if (request.tls && request.tls->psk) co_return by_key(request, policy, form);
  security::RequestorPtr requestor;
  if (request.authorization.empty()) {
    if (request.tls && ways_.certificate && !request.tls->names.empty()) requestor = attachment_of(request)->requestor;
    if (!requestor) co_return tl::unexpected(refuse(Refusal::missing, request, policy, form));
  } else if (!is_admitted(request.authorization)) {
    co_return tl::unexpected(unauthorised("this way of authentication is not admitted here", form));
  } else {
    requestor = credentials_.remembered(shown_by(request));
  }
  if (!requestor) {
    auto verdict = co_await verify(credentials_, shown_by(request));
    if (!verdict) {
      note_failure(verdict.error(), request, audit_);
      co_return tl::unexpected(refuse(verdict.error(), request, policy, form));
    }
    requestor = *std::move(verdict);
  }
  if (is_quarantined_(requestor->entity)) co_return tl::unexpected(quarantined(form));
  if (request.from.empty()) co_return requestor;
  const std::string principal = requestor->principal;
  requestor = in_name_of(std::move(requestor), request.from, request.host, policy, [this](std::string_view scl) { return link_of(scl); });
  if (!requestor) audit_.note_refusal("identity.mismatch", principal, request.peer);
  if (!requestor) co_return tl::unexpected(unauthorised("the credential does not cover the entity in From", form));
  if (is_quarantined_(requestor->entity)) co_return tl::unexpected(quarantined(form));
  co_return requestor;
}

/// The key says who it is; Authorization and From are claims about in whose name (security.md 3.6).
Identity Identifier::by_key(const net::WebRequest& request, const core::Policy& policy, const ResponseForm& form) const {
  const auto attachment = attachment_of(request);
  auto requestor = attachment->requestor;
  if (!requestor) {
    auto refusal = respond(Error{Status::forbidden, "the key of this connection is in use from another address"}, form);
    refusal.close = true;
    return tl::unexpected(std::move(refusal));
  }
  if ( is_quarantined_(requestor->entity)) return tl::unexpected(quarantined(form));
  const auto basic = security::parse_basic(request.authorization);
  for (const std::string_view claim : {basic ? std::string_view(basic->user) : std::string_view{}, request.from}) {
    if (requestor && !claim.empty()) requestor = claimed(request, claim, attachment->requestor, policy);
  }
  if (requestor) return requestor;
  log::warning("claim of an entity that the key does not cover", {{"identity", request.tls->psk->identity}, {"peer", std::string(request.peer)}});
  audit_.note_refusal("identity.mismatch", request.tls->psk->identity, request.peer);
  auto refusal = unauthorised("the key of this connection does not cover the requesting entity", form);
  refusal.close = ++attachment->mismatches >= most_mismatches;
  return tl::unexpected(std::move(refusal));
}

/// An SCL that is not registered has told no link yet: the URI by which it calls itself is believed unless it is another's.
security::RequestorPtr Identifier::claimed(const net::WebRequest& request, std::string_view claim, const security::RequestorPtr& own,
                                           const core::Policy& policy) const {
  const auto link_of_scl = [this](std::string_view scl) { return link_of(scl); };
  if (auto covered = in_name_of(own, claim, request.host, policy, link_of_scl)) return covered;
  const auto entity = security::canonical_entity(claim, request.host, own_names(policy));
  const bool is_foreign = entity.find("://") != entity.npos;
  if (!is_foreign || !security::is_settled_entity(entity) || own->scl_id().empty() || !link_of(own->scl_id()).empty()) return nullptr;
  bool is_taken = true;
  store_.read([&](store::View& view) { is_taken = is_link_taken_(view, entity); });
  return is_taken ? nullptr : own;
}

std::string Identifier::link_of(std::string_view scl) const {
  std::string link;
  store_.read([&](store::View& view) {
    if (const auto found = view.find(join("scls", scl))) link = core::text_of(*found, "link");
  });
  return link;
}

net::WebResponse Identifier::unauthorised(std::string reason, const ResponseForm& form, bool is_stale) const {
  auto response = respond(401, Error{Status::permission_denied, std::move(reason)}, form);
  if (ways_.digest) {
    for (auto& challenge : credentials_.digest_challenges(is_stale)) response.fields.emplace_back("WWW-Authenticate", std::move(challenge));
  }
  if (ways_.basic) response.fields.emplace_back("WWW-Authenticate", "Basic realm=\"nscl\", charset=\"UTF-8\"");
  return response;
}

net::WebResponse Identifier::refuse(Refusal refusal, const net::WebRequest& request, const core::Policy& policy, const ResponseForm& form) const {
  if (refusal == Refusal::overloaded) return respond(Error{Status::service_unavailable, "too many credentials are being verified"}, form);
  if (refusal == Refusal::stale && security::is_signature(request.authorization))
    return unauthorised("the signature is right, but its time is more than 300 s from ours, or its nonce was used before", form);
  if (!request.authorization.empty()) return unauthorised("the credential is not valid", form, refusal == Refusal::stale);
  if (form.dialect == core::Dialect::om2m && policy.om2m_missing_credential_is_402)
    return respond(402, Error{Status::permission_denied, "a credential is required"}, form);
  return unauthorised("a credential is required", form);
}

}  // namespace nscl::http
