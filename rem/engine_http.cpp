// SPDX-License-Identifier: Apache-2.0
#include "engine_http.h"

#include <algorithm>
#include <utility>

#include <nscl/net/connection.h>

namespace nscl::rem {

net::WebResponse respond(unsigned status, std::string text, std::chrono::seconds retry_after) {
  net::WebResponse response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  if (!text.empty()) response.body = std::make_shared<const std::string>(std::move(text));
  if (retry_after.count() != 0) response.fields.emplace_back("Retry-After", std::to_string(retry_after.count()));
  return response;
}

net::WebResponse crowded() { return respond(503, too_many_from_there, busy_time); }

net::WebResponse admitted() {
  net::WebResponse response;
  response.status = 0;
  return response;
}

std::string_view path_of(std::string_view target) {
  if (const auto scheme = target.find("://"); scheme != target.npos && !target.starts_with('/'))
    target.remove_prefix(std::min(target.find('/', scheme + 3), target.size()));
  target = target.substr(0, target.find('?'));
  return target.empty() ? "/" : target;
}

std::optional<net::WebResponse> refuse_target(const net::WebRequest& request, std::string_view path) {
  if (!path.empty() && path_of(request.target) != path) return respond(404, "nothing is here\n");
  if (request.method == net::Method::post) return std::nullopt;
  auto response = respond(405, "devices post here\n");
  response.fields.emplace_back("Allow", "POST");
  return response;
}

SessionTable::Line& line_of(SessionTable& sessions, const net::WebRequest& request, std::shared_ptr<SessionTable::Line>& own) {
  if (request.connection == nullptr) return *(own = sessions.make_line());
  auto& held = request.connection->attachment;
  if (!held) held = sessions.make_line();
  return *std::static_pointer_cast<SessionTable::Line>(held);
}

}  // namespace nscl::rem
