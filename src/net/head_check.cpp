// SPDX-License-Identifier: Apache-2.0
// The grammar of a request head (RFC 9112), read strictly: what two readers could understand differently is refused.
#include <nscl/net/head_check.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace nscl::net {
namespace {

constexpr std::size_t longest_field = 8 * 1024;
constexpr std::size_t longest_method = 32;

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

constexpr CharSet token_chars = make_set("!#$%&'*+-.^_`|~", true);
constexpr CharSet target_chars = make_set("-._~:/?[]@!$&'()*+,;=%", true);
constexpr CharSet host_chars = make_set("-._~%", true);
constexpr CharSet ipv6_chars = make_set("0123456789abcdefABCDEF:.", false);
constexpr CharSet value_chars = make_value_set();
constexpr CharSet digit_chars = make_set("0123456789", false);

bool is_all(const CharSet& set, std::string_view text) {
  for (const char c : text)
    if (!set[static_cast<unsigned char>(c)]) return false;
  return true;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

/// Fields that may stand in a head once.
enum Single : unsigned {
  host = 1, content_length = 2, transfer_encoding = 4, authorization = 8, content_type = 16, from = 32, expect = 64,
  if_match = 128, if_none_match = 256, if_modified_since = 512, if_unmodified_since = 1024, content_encoding = 2048
};

struct SingleField {
  std::string_view name;
  Single bit;
};

constexpr SingleField single_fields[] = {
    {"host", host}, {"from", from}, {"expect", expect}, {"if-match", if_match}, {"content-type", content_type},
    {"authorization", authorization}, {"if-none-match", if_none_match}, {"content-length", content_length},
    {"transfer-encoding", transfer_encoding}, {"if-modified-since", if_modified_since},
    {"if-unmodified-since", if_unmodified_since}, {"content-encoding", content_encoding}};

unsigned single_bit(std::string_view name) {
  for (const auto& field : single_fields)
    if (field.name.size() == name.size() && equals_ignoring_case(name, field.name)) return field.bit;
  return 0;
}

constexpr std::string_view known_methods[] = {"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE", "PATCH"};

std::string_view without_blanks(std::string_view value) {
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
  return value;
}

bool is_port(std::string_view port) {
  if (port.empty() || port.size() > 5 || !is_all(digit_chars, port)) return false;
  unsigned number = 0;
  for (const char c : port) number = number * 10 + static_cast<unsigned>(c - '0');
  return number <= 65535;
}

/// uri-host [":" port], without user-info, path or list.
bool is_host(std::string_view value) {
  std::string_view name = value;
  std::optional<std::string_view> port;
  const auto colon = value.rfind(':');
  if (colon != std::string_view::npos && value.back() != ']') {
    name = value.substr(0, colon);
    port = value.substr(colon + 1);
  }
  if (port && !is_port(*port)) return false;
  if (name.size() > 2 && name.front() == '[' && name.back() == ']')
    return is_all(ipv6_chars, name.substr(1, name.size() - 2));
  return !name.empty() && name.size() <= 255 && is_all(host_chars, name);
}

bool has_scheme(std::string_view target) {
  const auto colon = target.find("://");
  return colon != std::string_view::npos && colon > 0 && colon + 3 < target.size() &&
         is_all(make_set("+-.", true), target.substr(0, colon));
}

bool is_target(std::string_view method, std::string_view target) {
  if (target.empty() || !is_all(target_chars, target)) return false;
  if (method == "CONNECT" && is_host(target)) return true;   // nobody tunnels here: the handler says so
  return target.front() == '/' || target == "*" || has_scheme(target);
}

/// Reads the lines of a head one after the other and remembers what the end must be judged by.
class HeadScan {
 public:
  explicit HeadScan(const HeadLimits& limits) : limits_(limits) {}

  /// `line` without its CR LF.
  HeadVerdict request_line(std::string_view line);
  HeadVerdict field_line(std::string_view line);
  HeadVerdict end() const;

  /// The beginning of a request line whose end has not arrived.
  HeadVerdict request_line_begin(std::string_view begin) const;

 private:
  HeadVerdict version(std::string_view version);
  HeadVerdict field(std::string_view name, std::string_view value);

  const HeadLimits& limits_;
  std::size_t fields_ = 0;
  unsigned seen_ = 0;
  bool is_known_method_ = true;
  bool is_http_1_0_ = false;
};

HeadVerdict HeadScan::request_line_begin(std::string_view begin) const {
  const auto space = begin.find(' ');
  const auto method = begin.substr(0, space);
  if (method.size() > longest_method) return {400, "the method is longer than 32 octets"};
  if (!is_all(token_chars, method)) return {400, "the method is no token"};
  if (space == std::string_view::npos) return {};
  const auto rest = begin.substr(space + 1);
  if (rest.substr(0, rest.find(' ')).size() > limits_.target) return {414, "the request target is too long"};
  return {};
}

HeadVerdict HeadScan::request_line(std::string_view line) {
  if (const auto verdict = request_line_begin(line); verdict.status != 0) return verdict;
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || first == 0) return {400, "the request line is malformed"};
  const auto method = line.substr(0, first);
  if (!is_target(method, line.substr(first + 1, last - first - 1))) return {400, "the request target is malformed"};
  is_known_method_ = std::find(std::begin(known_methods), std::end(known_methods), method) != std::end(known_methods);
  return version(line.substr(last + 1));
}

HeadVerdict HeadScan::version(std::string_view version) {
  const bool has_form = version.size() == 8 && version.substr(0, 5) == "HTTP/" && version[6] == '.' &&
                        digit_chars[static_cast<unsigned char>(version[5])] &&
                        digit_chars[static_cast<unsigned char>(version[7])];
  if (!has_form) return {400, "the HTTP version is malformed"};
  is_http_1_0_ = version == "HTTP/1.0";
  if (!is_http_1_0_ && version != "HTTP/1.1") return {505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  return {};
}

HeadVerdict HeadScan::field_line(std::string_view line) {
  if (++fields_ > limits_.fields) return {431, "the head has too many fields"};
  if (line.size() > longest_field) return {431, "a header field is too long"};
  if (line.front() == ' ' || line.front() == '\t') return {400, "folded header fields are not taken"};
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return {400, "a header field has no colon"};
  const auto name = line.substr(0, colon);
  if (name.empty() || !is_all(token_chars, name)) return {400, "the name of a header field is no token"};
  const auto value = line.substr(colon + 1);
  if (!is_all(value_chars, value)) return {400, "a header field holds a control character"};
  return field(name, value);
}

HeadVerdict HeadScan::field(std::string_view name, std::string_view value) {
  const unsigned bit = single_bit(name);
  if (bit == 0) return {};
  if ((seen_ & bit) != 0) return {400, "a header field that may stand once is repeated"};
  seen_ |= bit;
  value = without_blanks(value);
  if (bit == content_length && (value.empty() || value.size() > 19 || !is_all(digit_chars, value)))
    return {400, "Content-Length is not one decimal number"};
  if (bit == transfer_encoding && !equals_ignoring_case(value, "chunked"))
    return {400, "only the transfer coding chunked is understood"};
  if (bit == host && !is_host(value)) return {400, "Host is malformed"};
  return {};
}

HeadVerdict HeadScan::end() const {
  if ((seen_ & transfer_encoding) != 0) {
    if ((seen_ & content_length) != 0) return {400, "Transfer-Encoding and Content-Length exclude each other"};
    if (is_http_1_0_) return {400, "HTTP/1.0 has no Transfer-Encoding"};
  }
  if (!is_http_1_0_ && (seen_ & host) == 0) return {400, "Host is missing"};
  if (!is_known_method_) return {501, "the method is unknown"};
  return {};
}

/// Hands the whole lines of `text` to the scan; what is behind the last one stays in `rest`. `ended`: the empty line
/// came.
HeadVerdict scan_lines(HeadScan& scan, std::string_view text, std::string_view& rest, bool& ended) {
  bool is_first = true;
  for (rest = text;;) {
    const auto newline = rest.find('\n');
    if (newline == std::string_view::npos) break;
    if (newline == 0 || rest[newline - 1] != '\r') return {400, "a line of the head does not end with CR LF"};
    const auto line = rest.substr(0, newline - 1);
    rest.remove_prefix(newline + 1);
    if (line.empty()) {
      ended = true;
      return is_first ? HeadVerdict{400, "the request line is missing"} : HeadVerdict{};
    }
    const auto verdict = is_first ? scan.request_line(line) : scan.field_line(line);
    if (verdict.status != 0) return verdict;
    is_first = false;
  }
  return is_first ? scan.request_line_begin(rest.substr(0, rest.find('\r'))) : HeadVerdict{};
}

}  // namespace

HeadVerdict check_head(std::string_view head, const HeadLimits& limits) {
  HeadScan scan{limits};
  std::string_view rest;
  bool ended = false;
  const auto verdict = scan_lines(scan, head, rest, ended);
  if (verdict.status != 0) return verdict;
  if (head.size() > limits.head) return {431, "the head is too long"};
  if (!ended || !rest.empty()) return {400, "the head does not end with an empty line"};
  return scan.end();
}

HeadVerdict check_partial_head(std::string_view partial, const HeadLimits& limits) {
  HeadScan scan{limits};
  std::string_view rest;
  bool ended = false;
  const auto verdict = scan_lines(scan, partial, rest, ended);
  if (verdict.status != 0) return verdict;
  if (partial.size() > limits.head) return {431, "the head is too long"};
  if (rest.size() > longest_field) return {431, "a header field is too long"};
  const auto carriage_return = rest.find('\r');
  if (carriage_return != std::string_view::npos && carriage_return + 1 != rest.size())
    return {400, "a line of the head does not end with CR LF"};
  if (rest.find('\0') != std::string_view::npos) return {400, "the head holds a control character"};
  return {};
}

}  // namespace nscl::net
