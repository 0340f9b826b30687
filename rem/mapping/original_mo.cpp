// SPDX-License-Identifier: Apache-2.0
// The grammar of originalMO (rem.md 2.2).
#include <algorithm>

#include <nscl/codec/xml_text.h>
#include <nscl/rem/mapping.h>
#include <nscl/rem/node_path.h>

namespace nscl::rem {
namespace {

constexpr std::size_t longest_path = 256;

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

bool is_in_uri(char c) { return static_cast<unsigned char>(c) > ' ' && c != 0x7F && std::string_view("?#\"<>\\^`{|}").find(c) == std::string_view::npos; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// Escapes are kept as they are given.
bool is_node_name(std::string_view text) {
  if (text.empty() || text == "." || text == ".." || !std::ranges::all_of(text, is_in_uri)) return false;
  for (auto at = text.find('%'); at != text.npos; at = text.find('%', at + 1)) {
    if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) return false;
  }
  return true;
}

Result<void> check_node_uri(std::string_view path) {
  const auto wrong = [](std::string_view why) { return bad_request("originalMO " + std::string(why) + "; it is the URI of a node, such as ./FUMO/1"); };
  if (path.size() > longest_path) return wrong("is longer than 256 characters");
  const auto names = without_end(path);
  for (std::size_t begin = 2; begin <= names.size();) {
    const auto end = std::min(names.find('/', begin), names.size());
    if (!is_node_name(names.substr(begin, end - begin))) return wrong("has a part that is no name of a node");
    begin = end + 1;
  }
  return {};
}

}  // namespace

Result<void> check_original_mo(std::string_view path) {
  if (is_node_uri(path)) return check_node_uri(path);
  const auto wrong = [](std::string_view why) {
    return bad_request("originalMO " + std::string(why) + "; it is an object path such as Device.DeviceInfo. or Device.X.3., or a parameter without the last dot");
  };
  if (path.size() > longest_path) return wrong("is longer than 256 characters");
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
