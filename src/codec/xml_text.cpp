// SPDX-License-Identifier: Apache-2.0
// Escaping and trimming: runs of plain characters are copied whole.
#include <nscl/codec/xml_text.h>

#include <array>

namespace nscl::codec {

namespace {

using Table = std::array<std::string_view, 256>;

Table text_escapes() {
  Table table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = "\xEF\xBF\xBD";
  table['\t'] = table['\n'] = {};
  table['\r'] = "&#13;";
  table['&'] = "&amp;";
  table['<'] = "&lt;";
  table['>'] = "&gt;";
  return table;
}

Table attribute_escapes() {
  auto table = text_escapes();
  table['\t'] = "&#9;";
  table['\n'] = "&#10;";
  table['"'] = "&quot;";
  return table;
}

void append(std::string& out, std::string_view text, const Table& escapes) {
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto escape = escapes[static_cast<unsigned char>(text[i])];
    if (escape.empty()) continue;
    out.append(text, start, i - start).append(escape);
    start = i + 1;
  }
  out.append(text, start);
}

}  // namespace

void append_xml_text(std::string& out, std::string_view text) {
  static const Table escapes = text_escapes();
  append(out, text, escapes);
}

void append_xml_attribute(std::string& out, std::string_view value) {
  static const Table escapes = attribute_escapes();
  append(out, value, escapes);
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string xml_unescaped(std::string_view text) {
  static constexpr std::pair<std::string_view, char> known[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&#13;", '\r'}};
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    char plain = text[i];
    std::size_t length = 1;
    for (const auto& [escape, c] : known) {
      if (!text.substr(i).starts_with(escape)) continue;
      plain = c;
      length = escape.size();
    }
    out += plain;
    i += length;
  }
  return out;
}

}  // namespace nscl::codec
