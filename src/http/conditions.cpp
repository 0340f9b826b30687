// SPDX-License-Identifier: Apache-2.0
// Reads the lists of entity tags that peers send, with and without quotes.
#include "conditions.h"

#include <algorithm>

namespace nscl::http {
namespace {

constexpr std::size_t most_tags = 100;

/// Takes one tag from the front of `rest`, which begins with it.
Result<std::string> take_tag(std::string_view& rest, bool weak_counts) {
  const bool is_weak = rest.starts_with("W/\"");
  const auto begin = is_weak ? rest.substr(2) : rest;
  if (!begin.starts_with('"')) {   // peers forget the quotes
    const auto end = std::min(rest.find_first_of(", \t"), rest.size());
    std::string tag{rest.substr(0, end)};
    rest.remove_prefix(end);
    if (tag.find('"') != std::string::npos) return bad_request("an entity tag has a quote in its middle");
    return tag;
  }
  const auto end = begin.find('"', 1);
  if (end == begin.npos) return bad_request("an entity tag does not end");
  const auto opaque = begin.substr(1, end - 1);
  const auto whole = rest.substr(0, (is_weak ? 2 : 0) + end + 1);
  rest.remove_prefix(whole.size());
  return std::string{opaque == "*" || (is_weak && !weak_counts) ? whole : opaque};
}

}  // namespace

Result<std::vector<std::string>> parse_tags(std::string_view list, bool weak_counts) {
  std::vector<std::string> tags;
  for (;;) {
    list.remove_prefix(std::min(list.find_first_not_of(", \t"), list.size()));
    if (list.empty()) break;
    if (tags.size() == most_tags) return bad_request("more than 100 entity tags");
    auto tag = take_tag(list, weak_counts);
    if (!tag) return tl::unexpected(tag.error());
    tags.push_back(*std::move(tag));
  }
  if (tags.size() > 1 && std::find(tags.begin(), tags.end(), "*") != tags.end()) return bad_request("\"*\" stands alone");
  return tags;
}

Result<core::Conditions> parse_conditions(const net::WebRequest& request) {
  core::Conditions conditions;
  auto if_match = parse_tags(request.if_match, false);
  if (!if_match) return tl::unexpected(if_match.error());
  auto if_none_match = parse_tags(request.if_none_match, true);
  if (!if_none_match) return tl::unexpected(if_none_match.error());
  conditions.if_match = *std::move(if_match);
  conditions.if_none_match = *std::move(if_none_match);
  if (!request.if_modified_since.empty()) conditions.if_modified_since = parse_http_date(request.if_modified_since);
  if (!request.if_unmodified_since.empty()) conditions.if_unmodified_since = parse_http_date(request.if_unmodified_since);
  return conditions;
}

std::string entity_tag(Time last_modified) {
  std::string tag{"\""};
  append_date_time(tag, last_modified);
  return tag += '"';
}

}  // namespace nscl::http
