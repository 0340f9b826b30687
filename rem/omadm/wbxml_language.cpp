// SPDX-License-Identifier: Apache-2.0
#include "wbxml_language.h"

#include <algorithm>

#include "wbxml.h"
#include "wbxml_tokens.h"

namespace nscl::rem::omadm {
namespace {

struct Identifier {
  std::uint32_t number;   // 0: it has a name only
  std::string_view name;
};
constexpr Identifier identifiers[] = {{0x0FD3, "-//SYNCML//DTD SyncML 1.1//EN"},
                                      {0x1201, "-//SYNCML//DTD SyncML 1.2//EN"},
                                      {0x1202, "-//SYNCML//DTD MetInf 1.2//EN"},
                                      {0x1203, "-//SYNCML//DTD DevInf 1.2//EN"},
                                      {0, "-//OMA//DTD-DM-DDF 1.2//EN"}};

/// A document with each token of a page.
std::string each_element(std::string document, std::uint8_t page) {
  document.append(1, '\0').append(1, static_cast<char>(page)).append(1, static_cast<char>(has_content | first_tag));
  for (auto token = first_tag; token <= last_tag; ++token) document += static_cast<char>(token);
  return document.append(1, static_cast<char>(end_token));
}

/// What stands behind `from` up to `end`; both are gone from `text` then.
std::string_view cut_out(std::string_view& text, std::string_view from, std::string_view end) {
  const auto begin = std::min(text.find(from), text.size());
  text.remove_prefix(std::min(begin + from.size(), text.size()));
  const auto out = text.substr(0, text.find(end));
  text.remove_prefix(std::min(out.size() + end.size(), text.size()));
  return out;
}

/// "unknown" and "Reserved for future use" are the library's words for none.
bool is_name(std::string_view name) { return !name.empty() && name != "unknown" && name.find(' ') == std::string_view::npos; }

}  // namespace

struct WbxmlLanguage::All {
  std::array<WbxmlLanguage, std::size(identifiers)> languages;
};

WbxmlLanguage::WbxmlLanguage(std::string header) : header_(std::move(header)) {
  for (std::uint8_t page = 0; page < pages_.size(); ++page) {
    const auto decoded = decoded_document(each_element(header_, page));
    if (!decoded) continue;   // it has no such page
    auto& to = pages_[page];
    std::string_view text = *decoded;
    cut_out(text, "<!DOCTYPE", ">");
    auto root = cut_out(text, "<", ">");
    to.name_space = cut_out(root, "xmlns=\"", "\"");
    for (auto token = first_tag; token <= last_tag; ++token) {
      const auto name = cut_out(text, "<", "/>");
      if (is_name(name)) to.names[token] = name;
    }
  }
}

const WbxmlLanguage::All& WbxmlLanguage::all() {
  const auto learn = [](const Identifier& id) { return WbxmlLanguage(id.number != 0 ? wbxml_header(id.number, {}) : wbxml_header(0, id.name)); };
  static const All known{{learn(identifiers[0]), learn(identifiers[1]), learn(identifiers[2]), learn(identifiers[3]), learn(identifiers[4])}};
  return known;
}

const WbxmlLanguage& WbxmlLanguage::syncml_1_1() { return all().languages[0]; }
const WbxmlLanguage& WbxmlLanguage::syncml_1_2() { return all().languages[1]; }

Result<const WbxmlLanguage*> WbxmlLanguage::of(std::uint32_t number, std::string_view name) {
  const auto* const found = std::ranges::find_if(identifiers, [&](const Identifier& id) { return number != 0 ? id.number == number : id.name == name; });
  if (found != std::end(identifiers)) return &all().languages[static_cast<std::size_t>(found - identifiers)];
  if (is_language(each_element(wbxml_header(number, name), 0))) return bad_request("the WBXML document is of another language than SyncML");
  return &syncml_1_2();
}

const WbxmlLanguage::Page& WbxmlLanguage::page_at(std::uint8_t page) const {
  static const Page none;
  return page < pages_.size() ? pages_[page] : none;
}

const std::string& WbxmlLanguage::name(std::uint8_t page, std::uint8_t token) const {
  const auto& names = page_at(page).names;
  return names[token < names.size() ? token : 0];
}

std::uint8_t WbxmlLanguage::token(std::uint8_t page, std::string_view name) const {
  const auto& names = page_at(page).names;
  const auto* const found = std::find(names.begin() + first_tag, names.end(), name);
  return name.empty() || found == names.end() ? std::uint8_t{0} : static_cast<std::uint8_t>(found - names.begin());
}

}  // namespace nscl::rem::omadm
