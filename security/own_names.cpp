// SPDX-License-Identifier: Apache-2.0
// Entity URIs -> canonical form. What comes out decides who somebody is, so every doubt makes the text a foreign one.
#include <nscl/security/own_names.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <nscl/base/path.h>

namespace nscl::security {
namespace {

constexpr std::array<std::string_view, 7> root_children = {"scls",   "applications", "containers",   "accessRights",
                                                           "groups", "subscriptions", "discovery"};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

struct Absolute {
  std::string scheme;             // lower case
  std::string_view authority;
  std::string_view path;          // with its leading '/' and whatever follows the path
};

bool is_scheme(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto is_follower = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'; };
  return !text.empty() && is_letter(text.front()) && std::ranges::all_of(text, is_follower);
}

std::optional<Absolute> split_absolute(std::string_view uri) {
  const auto colon = uri.find("://");
  if (colon == uri.npos || !is_scheme(uri.substr(0, colon))) return std::nullopt;
  const auto rest = uri.substr(colon + 3);
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  return Absolute{lower(uri.substr(0, colon)), rest.substr(0, end), rest.substr(end)};
}

std::string_view default_port(std::string_view scheme) {
  if (scheme == "http") return "80";
  if (scheme == "https") return "443";
  if (scheme == "coap") return "5683";
  return scheme == "coaps" ? "5684" : "";
}

/// "Host.Example.:0080" -> "host.example" under http; nullopt if it is not host[:port].
std::optional<std::string> normal_authority(std::string_view text, std::string_view scheme) {
  if (text.find_first_of("@%\\/ \t\r\n") != text.npos) return std::nullopt;
  const auto bracket = text.find(']');
  const auto colon = text.find(':', bracket == text.npos ? 0 : bracket);
  std::string_view host = text.substr(0, colon);
  std::string_view port = colon == text.npos ? std::string_view{} : text.substr(colon + 1);
  unsigned number = 0;
  const auto parsed = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool is_number = port.empty() || (parsed.ec == std::errc{} && parsed.ptr == port.data() + port.size() && number <= 65535);
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.empty() || host.ends_with('.') || !is_number) return std::nullopt;
  std::string out = lower(host);
  if (const auto text_of_port = std::to_string(number); !port.empty() && text_of_port != default_port(scheme)) out += ":" + text_of_port;
  return out;
}

/// True if `authority` (normalised for `scheme`) means this SCL.
bool is_own_authority(const std::string& authority, std::string_view scheme, std::string_view host, const OwnNames& own) {
  const auto equals = [&](std::string_view other) { return normal_authority(other, scheme) == authority; };
  if (!host.empty() && equals(host)) return true;
  if (const auto base = split_absolute(own.base_uri); base && equals(base->authority)) return true;
  return std::ranges::any_of(own.aliases, equals);
}

/// "a%20b/" -> "a b". nullopt unless every segment is a name once its escapes are undone.
std::optional<std::string> decoded_path(std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  std::string out;
  while (!path.empty()) {
    const auto slash = std::min(path.find('/'), path.size());
    const auto segment = percent_decode(path.substr(0, slash));
    if (!segment || !is_valid_id(*segment)) return std::nullopt;
    if (!out.empty()) out += '/';
    out += *segment;
    // What follows a '/' is a segment, even if it is empty.
    if (slash + 1 == path.size()) return std::nullopt;
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return out;
}

/// The part of `path` below `base`, or nullopt.
std::optional<std::string_view> below(std::string_view path, std::string_view base) {
  if (base.ends_with('/')) base.remove_suffix(1);
  if (!is_within(path, base)) return std::nullopt;
  path.remove_prefix(base.size());
  if (path.starts_with('/')) path.remove_prefix(1);
  return path;
}

/// A server-absolute path -> path below the sclBase.
std::optional<std::string> local_from_path(std::string_view path, const OwnNames& own) {
  if (const auto rest = below(path, own.base_path)) return decoded_path(*rest);
  if (own.om2m_path.empty()) return std::nullopt;
  if (const auto rest = below(path, join(own.om2m_path, own.scl_id))) return decoded_path(*rest);
  return std::nullopt;
}

/// "scls/gw1" and OM2M's "nscl/scls/gw1" -> path below the sclBase.
std::optional<std::string> local_from_relative(std::string_view text, const OwnNames& own) {
  const auto first = text.substr(0, text.find('/'));
  if (std::ranges::find(root_children, first) != root_children.end()) return decoded_path(text);
  if (own.scl_id.empty() || first != own.scl_id) return std::nullopt;
  return decoded_path(text.substr(std::min(first.size() + 1, text.size())));
}

/// False if the path would mean something else after one more step of normalisation.
bool is_settled(std::string_view path) {
  for (auto segments = path.substr(0, path.find_first_of("?#")); !segments.empty();) {
    const auto slash = std::min(segments.find('/'), segments.size());
    const auto segment = percent_decode(segments.substr(0, slash));
    if (!segment || *segment == "." || *segment == ".." || segment->find('/') != std::string::npos) return false;
    segments.remove_prefix(std::min(slash + 1, segments.size()));
  }
  return true;
}

std::string canonical_absolute(const Absolute& parts, std::string_view uri, std::string_view host, const OwnNames& own) {
  const auto authority = normal_authority(parts.authority, parts.scheme);
  if (!authority || !is_settled(parts.path)) return std::string(uri);
  const bool is_web = parts.scheme == "http" || parts.scheme == "https";
  if (is_web && is_own_authority(*authority, parts.scheme, host, own)) {
    if (auto local = local_from_path(parts.path, own)) return *std::move(local);
  }
  std::string_view path = parts.path;
  const bool has_query = path.find_first_of("?#") != path.npos;
  while (!has_query && path.ends_with('/')) path.remove_suffix(1);
  return parts.scheme + "://" + *authority + std::string(path);
}

}  // namespace

std::string canonical_entity(std::string_view uri, std::string_view authority, const OwnNames& own) {
  if (const auto parts = split_absolute(uri)) return canonical_absolute(*parts, uri, authority, own);
  if (uri.starts_with('/')) return local_from_path(uri, own).value_or(std::string(uri));
  // Two slashes: with one, "m2m/scls/gw1" would be ours if it came here again.
  return local_from_relative(uri, own).value_or("//" + std::string(uri));
}

bool is_own_entity(std::string_view entity) {
  const std::string_view collection = parent_path(entity);
  return (collection == "applications" || collection == "scls") && is_valid_id(last_segment(entity));
}

bool is_settled_entity(std::string_view entity) {
  const auto parts = split_absolute(entity);
  return !parts || is_settled(parts->path);
}

}  // namespace nscl::security
