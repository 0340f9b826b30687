// SPDX-License-Identifier: Apache-2.0
// Parsing and matching of filter criteria.
#include <nscl/core/filter.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>

namespace nscl::core {
namespace {

using Query = std::pair<std::string, std::string>;

Result<void> wrong(const Query& parameter, std::string_view expected) {
  return bad_request("query parameter " + parameter.first + " is not " + std::string(expected));
}

Result<void> read_time(const Query& parameter, std::optional<Time>& into) {
  // A '+' of an offset that was not escaped arrives as a blank.
  auto text = parameter.second;
  std::replace(text.begin(), text.end(), ' ', '+');
  into = parse_date_time(text);
  return into ? Result<void>{} : wrong(parameter, "an xs:dateTime");
}

template <class Number>
Result<void> read_number(const Query& parameter, std::optional<Number>& into) {
  Number number{};
  const auto& text = parameter.second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return wrong(parameter, "a number in range");
  into = number;
  return {};
}

Result<void> read_boolean(const Query& parameter, bool& into) {
  into = parameter.second == "true" || parameter.second == "1";
  return into || parameter.second == "false" || parameter.second == "0" ? Result<void>{} : wrong(parameter, "true or false");
}

std::string without_quotes(std::string_view tag) {
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') tag = tag.substr(1, tag.size() - 2);
  return std::string(tag);
}

Result<void> read(const Query& parameter, Filter& filter) {
  const auto& [key, value] = parameter;
  if (key == "ifModifiedSince") return read_time(parameter, filter.if_modified_since);
  if (key == "ifUnmodifiedSince") return read_time(parameter, filter.if_unmodified_since);
  if (key == "createdAfter" || key == "createdSince") return read_time(parameter, filter.created_after);
  if (key == "createdBefore" || key == "createdUntil") return read_time(parameter, filter.created_before);
  if (key == "sizeFrom") return read_number(parameter, filter.size_from);
  if (key == "sizeUntil") return read_number(parameter, filter.size_until);
  if (key == "metaDataOnly") return read_boolean(parameter, filter.meta_data_only);
  if (key == "maxSize") {
    if (auto result = read_number(parameter, filter.max_size); !result) return result;
    return *filter.max_size > 0 ? Result<void>{} : wrong(parameter, "above 0");
  }
  if (key == "ifNoneMatch") filter.if_none_match.push_back(without_quotes(value));
  if (key == "ifMatch") filter.if_match.push_back(without_quotes(value));
  if (key == "searchString") filter.search_strings.push_back(value);
  if (key == "contentType") filter.content_types.push_back(value);
  if (key == "attributeAccessor") filter.attribute_accessor = value;
  if (key == "searchPrefix") filter.search_prefix = value;
  if (key == "hasMember" && value.empty()) return wrong(parameter, "the URI of a resource");
  if (key == "hasMember") filter.members.push_back(value);
  return {};
}

bool equal(std::string_view a, std::string_view b, bool ignore_case) {
  if (!ignore_case) return a == b;
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool matches_media_type(std::string_view pattern, std::string_view type) {
  type = type.substr(0, type.find(';'));
  if (pattern == "*/*") return true;
  if (pattern.ends_with("/*")) return type.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == type;
}

}  // namespace

Result<Filter> parse_filter(const std::vector<std::pair<std::string, std::string>>& query) {
  Filter filter;
  for (const auto& parameter : query) {
    if (auto result = read(parameter, filter); !result) return tl::unexpected(result.error());
  }
  return filter;
}

bool Filter::matches(Time created, Time modified, const model::Value* strings) const {
  if (if_modified_since && modified <= *if_modified_since) return false;
  if (if_unmodified_since && modified >= *if_unmodified_since) return false;
  if (created_after && created <= *created_after) return false;
  if (created_before && created >= *created_before) return false;
  if (!if_none_match.empty() || !if_match.empty()) {
    const auto tag = format_date_time(modified);
    if (std::find(if_none_match.begin(), if_none_match.end(), tag) != if_none_match.end()) return false;
    if (!if_match.empty() && std::find(if_match.begin(), if_match.end(), tag) == if_match.end()) return false;
  }
  const auto* list = strings ? strings->find("searchString") : nullptr;
  return std::all_of(search_strings.begin(), search_strings.end(), [&](const std::string& wanted) {
    return list && std::any_of(list->list().begin(), list->list().end(),
                               [&](const model::Value& present) { return equal(present.text(), wanted, ignore_case); });
  });
}

bool Filter::matches(const model::Instance& instance) const {
  const auto size = std::int64_t(instance.content.size());
  if (size_from && size <= *size_from) return false;
  if (size_until && size >= *size_until) return false;
  const auto fits = [&](const std::string& pattern) { return matches_media_type(pattern, instance.content_type); };
  if (!content_types.empty() && std::none_of(content_types.begin(), content_types.end(), fits)) return false;
  return matches(instance.creation_time, instance.creation_time, &instance.search_strings);
}

}  // namespace nscl::core
