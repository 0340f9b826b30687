// SPDX-License-Identifier: Apache-2.0
// Names, codes and media types of SyncML; and what a message comes as.
#include <nscl/rem/omadm/syncml.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include <nscl/base/bytes.h>
#include <nscl/codec/xml_text.h>

#include "syncml_names.h"

namespace nscl::rem::omadm {
namespace {

using Kind = CommandElement::Kind;

constexpr std::pair<std::string_view, Kind> kinds[] = {
    {"Get", Kind::get},   {"Add", Kind::add},     {"Replace", Kind::replace}, {"Delete", Kind::remove},    {"Copy", Kind::copy},
    {"Exec", Kind::exec}, {"Alert", Kind::alert}, {"Atomic", Kind::atomic},   {"Sequence", Kind::sequence}};

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

}  // namespace

Kind kind_named(std::string_view name) {
  const auto* const found = std::ranges::find(kinds, name, [](const auto& entry) { return entry.first; });
  return found == std::end(kinds) ? Kind::other : found->second;
}

std::string_view name_of(const CommandElement& command) {
  const auto* const found = std::ranges::find(kinds, command.kind, [](const auto& entry) { return entry.second; });
  return found == std::end(kinds) ? std::string_view(command.name) : found->first;
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  text = codec::trimmed(text);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int StatusElement::code() const {
  const auto given = number_in(data);
  return given && *given <= 9999 ? static_cast<int>(*given) : 0;
}

std::string octets_of(const Item& item) {
  auto data = item.data.value_or(std::string());
  return item.is_base64 ? base64_decode(data).value_or(data) : data;
}

std::optional<Encoding> encoding_of(std::string_view content_type, std::string_view body) {
  const auto type = lowered(codec::trimmed(content_type.substr(0, content_type.find(';'))));
  for (const std::string_view family : {"application/vnd.syncml.dm", "application/vnd.syncml"}) {
    if (!type.starts_with(family)) continue;
    const auto form = std::string_view(type).substr(family.size());
    if (form == "+xml") return Encoding::xml;
    if (form == "+wbxml") return Encoding::wbxml;
  }
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  if (codec::trimmed(body).starts_with('<')) return Encoding::xml;
  if (!body.empty() && body.front() >= 1 && body.front() <= 3) return Encoding::wbxml;
  return std::nullopt;
}

std::string_view media_type(Encoding encoding) {
  return encoding == Encoding::xml ? "application/vnd.syncml.dm+xml" : "application/vnd.syncml.dm+wbxml";
}

}  // namespace nscl::rem::omadm
