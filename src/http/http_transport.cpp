// SPDX-License-Identifier: Apache-2.0
// OutgoingRequest -> WebCall, WebAnswer -> IncomingAnswer. The originator stands in From, and for peers of release 1 in
// the user part of Basic too.
#include <nscl/http/http_transport.h>

#include <algorithm>
#include <charconv>

#include <nscl/base/bytes.h>
#include <nscl/base/path.h>

namespace nscl::http {
namespace {

using delivery::TransportFailure;
using Kind = net::WebFailure::Kind;

net::Method method_of(model::Verb verb) {
  switch (verb) {
    case model::Verb::retrieve: return net::Method::get;
    case model::Verb::update: return net::Method::put;
    case model::Verb::remove: return net::Method::remove;
    default: return net::Method::post;
  }
}

/// Of entities: what the ONG family keeps as it is when it quotes them.
constexpr std::string_view kept_of_entities = "-._~!*'().?@&=+$,;/[]";

using Fields = std::vector<std::pair<std::string, std::string>>;

void add(Fields& fields, std::string_view name, std::string value) {
  if (!value.empty()) fields.emplace_back(name, std::move(value));
}

/// `is_proven`: the peer knows us by the certificate that it is shown, and a claim without a password would count against it.
Fields fields_of(const delivery::OutgoingRequest& request, bool is_proven) {
  Fields fields;
  const bool has_credential = !request.credential.empty();
  if (has_credential || !is_proven)
    add(fields, "Authorization", "Basic " + base64_encode(has_credential ? request.credential : percent_encode(request.requesting_entity, kept_of_entities) + ":"));
  add(fields, "From", request.requesting_entity);
  if (request.content) add(fields, "Content-Type", request.content_type);
  add(fields, "Accept", request.accept);
  add(fields, "X-etsi-correlationID", request.correlation_id);
  add(fields, "X-etsi-contactURI", request.contact_uri);
  add(fields, "X-etsi-groupRequestIdentifier", request.group_request);
  if (request.rcat) add(fields, "X-etsi-rcat", "RCAT_" + std::to_string(*request.rcat));
  if (request.tolerance) add(fields, "X-etsi-trpdt", "PT" + std::to_string(request.tolerance->count()) + "S");
  add(fields, "Via", request.via);
  fields.insert(fields.end(), request.conditional_fields.begin(), request.conditional_fields.end());
  return fields;
}

TransportFailure::Kind kind_of(Kind kind) {
  switch (kind) {
    case Kind::bad_uri: return TransportFailure::Kind::bad_uri;
    case Kind::not_supported: return TransportFailure::Kind::not_supported;
    case Kind::forbidden_address: return TransportFailure::Kind::forbidden;
    case Kind::unresolvable:
    case Kind::refused: return TransportFailure::Kind::unreachable;
    case Kind::timed_out: return TransportFailure::Kind::timed_out;
    case Kind::busy: return TransportFailure::Kind::busy;
    case Kind::stopping: return TransportFailure::Kind::stopping;
    default: return TransportFailure::Kind::broken;
  }
}

unsigned seconds_of(const std::string* text) {
  unsigned seconds = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), seconds);
  return std::min(seconds, 86'400u);
}

std::string text_of(const std::string* text) { return text ? *text : std::string{}; }

}  // namespace

HttpTransport::HttpTransport(const std::vector<boost::asio::io_context*>& contexts, const net::WebClientOptions& options) : tls_(options.tls) {
  for (auto* context : contexts) clients_.emplace(context, std::make_unique<net::WebClient>(*context, options));
}

void HttpTransport::stop(boost::asio::io_context& context) { clients_.at(&context)->stop(); }

std::optional<TransportFailure> HttpTransport::objection_to(std::string_view uri) const {
  auto failure = net::objection_to(uri);
  if (!failure) return std::nullopt;
  return TransportFailure{kind_of(failure->kind), std::move(failure->detail)};
}

net::Task<delivery::OutgoingResult> HttpTransport::send(delivery::OutgoingRequest request, boost::asio::io_context& context) {
  net::WebCall call;
  call.method = method_of(request.verb);
  call.uri = request.uri;
  call.fields = fields_of(request, tls_ && tls_->is_known_by_certificate(request.uri));
  call.body = request.content;
  call.time = request.time;
  call.is_once = request.is_once;
  const auto result = co_await clients_.at(&context)->call(std::move(call));
  if (!result) co_return tl::unexpected(TransportFailure{kind_of(result.error().kind), result.error().detail});
  delivery::IncomingAnswer answer;
  answer.code = result->status;
  answer.status = delivery::status_of_code(result->status);
  answer.content_type = result->content_type;
  answer.content = result->body;
  answer.location = text_of(result->find("Location"));
  answer.entity_tag = text_of(result->find("ETag"));
  answer.retry_after = seconds_of(result->find("Retry-After"));
  co_return answer;
}

}  // namespace nscl::http
