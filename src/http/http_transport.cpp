// SPDX-License-Identifier: Apache-2.0
// OutgoingRequest -> WebCall, WebAnswer -> IncomingAnswer. The originator stands in From, and for peers of release 1 in
// the user part of Basic too.
#include <nscl/http/http_transport.h>

#include <algorithm>
#include <charconv>

#include <nscl/base/bytes.h>

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

/// As the ONG family quotes it: everything but unreserved characters and ".?@&=+$,;/[]".
std::string quoted(std::string_view uri) {
  constexpr std::string_view kept = "-._~!*'().?@&=+$,;/[]";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : uri) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || kept.find(char(c)) != kept.npos;
    if (is_plain) out += char(c);
    else (out += '%').append({digits[c >> 4], digits[c & 15]});
  }
  return out;
}

using Fields = std::vector<std::pair<std::string, std::string>>;

void add(Fields& fields, std::string_view name, std::string value) {
  if (!value.empty()) fields.emplace_back(name, std::move(value));
}

Fields fields_of(const delivery::OutgoingRequest& request) {
  Fields fields;
  const bool is_uri = request.credential.empty();
  add(fields, "Authorization", "Basic " + base64_encode(is_uri ? quoted(request.requesting_entity) + ":" : request.credential));
  if (is_uri) add(fields, "From", request.requesting_entity);
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

// Where the code stands in no table: a 4xx is bad_request, the rest bad_gateway (procedures 2.2).
Status status_of_answer(unsigned code) {
  switch (code) {
    case 201: return Status::created;
    case 202: return Status::accepted;
    case 304: return Status::not_modified;
    case 401:
    case 402:
    case 407: return Status::permission_denied;
    case 403: return Status::forbidden;
    case 404: return Status::not_found;
    case 405: return Status::method_not_allowed;
    case 406: return Status::not_acceptable;
    case 408: return Status::request_timeout;
    case 409: return Status::conflict;
    case 410: return Status::deleted;
    case 412: return Status::precondition_failed;
    case 415: return Status::unsupported_media_type;
    case 429: return Status::service_unavailable;
    case 500: return Status::internal_server_error;
    case 501: return Status::not_implemented;
    case 502: return Status::bad_gateway;
    case 503: return Status::service_unavailable;
    case 504: return Status::gateway_timeout;
    default: break;
  }
  if (code >= 200 && code < 300) return Status::ok;
  return code >= 400 && code < 500 ? Status::bad_request : Status::bad_gateway;
}

}  // namespace

HttpTransport::HttpTransport(const std::vector<boost::asio::io_context*>& contexts, const net::WebClientOptions& options) {
  for (auto* context : contexts) clients_.emplace(context, std::make_unique<net::WebClient>(*context, options));
}

void HttpTransport::stop(boost::asio::io_context& context) { clients_.at(&context)->stop(); }

net::Task<delivery::OutgoingResult> HttpTransport::send(delivery::OutgoingRequest request, boost::asio::io_context& context) {
  net::WebCall call;
  call.method = method_of(request.verb);
  call.uri = request.uri;
  call.fields = fields_of(request);
  call.body = request.content;
  call.time = request.time;
  const auto result = co_await clients_.at(&context)->call(std::move(call));
  if (!result) co_return tl::unexpected(TransportFailure{kind_of(result.error().kind), result.error().detail});
  delivery::IncomingAnswer answer;
  answer.code = result->status;
  answer.status = status_of_answer(result->status);
  answer.content_type = result->content_type;
  answer.content = result->body;
  answer.location = text_of(result->find("Location"));
  answer.entity_tag = text_of(result->find("ETag"));
  answer.retry_after = seconds_of(result->find("Retry-After"));
  co_return answer;
}

}  // namespace nscl::http
