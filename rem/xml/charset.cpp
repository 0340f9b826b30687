// SPDX-License-Identifier: Apache-2.0
// Character sets, declarations in odd places, characters that must not be there.
#include "charset.h"

#include <algorithm>

#include <nscl/base/bytes.h>
#include <nscl/codec/xml_check.h>
#include <nscl/codec/xml_text.h>

namespace nscl::rem::xml {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view replacement = "\xEF\xBF\xBD";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

/// The value of `name = value` or `name = "value"` in `text`, in lower case; empty if there is none.
std::string setting(std::string_view text, std::string_view name) {
  const auto all = lowered(text);
  const auto found = all.find(name);
  if (found == npos) return {};
  auto rest = codec::trimmed(std::string_view(all).substr(found + name.size()));
  if (!rest.starts_with('=')) return {};
  rest = codec::trimmed(rest.substr(1));
  if (rest.starts_with('"') || rest.starts_with('\'')) rest.remove_prefix(1);
  return std::string(rest.substr(0, rest.find_first_of("\"'; \t\r\n?")));
}

bool is_declaration(std::string_view text) {
  return text.starts_with("<?xml") && text.size() > 5 && std::string_view(" \t\r\n?").find(text[5]) != npos;
}

std::string encoding_of(std::string_view text, std::string_view content_type) {
  if (auto given = setting(content_type, "charset"); !given.empty()) return given;
  const auto head = text.substr(0, 1024);
  const auto start = head.find("<?xml");
  if (start == npos || !is_declaration(head.substr(start))) return {};
  return setting(head.substr(start, head.find("?>", start) - start), "encoding");
}

std::string from_latin1(std::string_view octets) {
  std::string out;
  out.reserve(octets.size() + octets.size() / 8);
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x80) {
      out += static_cast<char>(0xC0 | octet >> 6);
      out += static_cast<char>(0x80 | (octet & 0x3F));
    } else {
      out += c;
    }
  }
  return out;
}

/// The end of the CDATA section or comment that `text` begins with; 0: it begins with neither. One that is not closed goes to the end.
std::size_t opaque_size(std::string_view text) {
  const auto up_to = [&](std::string_view end, std::size_t from) {
    const auto found = text.find(end, from);
    return found == npos ? text.size() : found + end.size();
  };
  if (text.starts_with("<![CDATA[")) return up_to("]]>", 9);
  if (text.starts_with("<!--")) return up_to("-->", 4);
  return 0;
}

std::string without_declarations(std::string_view text) {
  const auto last = text.rfind("<?xml");
  if (last == npos) return std::string(text);
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  while (at <= last) {
    const auto start = text.find('<', at);
    out += text.substr(at, start - at);
    at = start;
    const auto rest = text.substr(at);
    if (is_declaration(rest)) {
      const auto end = rest.find("?>");
      if (end == npos) break;   // the check will say so
      at += end + 2;
      continue;
    }
    const auto kept = std::max<std::size_t>(opaque_size(rest), 1);
    out += rest.substr(0, kept);
    at += kept;
  }
  return out.append(text.substr(at));
}

/// What an '&' becomes, and how much of `text`, which begins with it, that takes the place of.
std::pair<std::string_view, std::size_t> reference(std::string_view text) {
  const auto end = text.substr(0, 16).find(';');
  if (end == npos) return {"&amp;", 1};
  const auto name = text.substr(1, end - 1);
  if (codec::is_xml_reference(name)) return {text.substr(0, end + 1), end + 1};
  const bool is_number = name.size() > 1 && name[0] == '#' && name.find_first_not_of("0123456789abcdefABCDEFx", 1) == npos;
  if (is_number) return {replacement, end + 1};
  return {"&amp;", 1};
}

}  // namespace

std::string document_text(std::string_view octets, std::string_view content_type) {
  const auto start = octets.find('<');
  const auto end = octets.rfind('>');
  if (start == npos || end == npos || end < start) return {};
  const auto text = octets.substr(start, end + 1 - start);
  const auto encoding = encoding_of(text, content_type);
  const bool is_latin1 = encoding == "iso-8859-1" || encoding == "iso8859-1" || encoding == "iso_8859-1" || encoding == "latin1";
  auto document = is_latin1 ? without_declarations(from_latin1(text)) : without_declarations(text);
  return document.erase(0, document.find('<'));   // blanks or a byte order mark behind a declaration
}

std::string mended(std::string_view text, std::size_t most) {
  const auto clean = to_xml_text(text);
  std::string_view rest = clean;
  std::string out;
  out.reserve(clean.size());
  while (!rest.empty() && out.size() <= most) {
    const auto next = std::min(rest.find_first_of("<&"), rest.size());
    out += rest.substr(0, next);
    rest.remove_prefix(next);
    if (rest.empty()) break;
    if (rest.front() == '&') {
      const auto [text_of_it, size] = reference(rest);
      out += text_of_it;
      rest.remove_prefix(size);
      continue;
    }
    const auto kept = std::max<std::size_t>(opaque_size(rest), 1);
    out += rest.substr(0, kept);
    rest.remove_prefix(kept);
  }
  return out;
}

}  // namespace nscl::rem::xml
