// SPDX-License-Identifier: Apache-2.0
// Values as the device wants them, before they are sent.
#include "value_writer.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include <nscl/base/bytes.h>
#include <nscl/codec/xml_text.h>

#include "reports.h"

namespace nscl::rem::tr069 {
namespace {

constexpr std::string_view unknown_time = "0001-01-01T00:00:00Z";

std::optional<std::string> signed_value(std::string_view text, std::int64_t least, std::int64_t most) {
  const auto value = parse_integer(text);
  if (!value || *value < least || *value > most) return std::nullopt;
  return std::to_string(*value);
}

/// parse_integer ends at 63 bits.
std::optional<std::string> unsigned_long(std::string_view text) {
  text = codec::trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::to_string(value);
}

std::optional<std::string> date(std::string_view text, const ValueStyle& style) {
  if (const auto time = parse_time(text)) return format_time(*time, style);
  if (codec::trimmed(text).starts_with(unknown_time.substr(0, unknown_time.size() - 1))) return std::string(unknown_time);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> value_for(std::string_view type, std::string_view value, const ValueStyle& style) {
  if (type == "boolean") {
    const auto truth = parse_boolean(value);
    return truth ? std::optional(format_boolean(*truth, style)) : std::nullopt;
  }
  if (type == "int") return signed_value(value, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max());
  if (type == "unsignedInt") return signed_value(value, 0, std::numeric_limits<std::uint32_t>::max());
  if (type == "long") return signed_value(value, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
  if (type == "unsignedLong") return unsigned_long(value);
  if (type == "dateTime") return date(value, style);
  if (type.starts_with("base64") && !base64_decode(value)) return std::nullopt;
  if (type == "hexBinary" && !hex_decode(value)) return std::nullopt;
  return std::string(value);
}

bool same_value(std::string_view type, std::string_view a, std::string_view b) {
  const auto left = value_for(type, a, {}), right = value_for(type, b, {});
  return left && right ? *left == *right : a == b;
}

tl::expected<Prepared, Fault> prepare(const std::vector<Leaf>& wanted, const ValueReader& now, const ValueStyle& style) {
  Prepared out;
  std::vector<std::string> missing;
  auto wrong = make_fault(9003);
  std::set<std::string_view> seen;
  for (const auto& leaf : wanted) {
    if (!seen.insert(leaf.path).second) wrong.parameters.push_back({leaf.path, 9003, "named twice"});
    const auto found = now.leaves().find(leaf.path);
    if (found == now.leaves().end()) {
      missing.push_back(leaf.path);
      continue;
    }
    const auto& old = found->second;
    auto value = value_for(old.type, leaf.value, style);
    if (!value) wrong.parameters.push_back({leaf.path, 9007, "not a value of type " + old.type});
    else {
      out.changes = out.changes || !same_value(old.type, old.value, *value);
      out.values.push_back({leaf.path, std::move(*value), old.type});
      out.before.push_back({leaf.path, old.value, old.type});
    }
  }
  if (!missing.empty()) return tl::unexpected(fault_of_each(9005, missing));
  if (!wrong.parameters.empty()) return tl::unexpected(std::move(wrong));
  return out;
}

SetParameterValues part_of(const std::vector<ParameterValueStruct>& values, std::size_t first, std::size_t count, const std::string& key) {
  const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = begin + static_cast<std::ptrdiff_t>(std::min(count, values.size() - first));
  return {std::vector<ParameterValueStruct>(begin, end), key};
}

std::vector<Leaf> leaves_of(const std::vector<ParameterValueStruct>& values) {
  std::vector<Leaf> out;
  for (const auto& value : values) out.push_back({value.name, value.value, value.type});
  return out;
}

}  // namespace nscl::rem::tr069
