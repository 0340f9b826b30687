// SPDX-License-Identifier: Apache-2.0
// Media types: Content-Type of a request, Accept of an answer (RFC 9110 8.3, 12.5.1).
#include <algorithm>
#include <array>
#include <vector>

#include <nscl/codec/codec.h>

namespace nscl::codec {

namespace {

constexpr std::size_t most_ranges = 32;

std::string_view stripped(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool same(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

/// The parts between `separator`s that stand outside of quoted strings, at most `most` of them.
std::vector<std::string_view> split(std::string_view text, char separator, std::size_t most) {
  std::vector<std::string_view> parts;
  bool in_quotes = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size() && parts.size() < most; ++i) {
    const bool at_end = i == text.size();
    if (!at_end && in_quotes && text[i] == '\\') {
      ++i;
    } else if (!at_end && text[i] == '"') {
      in_quotes = !in_quotes;
    } else if (at_end || (!in_quotes && text[i] == separator)) {
      parts.push_back(stripped(text.substr(start, i - start)));
      start = i + 1;
    }
  }
  return parts;
}

struct Parameter {
  std::string_view name;
  std::string_view value;   ///< without quotes
};

Parameter parameter(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return {text, {}};
  auto value = text.substr(equals + 1);
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  return {text.substr(0, equals), value};
}

/// qvalue in thousandths, nullopt if it is none.
std::optional<int> quality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1') || (text.size() > 1 && text[1] != '.')) return std::nullopt;
  int thousandths = (text[0] - '0') * 1000;
  int weight = 100;
  for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (c < '0' || c > '9') return std::nullopt;
    thousandths += (c - '0') * weight;
    weight /= 10;
  }
  if (thousandths > 1000) return std::nullopt;
  return thousandths;
}

/// How precisely a media range names the format: 0 not at all, 3 by its full name.
int precision(std::string_view range, Format format) {
  const bool xml = format == Format::xml;
  if (same(range, media_type(format)) || (xml && same(range, "text/xml"))) return 3;
  if (same(range, "application/*") || (xml && same(range, "text/*"))) return 2;
  return range == "*/*" ? 1 : 0;
}

struct Preference {
  int precision = 0;
  int quality = 0;

  void see(int new_precision, int new_quality) {
    if (new_precision == 0 || new_precision < precision) return;
    quality = new_precision > precision ? new_quality : std::max(quality, new_quality);
    precision = new_precision;
  }
};

}  // namespace

std::string_view media_type(Format format) { return format == Format::xml ? "application/xml" : "application/json"; }

std::optional<Format> negotiate(std::string_view accept) {
  for (const auto format : {Format::xml, Format::json}) {
    if (accept == media_type(format)) return format;   // what nearly everybody says
  }
  Preference xml;
  Preference json;
  bool anything_said = false;
  for (const auto range : split(accept, ',', most_ranges)) {
    const auto parts = split(range, ';', most_ranges);
    if (parts.empty() || parts[0].empty()) continue;
    std::optional<int> q = 1000;
    for (const auto part : parts) {
      if (const auto [name, value] = parameter(part); same(name, "q")) q = quality(value);
    }
    if (!q) continue;
    anything_said = true;
    xml.see(precision(parts[0], Format::xml), *q);
    json.see(precision(parts[0], Format::json), *q);
  }
  if (!anything_said) return Format::xml;
  if (xml.quality == 0 && json.quality == 0) return std::nullopt;
  return json.quality > xml.quality ? Format::json : Format::xml;
}

std::optional<Format> format_of(std::string_view content_type) {
  const auto parts = split(content_type, ';', most_ranges);
  if (parts.empty()) return std::nullopt;
  for (const auto part : parts) {
    const auto [name, value] = parameter(part);
    if (same(name, "charset") && !same(value, "utf-8") && !same(value, "utf8")) return std::nullopt;
  }
  if (same(parts[0], "application/xml") || same(parts[0], "text/xml")) return Format::xml;
  if (same(parts[0], "application/json")) return Format::json;
  return std::nullopt;
}

}  // namespace nscl::codec
