// SPDX-License-Identifier: Apache-2.0
// Health in JSON, as load balancers and orchestrators expect it.
#include "health.h"

#include <nlohmann/json.hpp>

namespace nscl::http {
namespace {

using Json = nlohmann::ordered_json;

net::WebResponse json(unsigned status, const Json& body) {
  net::WebResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::make_shared<const std::string>(body.dump(-1, ' ', false, Json::error_handler_t::replace));
  response.fields.emplace_back("Cache-Control", "no-store");
  return response;
}

net::WebResponse answer_readiness(const Readiness& readiness) {
  auto response = json(readiness.ready ? 200 : 503, Json{{"ready", readiness.ready}, {"reason", readiness.reason}});
  if (!readiness.ready) response.fields.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace

std::optional<net::WebResponse> answer_health(const net::WebRequest& request, const std::function<Readiness()>& readiness) {
  const auto path = request.target.substr(0, request.target.find('?'));
  const bool is_live = path == "/livez";
  if (!is_live && path != "/readyz") return std::nullopt;
  if (request.method != net::Method::get && request.method != net::Method::head) {
    net::WebResponse response;
    response.status = 405;
    response.fields.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  return is_live ? json(200, Json{{"live", true}}) : answer_readiness(readiness());
}

}  // namespace nscl::http
