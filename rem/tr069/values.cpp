// SPDX-License-Identifier: Apache-2.0
// Booleans, integers and dates of devices.
#include <nscl/rem/tr069/values.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include <nscl/codec/xml_text.h>

namespace nscl::rem::tr069 {
namespace {

using namespace std::chrono;

bool equal_in_any_case(std::string_view text, std::string_view lower) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
  return std::ranges::equal(text, lower, same);
}

}  // namespace

std::optional<bool> parse_boolean(std::string_view text) {
  text = codec::trimmed(text);
  if (text == "1" || equal_in_any_case(text, "true")) return true;
  if (text == "0" || equal_in_any_case(text, "false")) return false;
  return std::nullopt;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  text = codec::trimmed(text);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Time> parse_time(std::string_view text) {
  const auto time = parse_date_time(codec::trimmed(text));
  constexpr Time first_real = sys_days{year{2} / January / 1};
  return time && *time >= first_real ? time : std::nullopt;
}

std::string format_boolean(bool value, const ValueStyle& style) {
  if (style.boolean_words) return value ? "true" : "false";
  return value ? "1" : "0";
}

std::string format_time(Time value, const ValueStyle& style) {
  const auto whole = floor<seconds>(value);
  auto text = format_date_time(whole);
  if (!style.date_milliseconds) return text;
  auto fraction = std::to_string(1000 + floor<milliseconds>(value - whole).count());
  fraction.front() = '.';
  return text.insert(text.size() - 1, fraction);
}

}  // namespace nscl::rem::tr069
