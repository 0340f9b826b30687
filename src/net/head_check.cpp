// SPDX-License-Identifier: Apache-2.0
// The grammar of a request head (RFC 9112), read strictly: what two readers could understand differently is refused.
#include <nscl/net/head_check.h>

#include <algorithm>

#include "head_grammar.h"

namespace nscl::net {
namespace {

using namespace grammar;

constexpr std::size_t longest_method = 32;

/// Fields that may stand in a head once.
enum Single : unsigned {
  host = 1, content_length = 2, transfer_encoding = 4, authorization = 8, content_type = 16, from = 32, expect = 64,
  if_match = 128, if_none_match = 256, if_modified_since = 512, if_unmodified_since = 1024, content_encoding = 2048, range = 4096, if_range = 8192
};

struct SingleField {
  std::string_view name;
  Single bit;
};

constexpr SingleField single_fields[] = {
    {"host", host}, {"from", from}, {"expect", expect}, {"if-match", if_match}, {"content-type", content_type},
    {"authorization", authorization}, {"if-none-match", if_none_match}, {"content-length", content_length},
    {"transfer-encoding", transfer_encoding}, {"if-modified-since", if_modified_since},
    {"if-unmodified-since", if_unmodified_since}, {"content-encoding", content_encoding},
    {"range", range}, {"if-range", if_range}};

unsigned single_bit(std::string_view name) {
  for (const auto& field : single_fields)
    if (field.name.size() == name.size() && equals_ignoring_case(name, field.name)) return field.bit;
  return 0;
}

constexpr std::string_view known_methods[] = {"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE", "PATCH"};

bool has_scheme(std::string_view target) {
  const auto colon = target.find("://");
  return colon != std::string_view::npos && colon > 0 && colon + 3 < target.size() &&
         is_all(scheme_chars, target.substr(0, colon));
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
  return check_version(line.substr(last + 1), is_http_1_0_);
}

HeadVerdict HeadScan::field_line(std::string_view line) {
  if (++fields_ > limits_.fields) return {431, "the head has too many fields"};
  Field found;
  const auto verdict = split_field(line, found);
  return verdict.status != 0 ? verdict : field(found.name, found.value);
}

HeadVerdict HeadScan::field(std::string_view name, std::string_view value) {
  const unsigned bit = single_bit(name);
  if (bit == 0) return {};
  if ((seen_ & bit) != 0) return {400, "a header field that may stand once is repeated"};
  seen_ |= bit;
  value = without_blanks(value);
  if (bit == content_length) return check_length_field(value);
  if (bit == transfer_encoding) return check_coding_field(value);
  if (bit == host && !is_host(value)) return {400, "Host is malformed"};
  return {};
}

HeadVerdict HeadScan::end() const {
  const auto verdict = check_framing((seen_ & transfer_encoding) != 0, (seen_ & content_length) != 0, is_http_1_0_);
  if (verdict.status != 0) return verdict;
  if (!is_http_1_0_ && (seen_ & host) == 0) return {400, "Host is missing"};
  if (!is_known_method_) return {501, "the method is unknown"};
  return {};
}

/// Hands the whole lines of `text` to the scan; what is behind the last one stays in `rest`. `ended`: the empty line
/// came.
HeadVerdict scan_lines(HeadScan& scan, std::string_view text, std::string_view& rest, bool& ended) {
  bool is_first = true;
  std::string_view line;
  for (rest = text;;) {
    const auto found = take_line(rest, line);
    if (found == Line::none) break;
    if (found == Line::malformed) return {400, "a line of the head does not end with CR LF"};
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
