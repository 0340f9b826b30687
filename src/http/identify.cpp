// SPDX-License-Identifier: Apache-2.0
// Credentials of a request, and the answers to those that have none.
#include "identify.h"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/base/path.h>
#include <nscl/core/authorise.h>
#include <nscl/security/basic.h>
#include <nscl/security/own_names.h>

namespace nscl::http {
namespace {

namespace asio = boost::asio;
using security::Credentials;
using security::Refusal;
using Verdict = Credentials::Verdict;

/// A function object, because g++ 12 destroys a capturing lambda next to co_await twice.
struct StartVerification {
  template <class Handler>
  void operator()(Handler&& handler, Credentials* credentials, std::string authorization, std::string host,
                  asio::io_context* context) const {
    credentials->verify(std::move(authorization), std::move(host), *context,
                        asio::any_completion_handler<void(Verdict)>(std::forward<Handler>(handler)));
  }
};

net::Task<Verdict> verify(Credentials& credentials, std::string authorization, std::string host) {
  const net::Executor executor = co_await asio::this_coro::executor;
  asio::io_context* context = &asio::query(executor, asio::execution::context);
  using Token = const asio::use_awaitable_t<net::Executor>;
  Token token;
  co_return co_await asio::async_initiate<Token, void(Verdict)>(StartVerification{}, token, &credentials, std::move(authorization),
                                                                std::move(host), context);
}

net::WebResponse unauthorised(std::string reason, const ResponseForm& form) {
  auto response = respond(401, Error{Status::permission_denied, std::move(reason)}, form);
  response.fields.emplace_back("WWW-Authenticate", "Basic realm=\"nscl\", charset=\"UTF-8\"");
  return response;
}

net::WebResponse refuse(Refusal refusal, const net::WebRequest& request, const core::Policy& policy, const ResponseForm& form) {
  if (refusal == Refusal::overloaded) return respond(Error{Status::service_unavailable, "too many credentials are being verified"}, form);
  if (!request.authorization.empty()) return unauthorised("the credential is not valid", form);
  if (form.dialect == core::Dialect::om2m && policy.om2m_missing_credential_is_402)
    return respond(402, Error{Status::permission_denied, "a credential is required"}, form);
  return unauthorised("a credential is required", form);
}

/// A wrong credential, by the name that it claims. One that is no credential at all names nobody and costs nothing.
void note_failure(Refusal refusal, const net::WebRequest& request, security::Audit& audit) {
  if (refusal != Refusal::wrong) return;
  const auto claimed = security::parse_basic(request.authorization);
  audit.note_refusal("auth.failed", claimed ? std::string_view(claimed->user) : std::string_view{}, request.peer);
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
  if (entity == requestor->entity || (entity.empty() && requestor->is_operator)) return requestor;
  bool is_below = !requestor->entity.empty() && is_within(entity, requestor->entity);
  if (!is_below && !requestor->scl_id().empty() && entity.find("://") != entity.npos) {
    const auto link = security::canonical_entity(link_of(requestor->scl_id()), host, own_names(policy));
    if (!link.empty() && entity == link) return requestor;
    is_below = !link.empty() && is_within(entity, link);
  }
  if (entity.empty() || (!is_below && !requestor->is_operator)) return nullptr;
  return std::make_shared<const security::Requestor>(security::Requestor{requestor->principal, std::move(entity), false});
}

net::Task<Identity> identify(Credentials& credentials, const net::WebRequest& request, const core::Policy& policy,
                             const ResponseForm& form, store::Store& store, security::Audit& audit) {
  if (request.authorization.empty()) co_return tl::unexpected(refuse(Refusal::missing, request, policy, form));
  auto requestor = credentials.remembered(request.authorization, request.host);
  if (!requestor) {
    auto verdict = co_await verify(credentials, std::string(request.authorization), std::string(request.host));
    if (!verdict) {
      note_failure(verdict.error(), request, audit);
      co_return tl::unexpected(refuse(verdict.error(), request, policy, form));
    }
    requestor = *std::move(verdict);
  }
  if (request.from.empty()) co_return requestor;
  const LinkOf link_of = [&](std::string_view scl) {
    std::string link;
    store.read([&](store::View& view) {
      if (const auto found = view.find(join("scls", scl))) link = core::text_of(*found, "link");
    });
    return link;
  };
  const std::string principal = requestor->principal;
  requestor = in_name_of(std::move(requestor), request.from, request.host, policy, link_of);
  if (!requestor) audit.note_refusal("identity.mismatch", principal, request.peer);
  if (!requestor) co_return tl::unexpected(unauthorised("the credential does not cover the entity in From", form));
  co_return requestor;
}

}  // namespace nscl::http
