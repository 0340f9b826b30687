// SPDX-License-Identifier: Apache-2.0
#include "range.h"

#include <algorithm>
#include <charconv>

namespace nscl::rem {
namespace {

constexpr std::string_view unit = "bytes=";

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// Weak comparison, as If-None-Match asks for. Our tags are made of hexadecimal digits, so that no comma stands in them.
bool lists(std::string_view field, std::string_view etag) {
  while (!field.empty()) {
    const auto comma = std::min(field.find(','), field.size());
    auto one = trimmed(field.substr(0, comma));
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == etag || one == "*") return true;
    field.remove_prefix(std::min(comma + 1, field.size()));
  }
  return false;
}

bool is_unchanged(const net::WebRequest& request, std::string_view etag, Time changed) {
  if (!request.if_none_match.empty()) return lists(request.if_none_match, etag);
  const auto since = parse_http_date(request.if_modified_since);
  return since && changed <= *since;
}

/// RFC 9110 13.1.5: a strong comparison, or the very date.
bool has_right_base(const net::WebRequest& request, std::string_view etag, Time changed) {
  const auto base = trimmed(request.if_range);
  if (base.empty() || base == etag) return true;
  const auto date = parse_http_date(base);
  return date && *date == changed;
}

/// nullopt if it is not all digits; what does not fit is larger than every file.
std::optional<std::uint64_t> number_in(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} ? number : UINT64_MAX;
}

std::optional<WantedRange> part_of(std::string_view range, std::uint64_t size) {
  if (!range.starts_with(unit)) return std::nullopt;
  range = trimmed(range.substr(unit.size()));
  const auto dash = range.find('-');
  if (dash == range.npos || range.find(',') != range.npos) return std::nullopt;
  const auto first = number_in(range.substr(0, dash)), last = number_in(range.substr(dash + 1));
  const bool has_first = dash != 0, has_last = dash + 1 != range.size();
  if ((has_first && !first) || (has_last && !last) || (!has_first && !has_last) || (first && last && *last < *first)) return std::nullopt;
  WantedRange wanted{WantedRange::Kind::part};
  if (!has_first) {
    wanted.size = std::min(*last, size);
    wanted.first = size - wanted.size;
  } else if (*first < size) {
    wanted.first = *first;
    wanted.size = (has_last ? std::min(*last, size - 1) : size - 1) - *first + 1;
  }
  return wanted.size != 0 ? wanted : WantedRange{WantedRange::Kind::unsatisfiable};
}

}  // namespace

WantedRange wanted_of(const net::WebRequest& request, std::uint64_t size, std::string_view etag, Time changed) {
  if (is_unchanged(request, etag, changed)) return {WantedRange::Kind::unchanged};
  const bool may_be_part = request.method == net::Method::get && !request.range.empty() && has_right_base(request, etag, changed);
  if (may_be_part) {
    if (const auto part = part_of(trimmed(request.range), size)) return *part;
  }
  return {WantedRange::Kind::whole, 0, size};
}

}  // namespace nscl::rem
