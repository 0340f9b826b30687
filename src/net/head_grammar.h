// SPDX-License-Identifier: Apache-2.0
// What heads of requests and of answers have in common (RFC 9112), read strictly.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include <nscl/net/head_check.h>

namespace nscl::net::grammar {

constexpr std::size_t longest_field = 8 * 1024;   ///< octets of a line, without its CR LF

using CharSet = std::array<bool, 256>;

constexpr CharSet make_set(std::string_view members, bool with_alphanumerics) {
  CharSet set{};
  for (const char c : members) set[static_cast<unsigned char>(c)] = true;
  if (with_alphanumerics) {
    for (int c = '0'; c <= '9'; ++c) set[static_cast<std::size_t>(c)] = true;
    for (int c = 'a'; c <= 'z'; ++c) set[static_cast<std::size_t>(c)] = true;
    for (int c = 'A'; c <= 'Z'; ++c) set[static_cast<std::size_t>(c)] = true;
  }
  return set;
}

constexpr CharSet make_value_set() {
  CharSet set{};
  for (std::size_t c = 0; c < set.size(); ++c) set[c] = c == '\t' || (c >= 0x20 && c != 0x7f);
  return set;
}

inline constexpr CharSet token_chars = make_set("!#$%&'*+-.^_`|~", true);
inline constexpr CharSet target_chars = make_set("-._~:/?[]@!$&'()*+,;=%", true);
inline constexpr CharSet host_chars = make_set("-._~%", true);
inline constexpr CharSet ipv6_chars = make_set("0123456789abcdefABCDEF:.", false);
inline constexpr CharSet scheme_chars = make_set("+-.", true);
inline constexpr CharSet value_chars = make_value_set();
inline constexpr CharSet digit_chars = make_set("0123456789", false);

inline bool is_all(const CharSet& set, std::string_view text) {
  for (const char c : text)
    if (!set[static_cast<unsigned char>(c)]) return false;
  return true;
}

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

inline bool equals_ignoring_case(std::string_view text, std::string_view other) {
  return std::equal(text.begin(), text.end(), other.begin(), other.end(), [](char a, char b) { return lower(a) == lower(b); });
}

inline std::string_view without_blanks(std::string_view value, std::string_view blanks = " ") {
  const auto begin = value.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return value.substr(begin, value.find_last_not_of(blanks) - begin + 1);
}

inline bool is_port(std::string_view port) {
  if (port.empty() || port.size() > 5 || !is_all(digit_chars, port)) return false;
  unsigned number = 0;
  for (const char c : port) number = number * 10 + static_cast<unsigned>(c - '0');
  return number <= 65535;
}

/// An authority in its parts; `port` may be absent, `name` keeps the brackets of an IPv6 address.
struct Authority {
  std::string_view name;
  std::optional<std::string_view> port;
};

inline Authority split_authority(std::string_view value) {
  const auto colon = value.rfind(':');
  if (colon == std::string_view::npos || value.back() == ']') return {value, std::nullopt};
  return {value.substr(0, colon), value.substr(colon + 1)};
}

inline bool is_bracketed(std::string_view name) { return name.size() > 2 && name.front() == '[' && name.back() == ']'; }

/// uri-host [":" port], without user-info, path or list.
inline bool is_host(std::string_view value) {
  const auto [name, port] = split_authority(value);
  if (port && !is_port(*port)) return false;
  if (is_bracketed(name)) return is_all(ipv6_chars, name.substr(1, name.size() - 2));
  return !name.empty() && name.size() <= 255 && is_all(host_chars, name);
}

/// The value of Content-Length: one decimal number that fits.
inline bool is_length(std::string_view value) { return !value.empty() && value.size() <= 19 && is_all(digit_chars, value); }

enum class Line { none, whole, malformed };

/// Takes the first line of `rest`, without its CR LF, into `line`. Malformed: it ends with LF alone.
inline Line take_line(std::string_view& rest, std::string_view& line) {
  const auto newline = rest.find('\n');
  if (newline == std::string_view::npos) return Line::none;
  if (newline == 0 || rest[newline - 1] != '\r') return Line::malformed;
  line = rest.substr(0, newline - 1);
  rest.remove_prefix(newline + 1);
  return Line::whole;
}

inline HeadVerdict check_version(std::string_view version, bool& is_http_1_0) {
  const bool has_form = version.size() == 8 && version.substr(0, 5) == "HTTP/" && version[6] == '.' &&
                        digit_chars[static_cast<unsigned char>(version[5])] &&
                        digit_chars[static_cast<unsigned char>(version[7])];
  if (!has_form) return {400, "the HTTP version is malformed"};
  is_http_1_0 = version == "HTTP/1.0";
  if (!is_http_1_0 && version != "HTTP/1.1") return {505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  return {};
}

struct Field {
  std::string_view name, value;   ///< the value with the blanks around it
};

/// A whole, non-empty field line.
inline HeadVerdict split_field(std::string_view line, Field& field) {
  if (line.size() > longest_field) return {431, "a header field is too long"};
  if (line.front() == ' ' || line.front() == '\t') return {400, "folded header fields are not taken"};
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return {400, "a header field has no colon"};
  field = {line.substr(0, colon), line.substr(colon + 1)};
  if (field.name.empty() || !is_all(token_chars, field.name)) return {400, "the name of a header field is no token"};
  if (!is_all(value_chars, field.value)) return {400, "a header field holds a control character"};
  return {};
}

/// What the fields that frame a body must keep to, each for itself and together.
inline HeadVerdict check_length_field(std::string_view value) {
  return is_length(value) ? HeadVerdict{} : HeadVerdict{400, "Content-Length is not one decimal number"};
}
inline HeadVerdict check_coding_field(std::string_view value) {
  return equals_ignoring_case(value, "chunked") ? HeadVerdict{} : HeadVerdict{400, "only the transfer coding chunked is understood"};
}
inline HeadVerdict check_framing(bool has_coding, bool has_length, bool is_http_1_0) {
  if (has_coding && has_length) return {400, "Transfer-Encoding and Content-Length exclude each other"};
  if (has_coding && is_http_1_0) return {400, "HTTP/1.0 has no Transfer-Encoding"};
  return {};
}

}  // namespace nscl::net::grammar
