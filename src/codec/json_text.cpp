// SPDX-License-Identifier: Apache-2.0
// JSON strings and scalars, appended.
#include "json_text.h"

#include <array>
#include <charconv>

namespace nscl::codec {

namespace {

void append_escape(std::string& out, char c) {
  static constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
      out += "\\u00";
      out += hex[static_cast<unsigned char>(c) >> 4];
      out += hex[static_cast<unsigned char>(c) & 15];
  }
}

bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!needs_escape(text[i])) continue;
    out.append(text, start, i - start);
    append_escape(out, text[i]);
    start = i + 1;
  }
  out.append(text, start);
  out += '"';
}

bool append_json_scalar(std::string& out, const model::Value& value) {
  if (const auto* text = value.get<std::string>()) {
    append_json_string(out, *text);
  } else if (const auto* octets = value.get<Bytes>()) {
    out.append("\"").append(base64_encode(octets->data)).append("\"");
  } else if (const auto* flag = value.get<bool>()) {
    out += *flag ? "true" : "false";
  } else if (const auto* number = value.get<std::int64_t>()) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, *number).ptr);
  } else {
    return false;
  }
  return true;
}

}  // namespace nscl::codec
