// SPDX-License-Identifier: Apache-2.0
#include "value_check.h"

#include <limits>

#include <nscl/base/bytes.h>
#include <nscl/base/time.h>
#include <nscl/rem/tr069/values.h>

namespace nscl::rem::simulator {
namespace {

constexpr std::size_t longest_text = 65'536;

bool is_number_type(std::string_view type) {
  return type == "int" || type == "unsignedInt" || type == "long" || type == "unsignedLong";
}

struct Bounds {
  std::int64_t least, most;
};

Bounds bounds_of(std::string_view type) {
  using Long = std::numeric_limits<std::int64_t>;
  if (type == "int") return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
  if (type == "unsignedInt") return {0, std::numeric_limits<std::uint32_t>::max()};
  return {type == "unsignedLong" ? 0 : Long::min(), Long::max()};
}

/// "[1:]" and "[0:7]" narrow what the type allows.
bool is_within_bounds(std::int64_t number, std::string_view type, std::string_view constraint) {
  auto bounds = bounds_of(type);
  if (constraint.starts_with('[')) {
    const auto colon = constraint.find(':');
    bounds.least = tr069::parse_integer(constraint.substr(1, colon - 1)).value_or(bounds.least);
    bounds.most = tr069::parse_integer(constraint.substr(colon + 1, constraint.size() - colon - 2)).value_or(bounds.most);
  }
  return number >= bounds.least && number <= bounds.most;
}

bool is_one_of(std::string_view value, std::string_view list) {
  while (!list.empty()) {
    const auto end = list.find(',');
    if (list.substr(0, end) == value) return true;
    list = end == list.npos ? std::string_view{} : list.substr(end + 1);
  }
  return false;
}

bool is_allowed_text(std::string_view value, std::string_view constraint) {
  if (constraint.starts_with('{')) return is_one_of(value, constraint.substr(1, constraint.size() - 2));
  if (!constraint.starts_with('(')) return true;
  const auto longest = tr069::parse_integer(constraint.substr(1, constraint.size() - 2));
  return longest && value.size() <= static_cast<std::size_t>(*longest);
}

bool is_value(const Node& node, std::string_view value) {
  if (value.size() > longest_text) return false;
  if (node.type == "boolean") return tr069::parse_boolean(value).has_value();
  if (node.type == "dateTime") return parse_date_time(value).has_value();
  if (node.type == "base64") return base64_decode(value).has_value();
  if (!is_number_type(node.type)) return is_allowed_text(value, node.constraint);
  const auto number = tr069::parse_integer(value);
  return number && is_within_bounds(*number, node.type, node.constraint);
}

}  // namespace

std::uint32_t objection_to_value(const Node& node, const tr069::ParameterValueStruct& given) {
  if (given.type != node.type && given.type != "string") return 9006;
  return is_value(node, given.value) ? 0 : 9007;
}

std::string canonical_value(std::string_view type, std::string_view value) {
  if (type == "boolean") return tr069::format_boolean(tr069::parse_boolean(value).value_or(false), {.boolean_words = true});
  if (is_number_type(type)) return std::to_string(tr069::parse_integer(value).value_or(0));
  return std::string(value);
}

}  // namespace nscl::rem::simulator
