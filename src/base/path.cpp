// SPDX-License-Identifier: Apache-2.0
// Escapes, path algebra and the grammar of ids.
#include <nscl/base/path.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include <nscl/base/bytes.h>

#include "scan.h"
#include "utf8.h"

namespace nscl {
namespace {

constexpr std::size_t longest_id = 255;

constexpr std::array reserved_names = [] {
  auto names = std::to_array<std::string_view>(
      {"sclBase",           "scls",          "scl",           "applications",        "application",
       "applicationAnnc",   "containers",    "container",     "containerAnnc",       "locationContainer",
       "contentInstances",  "contentInstance", "content",     "latest",              "oldest",
       "groups",            "group",         "membersContent", "accessRights",       "accessRight",
       "subscriptions",     "subscription",  "discovery",     "mgmtObjs",            "mgmtObj",
       "mgmtCmd",           "execInstances", "execInstance",  "parameters",          "notificationChannels",
       "notificationChannel", "m2mPocs",     "m2mPoc",        "attachedDevices",     "attachedDevice",
       "subcontainers",     "sclAnncs",      "communicationChannels"});
  std::ranges::sort(names);
  return names;
}();

/// Undoes the escapes of `text`; nullopt on a broken one.
std::optional<std::string> unescape(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_digit(text[i + 1]), low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high << 4 | low);
      i += 2;
    }
  }
  if (!is_xml_text(out)) return std::nullopt;
  return out;
}

bool is_ascii_alphanumeric(char32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// RFC 3986: what else a pchar is without escapes; and a slash between segments.
constexpr std::string_view in_segments = "-._~!$&'()*+,;=:@", in_paths = "-._~!$&'()*+,;=:@/";

void append_escaped(std::string& out, std::string_view text, std::string_view kept) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  const auto is_plain = [kept](char c) { return is_ascii_alphanumeric(static_cast<unsigned char>(c)) || kept.find(c) != kept.npos; };
  while (!text.empty()) {
    const auto run = std::find_if_not(text.begin(), text.end(), is_plain);
    out.append(text.begin(), run);
    if (run == text.end()) return;
    const auto octet = static_cast<std::uint8_t>(*run);
    out.append({'%', digits[octet >> 4], digits[octet & 15]});
    text.remove_prefix(static_cast<std::size_t>(run - text.begin()) + 1);
  }
}

struct Range {
  char32_t first, last;
};

/// The non-ASCII NameChars of XML 1.0. Those beyond the basic plane are left out: the editions of XML that
/// XML Schema 1.0 builds on do not have them, and so peers with strict parsers would refuse such ids.
constexpr Range name_ranges[] = {{0xB7, 0xB7},     {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x37D},    {0x37F, 0x1FFF},
                                 {0x200C, 0x200D}, {0x203F, 0x2040}, {0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF},
                                 {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}};

bool is_name_char(char32_t c) {
  if (c < 0x80) return is_ascii_alphanumeric(c) || c == '.' || c == '-' || c == '_' || c == ':';
  return std::ranges::any_of(name_ranges, [c](const Range& range) { return c >= range.first && c <= range.last; });
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) { return unescape(text, false); }

std::optional<std::string> query_decode(std::string_view text) { return unescape(text, true); }

std::string percent_encode(std::string_view text, std::string_view kept) {
  std::string out;
  append_escaped(out, text, kept);
  return out;
}

std::string percent_encode(std::string_view segment) { return percent_encode(segment, in_segments); }

void append_encoded_path(std::string& out, std::string_view path) { append_escaped(out, path, in_paths); }

std::string encode_path(std::string_view path) {
  std::string out;
  append_encoded_path(out, path);
  return out;
}

std::string_view last_segment(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

std::string_view parent_path(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? std::string_view{} : path.substr(0, slash);
}

std::string join(std::string_view path, std::string_view segment) {
  std::string out;
  out.reserve(path.size() + 1 + segment.size());
  out += path;
  if (!path.empty()) out += '/';
  out += segment;
  return out;
}

bool is_within(std::string_view path, std::string_view ancestor) {
  if (ancestor.empty()) return true;
  return path.starts_with(ancestor) && (path.size() == ancestor.size() || path[ancestor.size()] == '/');
}

bool is_valid_id(std::string_view id) {
  if (id.empty() || id.size() > longest_id || id == "." || id == "..") return false;
  while (!id.empty()) {
    const Utf8Char next = first_utf8_char(id);
    if (next.size == 0 || !is_name_char(next.code)) return false;
    id.remove_prefix(next.size);
  }
  return true;
}

bool is_reserved_name(std::string_view id) { return std::ranges::binary_search(reserved_names, id); }

}  // namespace nscl
