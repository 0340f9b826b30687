// SPDX-License-Identifier: Apache-2.0
#include "key_exchange.h"

#include <algorithm>

#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/model/messages.h>
#include <nscl/net/connection.h>
#include <nscl/security/key_derivation.h>

namespace nscl::http {
namespace {

using security::NextKey;

constexpr std::size_t exported_size = 32;
constexpr int most_tries = 3;
constexpr std::string_view channel_security = "0002";   ///< securitymIdFlags: mId is protected by TLS
const codec::Limits limits{.depth = 8, .elements = 200, .attributes_per_element = 16, .name_length = 64};

std::optional<Secret> export_for(net::Connection& connection, const security::Exporter& exporter) {
  return connection.export_secret(exporter.label, exporter.context, exported_size);
}

/// nullptr if the session exports nothing.
std::shared_ptr<const KeyExchange::Exported> export_all(net::Connection& connection, const NextKey& next) {
  const auto node = security::node_octets(next.node);
  auto wrapping = export_for(connection, security::nscl_1().wrapping_exporter(node, next.index));
  auto forward = export_for(connection, security::nscl_1().connection_exporter(node));
  if (!wrapping || !forward) return nullptr;
  return std::make_shared<const KeyExchange::Exported>(KeyExchange::Exported{*std::move(wrapping), *std::move(forward)});
}

Error not_stored() { return {Status::internal_server_error, "this could not be stored; nothing has changed, try again"}; }

Error no_export() {
  return {Status::forbidden, "this TLS session exports no key: it takes TLS 1.3, or TLS 1.2 with the extended master secret (RFC 7627)"};
}

/// A text that overwrites itself when the last one lets it go.
std::shared_ptr<std::string> secret_text(std::string text) {
  return {new std::string(std::move(text)), [](std::string* held) {
            wipe(*held);
            delete held;
          }};
}

net::WebResponse created(const model::ResourceType& type, const model::Object& document, const ResponseForm& form, const Secret& clear) {
  net::WebResponse response;
  response.status = 201;
  response.content_type = codec::media_type(form.format);
  response.is_secret = true;
  response.fields.emplace_back("Cache-Control", "no-store");
  auto text = secret_text(codec::encode(form.format, type, document));
  if (!clear.empty()) {   // its place was written with zeros, so that no other buffer has seen the key
    auto digits = hex_encode(clear.view());
    const auto place = text->find(std::string(digits.size(), '0'));
    if (place != std::string::npos) std::copy(digits.begin(), digits.end(), text->begin() + static_cast<std::ptrdiff_t>(place));
    wipe(digits);
  }
  response.body = std::move(text);
  return response;
}

}  // namespace

net::Task<Result<void>> change(store::Store& store, store::WriteJob job) {
  const net::Executor executor = co_await boost::asio::this_coro::executor;
  const boost::asio::use_awaitable_t<net::Executor> token;
  Result<void> done = co_await store::async_write(store, std::move(job), boost::asio::query(executor, boost::asio::execution::context), token);
  if (!done && done.error().status == Status::service_unavailable) co_return tl::unexpected(not_stored());
  co_return done;
}

net::Task<Result<void>> run(const net::WebRequest& request, store::Store& store, std::shared_ptr<const KeyExchange> exchange) {
  for (int tries = 0; tries < most_tries; ++tries) {
    Result<NextKey> next;
    store.read([&](store::View& view) { next = exchange->next(view); });
    if (!next) co_return tl::unexpected(next.error());
    auto exported = export_all(*request.connection, *next);
    if (!exported) co_return tl::unexpected(no_export());
    store::WriteJob job = [exchange, key = *next, exported](store::Transaction& transaction) { return exchange->job(transaction, key, *exported); };
    exported.reset();
    Result<void> done = co_await change(store, std::move(job));
    if (done || !security::is_outdated_next(done.error())) co_return done;
  }
  co_return failure(Status::service_unavailable, "others ask for keys of this node at the same time; try again");
}

security::KeyProof proof_of(const net::WebRequest& request) {
  if (!request.tls || !request.tls->psk) return {};
  return {request.tls->psk->identity, request.tls->psk->generation};
}

Result<security::Bootstrap::Claims> claims_of(const net::WebRequest& request) {
  if (request.body.empty()) return security::Bootstrap::Claims{};
  const auto format = codec::format_of(request.content_type);
  if (!format) return failure(Status::unsupported_media_type, "the body is empty, or a bootstrapParamSet as application/xml or application/json");
  const model::ResourceType* const candidates[] = {&model::messages::bootstrap_request()};
  const auto document = codec::decode(*format, request.body, candidates, limits);
  if (!document) return tl::unexpected(document.error());
  security::Bootstrap::Claims claims;
  if (const auto* node = document->attributes.find("securityM2MNodeId")) {
    claims.node = hex_encode(hex_decode(node->text()).value_or(""));   // in lower case
  }
  if (const auto* index = document->attributes.find("securityKmrIndex")) claims.index = static_cast<std::uint64_t>(*index->get<std::int64_t>());
  return claims;
}

ResponseForm form_of(const net::WebRequest& request) {
  return {.format = codec::negotiate(request.accept).value_or(codec::Format::xml), .method = request.method, .host = request.host};
}

net::WebResponse answer(const security::ServiceConnections::Given& given, const ResponseForm& form) {
  model::Object document;
  document.set("securityConnectionId", std::to_string(given.connection));
  document.set("securityKmcIndex", std::int64_t{given.index});
  document.set("securityLifetime", given.not_after);
  document.set("securityEncryptedM2MKey", hex_encode(given.wrapped));
  document.set("sclId", given.scl_id);
  document.set("securitymIdFlags", channel_security);
  return created(model::messages::connection_param_set(), document, form, Secret());
}

net::WebResponse answer(const security::Bootstrap::Given& given, const ProvisioningOptions& options, const ResponseForm& form) {
  model::Object document;
  document.set("securityM2MNodeId", given.key.node);
  document.set("securityKmrIndex", std::int64_t{given.key.index});
  document.set("securityLifetime", given.not_after);
  if (!options.mas.empty()) document.set("securityMasFqdn", options.mas);
  if (given.clear.empty()) document.set("securityEncryptedM2MKey", hex_encode(given.wrapped));
  else document.set("securityM2MKey", std::string(2 * given.clear.size(), '0'));
  document.set("sclId", given.scl_id);
  if (!options.scl_ids.empty()) {
    model::Object list;
    list.set("reference", model::List(options.scl_ids.begin(), options.scl_ids.end()));
    document.set("sclIdList", std::move(list));
  }
  return created(model::messages::bootstrap_param_set(), document, form, given.clear);
}

net::WebResponse refuse_with(const Error& error, const ResponseForm& form) {
  auto response = respond(error, form);
  response.fields.emplace_back("Cache-Control", "no-store");
  return response;
}

net::WebResponse answer(const security::Bootstrap::Refusal& refusal, const ResponseForm& form) {
  auto response = refusal.is_too_often ? respond(429, refusal.error, form) : respond(refusal.error, form);
  response.fields.emplace_back("Cache-Control", "no-store");
  if (refusal.retry_after.count() > 0) response.fields.emplace_back("Retry-After", std::to_string(refusal.retry_after.count()));
  return response;
}

net::WebResponse no_such_path(const ResponseForm& form) { return refuse_with(Error{Status::not_found, "nothing is served at this path"}, form); }

net::WebResponse not_allowed(std::string allowed, const ResponseForm& form) {
  auto response = refuse_with(Error{Status::method_not_allowed, "this method is not defined here"}, form);
  response.fields.emplace_back("Allow", std::move(allowed));
  return response;
}

}  // namespace nscl::http
