// SPDX-License-Identifier: Apache-2.0
// What leaves is checked as strictly as what arrives: no value may begin a new line, no field may frame the body twice.
#include "outgoing_request.h"

#include <algorithm>
#include <charconv>

#include "head_grammar.h"

namespace nscl::net {
namespace {

using namespace grammar;
using Kind = WebFailure::Kind;

constexpr std::size_t longest_uri = longest_field;
constexpr std::size_t largest_head = 64 * 1024;

/// What the client says itself, or what nobody may say through it.
constexpr std::string_view own_fields[] = {"host", "content-length", "transfer-encoding", "connection", "keep-alive",
                                           "proxy-connection", "te", "trailer", "upgrade", "expect"};

tl::unexpected<WebFailure> fail(Kind kind, std::string detail) { return tl::unexpected<WebFailure>{WebFailure{kind, std::move(detail)}}; }
tl::unexpected<WebFailure> bad_uri(std::string detail) { return fail(Kind::bad_uri, std::move(detail)); }

bool is_scheme(std::string_view text) { return !text.empty() && is_all(scheme_chars, text); }

bool is_own(std::string_view name) {
  return std::any_of(std::begin(own_fields), std::end(own_fields), [&](std::string_view own) { return equals_ignoring_case(name, own); });
}

/// Host and port of a checked authority.
bool take_authority(std::string_view authority, OutgoingTarget& target) {
  if (!is_host(authority)) return false;
  const auto [name, port] = split_authority(authority);
  if (port) std::from_chars(port->data(), port->data() + port->size(), target.port);
  if (target.port == 0) return false;
  target.authority = authority;
  target.host = is_bracketed(name) ? name.substr(1, name.size() - 2) : name;
  for (char& c : target.host) c = lower(c);
  return true;
}

}  // namespace

tl::expected<OutgoingTarget, WebFailure> parse_outgoing_uri(std::string_view uri) {
  if (uri.size() > longest_uri) return bad_uri("the URI is too long");
  if (!is_all(target_chars, uri)) return bad_uri("the URI holds a character that no URI has, or a fragment");
  const auto colon = uri.find("://");
  if (colon == std::string_view::npos || !is_scheme(uri.substr(0, colon))) return bad_uri("the URI is not absolute");
  const auto scheme = uri.substr(0, colon);
  const bool is_tls = equals_ignoring_case(scheme, "https");
  if (!is_tls && !equals_ignoring_case(scheme, "http")) return fail(Kind::not_supported, "only the schemes http and https are supported");
  const auto rest = uri.substr(colon + 3);
  const auto end = std::min(rest.find_first_of("/?"), rest.size());
  OutgoingTarget target;
  target.is_tls = is_tls;
  target.port = is_tls ? 443 : 80;
  if (!take_authority(rest.substr(0, end), target)) return bad_uri("the URI names no host, or no port from 1 to 65535, or a user");
  const auto path = rest.substr(end);
  target.target = (path.starts_with('/') ? "" : "/") + std::string(path);
  return target;
}

std::optional<WebFailure> objection_to(std::string_view uri) {
  auto target = parse_outgoing_uri(uri);
  return target ? std::nullopt : std::optional(std::move(target.error()));
}

tl::expected<std::string, WebFailure> write_request_head(const WebCall& call, const OutgoingTarget& target) {
  if (call.method == Method::connect || call.method == Method::trace) return fail(Kind::not_supported, "the method is not one to call others with");
  std::string head{name_of(call.method)};
  head.append(" ").append(target.target).append(" HTTP/1.1\r\nHost: ").append(target.authority).append("\r\n");
  bool has_agent = false;
  for (const auto& [name, value] : call.fields) {
    if (name.empty() || !is_all(token_chars, name)) return bad_uri("the name of a header field is no token");
    if (!is_all(value_chars, value)) return bad_uri("the value of a header field holds a control character");
    if (is_own(name)) return bad_uri("the header field " + name + " is set by the client alone");
    has_agent = has_agent || equals_ignoring_case(name, "user-agent");
    head.append(name).append(": ").append(value).append("\r\n");
    if (head.size() > largest_head) return bad_uri("the header fields are too large");
  }
  if (!has_agent) head += "User-Agent: nscl\r\n";
  const bool may_have_body = call.method == Method::post || call.method == Method::put || call.method == Method::patch;
  if (call.body || may_have_body) head += "Content-Length: " + std::to_string(call.body ? call.body->size() : 0) + "\r\n";
  return head + "\r\n";
}

}  // namespace nscl::net
