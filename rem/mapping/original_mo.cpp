// SPDX-License-Identifier: Apache-2.0
// The grammar of originalMO (rem.md 2.2).
#include <algorithm>

#include <nscl/codec/xml_text.h>
#include <nscl/rem/mapping.h>

namespace nscl::rem {
namespace {

constexpr std::size_t longest = 256;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_in_name(char c) { return is_letter(c) || is_digit(c) || c == '-'; }

bool is_segment(std::string_view text) {
  if (text.starts_with('[')) {
    return text.size() > 2 && text.size() <= 66 && text.ends_with(']') && std::ranges::all_of(text.substr(1, text.size() - 2), is_in_name);
  }
  if (text.empty()) return false;
  if (is_letter(text.front())) return std::ranges::all_of(text, is_in_name);
  return text.size() <= 10 && text.front() != '0' && std::ranges::all_of(text, is_digit);
}

}  // namespace

Result<void> check_original_mo(std::string_view path) {
  const auto wrong = [](std::string_view why) {
    return bad_request("originalMO " + std::string(why) + "; it is an object path such as Device.DeviceInfo. or Device.X.3., or a parameter without the last dot");
  };
  if (path.size() > longest) return wrong("is longer than 256 characters");
  if (!path.starts_with("Device.") && !path.starts_with("InternetGatewayDevice.")) return wrong("does not begin with Device. or InternetGatewayDevice.");
  if (path.find("..") != path.npos) return wrong("has an empty part");
  if (path.ends_with('.')) path.remove_suffix(1);
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('.', begin), path.size());
    if (!is_segment(path.substr(begin, end - begin))) return wrong("has a part that is no name, number or [alias]");
    begin = end + 1;
  }
  return {};
}

}  // namespace nscl::rem
