// SPDX-License-Identifier: Apache-2.0
#include <nscl/http/provisioning.h>

#include <charconv>
#include <optional>

#include <boost/asio/this_coro.hpp>

#include <nscl/base/log.h>
#include <nscl/net/tls.h>

#include "key_exchange.h"

namespace nscl::http {
namespace {

using net::Method;
using net::WebResponse;
using security::Bootstrap;
using security::NextKey;
using security::ServiceConnections;

constexpr std::string_view connection_path = "/m2m-connection/v1", bootstrap_path = "/m2m-bootstrap/v1", renewal_path = "/m2m-bootstrap/v1/renew";
constexpr std::string_view purge_query = "?purge=true";

WebResponse admitted() {
  WebResponse response;
  response.status = 0;
  return response;
}

WebResponse no_content() {
  WebResponse response;
  response.status = 204;
  response.fields.emplace_back("Cache-Control", "no-store");
  return response;
}

WebResponse refusal_of_framing(unsigned status, std::string_view reason) {
  return respond(status, Error{status_of(status), std::string(reason)}, ResponseForm{});
}

/// The index in If-Match: "<index>", alone.
std::optional<std::uint64_t> index_of(std::string_view tag) {
  if (tag.size() < 3 || !tag.starts_with('"') || !tag.ends_with('"')) return std::nullopt;
  tag = tag.substr(1, tag.size() - 2);
  std::uint64_t index = 0;
  const auto [end, error] = std::from_chars(tag.data(), tag.data() + tag.size(), index);
  return error == std::errc{} && end == tag.data() + tag.size() ? std::optional(index) : std::nullopt;
}

/// For who wrote the rule by which a name in the certificate is the hardware id.
void note_unnamed(const net::WebRequest& request, const security::DeviceProof& proof) {
  std::string names;
  for (const auto& name : proof.names) names += (names.empty() ? "" : " ") + name;
  log::info("bootstrap.unnamed", {{"peer", request.peer}, {"names", names}, {"voucher", proof.voucher}});
}

}  // namespace

// ---- ConnectionBinding

net::Task<WebResponse> ConnectionBinding::admit(const net::WebRequest&) { co_return admitted(); }
WebResponse ConnectionBinding::refuse(unsigned status, std::string_view reason) { return refusal_of_framing(status, reason); }

net::Task<WebResponse> ConnectionBinding::handle(const net::WebRequest& request) {
  const auto form = form_of(request);
  const bool purges = request.target.ends_with(purge_query);
  const auto target = purges ? request.target.substr(0, request.target.size() - purge_query.size()) : request.target;
  if (target == connection_path && !purges) {
    if (request.method == Method::post) co_return co_await establish(request);
    if (request.method == Method::remove) co_return co_await end(request);
    co_return not_allowed("POST, DELETE", form);
  }
  if (target == renewal_path && !purges) {
    if (request.method == Method::post) co_return co_await renew(request);
    co_return not_allowed("POST", form);
  }
  if (target == bootstrap_path) {
    if (request.method == Method::remove) co_return co_await erase(request, purges);
    co_return not_allowed("DELETE", form);
  }
  co_return no_such_path(form);
}

net::Task<WebResponse> ConnectionBinding::establish(const net::WebRequest& request) {
  const auto form = form_of(request);
  if (!request.body.empty()) co_return refuse_with(Error{Status::bad_request, "a service connection is asked for without a body"}, form);
  if (pipeline_.is_quarantined(request.tls->psk->entity)) {
    co_return refuse_with(Error{Status::forbidden, "this SCL is in quarantine: it is given no connection key until an operator lifts it"}, form);
  }
  const auto proof = proof_of(request);
  const auto given = std::make_shared<ServiceConnections::Given>();
  auto exchange = std::make_shared<KeyExchange>();
  exchange->next = [this, proof](store::View& view) { return connections_.next(view, proof.identity); };
  exchange->job = [this, proof, given](store::Transaction& transaction, const NextKey& next, const KeyExchange::Exported& exported) -> Result<void> {
    auto made = connections_.establish(transaction, proof, next, exported);
    if (!made) return tl::unexpected(made.error());
    *given = *std::move(made);
    return {};
  };
  const auto done = co_await run(request, store_, std::move(exchange));
  if (!done) co_return denied(request, done.error());
  co_return answer(*given, form);
}

net::Task<WebResponse> ConnectionBinding::end(const net::WebRequest& request) {
  store::WriteJob job = [this, proof = proof_of(request)](store::Transaction& transaction) { return connections_.end(transaction, proof); };
  const auto done = co_await change(store_, std::move(job));
  if (!done) co_return denied(request, done.error());
  co_return no_content();
}

net::Task<WebResponse> ConnectionBinding::renew(const net::WebRequest& request) {
  const auto form = form_of(request);
  const auto claims = claims_of(request);
  if (!claims) co_return refuse_with(claims.error(), form);
  const auto proof = proof_of(request);
  const auto given = std::make_shared<Bootstrap::Given>();
  auto exchange = std::make_shared<KeyExchange>();
  exchange->next = [this, proof](store::View& view) { return bootstrap_.next_of_root(view, proof.identity); };
  exchange->job = [this, proof, given, claims = *claims](store::Transaction& transaction, const NextKey& next,
                                                         const KeyExchange::Exported& exported) -> Result<void> {
    auto made = bootstrap_.renew(transaction, proof, claims, next, exported.wrapping);
    if (!made) return tl::unexpected(made.error());
    *given = *std::move(made);
    return {};
  };
  const auto done = co_await run(request, store_, std::move(exchange));
  if (!done) co_return denied(request, done.error());
  co_return answer(*given, options_, form);
}

net::Task<WebResponse> ConnectionBinding::erase(const net::WebRequest& request, bool purges) {
  const auto form = form_of(request);
  const auto index = index_of(request.if_match);
  if (!index) co_return refuse_with(Error{Status::precondition_failed, "If-Match has to hold the index of the root key, as \"3\" with its quotes"}, form);
  store::WriteJob job = [this, proof = proof_of(request), index = *index](store::Transaction& transaction) {
    return bootstrap_.erase(transaction, proof, index);
  };
  const auto done = co_await change(store_, std::move(job));
  if (!done) co_return denied(request, done.error());
  if (purges) co_await purge(request);
  co_return no_content();
}

/// Deletes the SCL of the node, in its own name, with all that follows from it. Its keys are gone already: what fails here ends by its
/// expirationTime.
net::Task<void> ConnectionBinding::purge(const net::WebRequest& request) {
  const std::string entity = request.tls->psk->entity;
  core::RequestIndication indication;
  indication.verb = model::Verb::remove;
  indication.to = entity;
  indication.from = std::make_shared<const security::Requestor>(security::Requestor{request.tls->psk->identity, entity});
  const net::Executor executor = co_await boost::asio::this_coro::executor;
  const auto confirm = co_await pipeline_.handle(std::move(indication), boost::asio::query(executor, boost::asio::execution::context));
  log::info("bootstrap.purged", {{"entity", entity}, {"status", name_of(confirm.status)}});
}

WebResponse ConnectionBinding::denied(const net::WebRequest& request, const Error& error) const {
  if (error.status == Status::permission_denied)
    audit_.note_refusal(security::is_rollback(error) ? "key.rollback" : "connection.refused", request.tls->psk->identity, request.peer);
  return refuse_with(error, form_of(request));
}

// ---- BootstrapBinding

net::Task<WebResponse> BootstrapBinding::admit(const net::WebRequest&) { co_return admitted(); }
WebResponse BootstrapBinding::refuse(unsigned status, std::string_view reason) { return refusal_of_framing(status, reason); }

net::Task<WebResponse> BootstrapBinding::handle(const net::WebRequest& request) {
  if (request.target != bootstrap_path) co_return no_such_path(form_of(request));
  if (request.method != Method::post) co_return not_allowed("POST", form_of(request));
  co_return co_await bootstrap(request);
}

net::Task<WebResponse> BootstrapBinding::bootstrap(const net::WebRequest& request) {
  const auto form = form_of(request);
  const auto claims = claims_of(request);
  if (!claims) co_return refuse_with(claims.error(), form);
  security::DeviceProof proof;
  if (request.tls) proof.names = request.tls->names;
  proof.voucher = proof_of(request).identity;
  std::optional<std::string> found;
  store_.read([&](store::View& view) { found = method_.hardware_of(view, proof); });
  if (!found) note_unnamed(request, proof);
  const std::string hardware = found.value_or("");   // that is nobody's, and answered as such
  const auto outcome = std::make_shared<Bootstrap::Outcome>();
  auto exchange = std::make_shared<KeyExchange>();
  exchange->next = [this, hardware](store::View& view) -> Result<NextKey> { return bootstrap_.next(view, hardware); };
  exchange->job = [this, hardware, outcome, claims = *claims](store::Transaction& transaction, const NextKey& next,
                                                              const KeyExchange::Exported& exported) -> Result<void> {
    auto attempted = bootstrap_.attempt(transaction, hardware, claims, next, method_, exported.wrapping);
    if (!attempted) return tl::unexpected(attempted.error());
    *outcome = *std::move(attempted);
    return {};
  };
  const auto done = co_await run(request, store_, std::move(exchange));
  if (!done) co_return refuse_with(done.error(), form);
  if (!outcome->given) {
    if (outcome->refusal.error.status != Status::accepted) audit_.note_refusal("bootstrap.refused", hardware, request.peer);
    co_return answer(outcome->refusal, form);
  }
  co_return answer(*outcome->given, options_, form);
}

}  // namespace nscl::http
