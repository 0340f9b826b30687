// SPDX-License-Identifier: Apache-2.0
#include "connection_requests.h"

#include <nscl/base/secret.h>

namespace nscl::rem::simulator {

ConnectionRequests::ConnectionRequests(Find find, Accepted accepted, bool is_open)
    : find_(std::move(find)), accepted_(std::move(accepted)), is_open_(is_open), digest_({.realm = "cpe", .allow_md5 = true}) {}

bool ConnectionRequests::is_right(const net::WebRequest& request, Cpe& cpe, bool& is_stale) {
  if (is_open_) return true;
  const auto credential = security::parse_digest(request.authorization);
  const auto user = cpe.model().value("ManagementServer.ConnectionRequestUsername");
  auto password = cpe.model().value("ManagementServer.ConnectionRequestPassword");
  if (!credential || credential->user != user || password.empty()) return false;
  const auto ha1 = security::digest_ha1(credential->algorithm, user, digest_.realm(), password);
  wipe(password);
  const auto verdict = digest_.judge(*credential, ha1, net::name_of(request.method), request.target);
  is_stale = verdict == security::DigestAuthentication::Verdict::stale;
  return verdict == security::DigestAuthentication::Verdict::good;
}

net::WebResponse ConnectionRequests::answer(const net::WebRequest& request) {
  net::WebResponse out;
  const auto number = paths_.number_of(request.target);
  Cpe* const cpe = number ? find_(*number) : nullptr;
  bool is_stale = false;
  if (!cpe) {
    out.status = 404;
  } else if (request.method != net::Method::get) {
    out.status = 405;
    out.fields.emplace_back("Allow", "GET");
  } else if (!is_right(request, *cpe, is_stale)) {
    out.status = 401;
    for (auto& challenge : digest_.challenges(is_stale)) out.fields.emplace_back("WWW-Authenticate", std::move(challenge));
  } else if (!cpe->request_connection(system_clock().now())) {
    out.status = 503;
    out.fields.emplace_back("Retry-After", "5");
  } else {
    accepted_(*number);
  }
  return out;
}

net::Task<net::WebResponse> ConnectionRequests::admit(const net::WebRequest&) {
  net::WebResponse none;
  none.status = 0;
  co_return none;
}

net::Task<net::WebResponse> ConnectionRequests::handle(const net::WebRequest& request) { co_return answer(request); }

net::WebResponse ConnectionRequests::refuse(unsigned status, std::string_view) {
  net::WebResponse out;
  out.status = status;
  out.close = true;
  return out;
}

}  // namespace nscl::rem::simulator
