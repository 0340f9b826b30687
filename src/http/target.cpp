// SPDX-License-Identifier: Apache-2.0
// Request targets are decoded segment by segment, so that no escape can mean a '/', and compared only then.
#include "target.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <nscl/base/path.h>
#include <nscl/base/recent.h>

namespace nscl::http {
namespace {

using core::Dialect;
using core::Policy;

constexpr std::size_t most_parameters = 100;

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// "Host:80" -> "host", for http.
std::string normal_authority(std::string_view scheme, std::string_view authority) {
  const std::string_view port = scheme == "https" ? ":443" : ":80";
  if (authority.ends_with(port)) authority.remove_suffix(port.size());
  return lower(authority);
}

std::string_view authority_of(std::string_view uri) {
  const auto begin = uri.find("://");
  if (begin == uri.npos) return {};
  const auto rest = uri.substr(begin + 3);
  return rest.substr(0, rest.find_first_of("/?#"));
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

using Segments = std::vector<std::string>;

/// "/a/b%20c/" -> {"a", "b c"}; one trailing slash is tolerated.
Result<Segments> split_path(std::string_view path) {
  Segments segments;
  if (!path.starts_with('/')) return bad_request("the request target is no absolute path");
  for (path.remove_prefix(1); !path.empty();) {
    const auto slash = std::min(path.find('/'), path.size());
    auto segment = percent_decode(path.substr(0, slash));
    if (!segment || has_control(*segment)) return bad_request("the path has a broken escape or forbidden characters");
    if (segment->empty()) return bad_request("the path has an empty segment");
    if (*segment == "." || *segment == "..") return bad_request("the path has a dot segment");
    if (segment->find('/') != std::string::npos) return bad_request("the path has an escaped slash");
    segments.push_back(*std::move(segment));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return segments;
}

/// The prefixes of the configuration; they may have several segments, or none.
Segments prefix(std::string_view path) {
  return split_path(path).value_or(Segments{});
}

bool has_prefix(const Segments& segments, const Segments& prefix) {
  return segments.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), segments.begin());
}

std::string join_from(const Segments& segments, std::size_t first) {
  std::string path;
  for (auto i = first; i < segments.size(); ++i) path = join(path, segments[i]);
  return path;
}

Result<void> locate(const Segments& segments, const Policy& policy, Target& target) {
  if (const auto om2m = prefix(policy.om2m_path); !om2m.empty() && has_prefix(segments, om2m)) {
    target.dialect = Dialect::om2m;
    if (segments.size() == om2m.size()) return failure(Status::not_found, "the path names no SCL");
    const auto& scl = segments[om2m.size()];
    target.path = join_from(segments, om2m.size() + 1);
    if (scl != policy.scl_id) target.route = core::Route{.scl_id = scl, .path = target.path};
    return {};
  }
  const auto base = prefix(policy.base_path);
  if (!has_prefix(segments, base)) return failure(Status::not_found, "nothing is served below this path");
  target.path = join_from(segments, base.size());
  return {};
}

struct Location {
  std::string_view path;      ///< from its first '/', with the query
  bool is_own = true;
};

/// The text behind the authority, if `uri` is absolute; the whole text if it is a path.
Result<Location> location_of(std::string_view uri, std::string_view host, const Policy& policy) {
  if (uri.starts_with('/')) return Location{uri};
  const auto colon = uri.find("://");
  if (colon == uri.npos || colon == 0) return bad_request("the request target is neither a path nor an absolute URI");
  const auto scheme = lower(uri.substr(0, colon));
  const auto authority = authority_of(uri);
  if (authority.empty()) return bad_request("the request target names no host");
  const bool is_web = scheme == "http" || scheme == "https";
  const auto rest = uri.substr(colon + 3 + authority.size());
  return Location{rest.empty() ? std::string_view{"/"} : rest, is_web && is_own_authority(scheme, authority, host, policy)};
}

/// What `uri` says by itself; a targetID is still among its query.
Result<void> understand(std::string_view uri, std::string_view host, const Policy& policy, Target& target) {
  if (uri.find('#') != uri.npos) return bad_request("a request target has no fragment");
  const auto location = location_of(uri, host, policy);
  if (!location) return tl::unexpected(location.error());
  const auto path = location->path;
  const auto mark = path.find('?');
  const auto segments = split_path(mark == 0 ? std::string_view{"/"} : path.substr(0, mark));
  if (!segments) return tl::unexpected(segments.error());
  if (!location->is_own) target.route = core::Route{.uri = std::string(uri.substr(0, uri.find('?')))};
  else if (auto located = locate(*segments, policy, target); !located) return located;
  target.raw_query = mark == path.npos ? std::string_view{} : path.substr(mark + 1);
  auto query = parse_query(target.raw_query);
  if (!query) return tl::unexpected(query.error());
  target.query = *std::move(query);
  return {};
}

Result<std::optional<std::string>> target_id_of(const Query& query) {
  std::optional<std::string> found;
  for (const auto& [name, value] : query) {
    if (name != "targetID") continue;
    if (found) return bad_request("targetID is repeated");
    found = value;
  }
  return found;
}

/// Replaces what `target` means by what its targetID says.
Result<void> follow_target_id(std::string_view host, const Policy& policy, Target& target) {
  const auto id = target_id_of(target.query);
  if (!id) return tl::unexpected(id.error());
  if (!*id) return {};
  Target indirect;
  const auto understood = understand(**id, host, policy, indirect);
  if (!understood) return understood;
  const auto further = target_id_of(indirect.query);
  if (!further || *further) return bad_request("a targetID cannot hold another one");
  target = std::move(indirect);
  return {};
}

std::string unified_name(std::string name) {
  if (name == "createdSince") return "createdAfter";
  if (name == "createdUntil") return "createdBefore";
  return name;
}

/// A name that needs no decoding.
bool is_plain(std::string_view segment) {
  const auto is_word = [](unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  return !segment.empty() && std::all_of(segment.begin(), segment.end(), is_word);
}

/// What is new below a known target costs its last segment only; nullopt where the whole text has to be taken apart.
/// `known` answers for the text above it. No prefix of ours lies within another (app/config_check.cpp).
std::optional<Target> below_known(std::string_view target, const auto& known) {
  const auto slash = target.rfind('/');
  const auto above = target.substr(0, slash), name = target.substr(slash + 1);
  if (!is_plain(name) || above.empty() || above.ends_with('/')) return std::nullopt;
  auto found = known(above);
  if (!found.validity || found.route) return std::nullopt;
  found.path = join(found.path, name);
  return found;
}

}  // namespace

Target parse_target(std::string_view target, std::string_view host, const Policy& policy) {
  Target parsed;
  if (target == "*") {
    parsed.is_asterisk = true;
    return parsed;
  }
  parsed.validity = understand(target, host, policy, parsed);
  if (parsed.validity) parsed.validity = follow_target_id(host, policy, parsed);
  return parsed;
}

// Origin-form without a query depends on nothing but the policy. What is cheap to make out of its collection is not kept.
Target remembered_target(std::string_view target, std::string_view host, const std::shared_ptr<const Policy>& policy) {
  thread_local Recent<Target, 1024> targets;
  thread_local std::shared_ptr<const Policy> known;
  if (!target.starts_with('/') || target.find('?') != target.npos) return parse_target(target, host, *policy);
  if (known != policy) targets.clear();
  known = policy;
  const auto parse = [&](std::string_view text) {
    return *targets.get(text, [&] { return std::make_shared<const Target>(parse_target(text, host, *policy)); });
  };
  auto below = below_known(target, parse);
  return below ? *std::move(below) : parse(target);
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
  const auto mark = target.find('?');
  return mark == target.npos ? std::string_view{} : target.substr(mark + 1);
}

bool read_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

Result<Query> parse_query(std::string_view query) {
  Query parameters;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto parameter = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (parameter.empty()) continue;
    if (parameters.size() == most_parameters) return bad_request("the query has more than 100 parameters");
    const auto equals = std::min(parameter.find('='), parameter.size());
    auto name = query_decode(parameter.substr(0, equals));
    auto value = query_decode(parameter.substr(std::min(equals + 1, parameter.size())));
    if (!name || !value) return bad_request("the query has a broken escape or forbidden characters");
    parameters.emplace_back(unified_name(*std::move(name)), *std::move(value));
  }
  return parameters;
}

bool is_own_authority(std::string_view scheme, std::string_view authority, std::string_view host, const Policy& policy) {
  const auto wanted = normal_authority(scheme, authority);
  const auto equals = [&](std::string_view other) { return !other.empty() && normal_authority(scheme, other) == wanted; };
  return equals(host) || equals(authority_of(policy.base_uri)) || std::any_of(policy.aliases.begin(), policy.aliases.end(), equals);
}

bool ends_in(std::string_view path, std::string_view segment) { return last_segment(path) == segment; }

}  // namespace nscl::http
