// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include <nlohmann/json.hpp>

#include <nscl/net/tls.h>
#include <nscl/security/request_signature.h>
#include <nscl/security/sessions.h>

#include "response.h"

namespace nscl::http {
namespace {

using security::Sessions;

net::WebResponse open(const net::WebRequest& request, const security::RequestorPtr& requestor, security::Credentials& credentials, const ResponseForm& form) {
  const std::string token = credentials.open_session(requestor, request.peer);
  if (token.empty()) return respond(Error{Status::service_unavailable, "this principal can open no session now"}, form);
  using std::chrono::seconds;
  const nlohmann::ordered_json body{{"token", token}, {"type", "Bearer"}, {"idleSeconds", seconds{Sessions::idle_time}.count()},
                                    {"seconds", seconds{Sessions::whole_time}.count()}};
  net::WebResponse response;
  response.status = 201;
  response.content_type = "application/json";
  response.body = std::make_shared<const std::string>(body.dump());
  response.fields.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

bool is_session(const net::WebRequest& request) { return request.target == "/m2m-session"; }

net::WebResponse answer_session(const net::WebRequest& request, const security::RequestorPtr& requestor, security::Credentials& credentials) {
  const ResponseForm form{.format = codec::Format::json, .method = request.method};
  if (request.method == net::Method::post) {
    const bool has_password = !requestor->grant && !credentials.is_session(request.authorization) && request.from.empty();
    const bool has_key = (request.tls && request.tls->psk) || security::is_signature(request.authorization);
    if (!has_password || has_key)
      return respond(Error{Status::forbidden, "a session is opened by a password or a certificate, in one's own name"}, form);
    return open(request, requestor, credentials, form);
  }
  if (request.method == net::Method::remove) {
    if (!credentials.close_session(request.authorization)) return respond(Error{Status::bad_request, "this request shows no token of a session"}, form);
    net::WebResponse response;
    response.status = 204;
    return response;
  }
  auto refusal = respond(Error{Status::method_not_allowed, "POST opens a session, DELETE ends it"}, form);
  refusal.fields.emplace_back("Allow", "POST, DELETE");
  return refusal;
}

}  // namespace nscl::http
