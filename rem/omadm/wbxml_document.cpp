// SPDX-License-Identifier: Apache-2.0
#include "wbxml_document.h"

#include <cstdint>
#include <vector>

#include <nscl/base/bytes.h>
#include <nscl/codec/xml_text.h>

#include "wbxml_language.h"
#include "wbxml_tokens.h"
#include "xml/tree.h"

namespace nscl::rem::omadm {
namespace {

/// Begins the value of a text in a tree that is base64 of its octets. No text of XML has this character.
constexpr char octets_follow = '\x01';

/// What a text node of the tree becomes.
std::string value_of(std::string_view octets, bool is_opaque_nonce) {
  if (is_opaque_nonce) return base64_encode(octets);
  return is_xml_text(octets) ? std::string(octets) : octets_follow + base64_encode(octets);
}

class TreeBuilder final : public WbxmlHandler {
 public:
  explicit TreeBuilder(pugi::xml_document& tree) : at_(tree) {}

  Result<void> begin(std::uint32_t number, std::string_view name) override {
    const auto language = WbxmlLanguage::of(number, name);
    if (!language) return tl::unexpected(language.error());
    language_ = *language;
    return {};
  }

  Result<void> open(std::uint8_t page, std::uint8_t token) override {
    const auto& name = language_->name(page, token);
    if (name.empty()) return bad_request("the message has an element that its language does not know");
    at_ = at_.append_child(name.c_str());
    if (page != page_of_parent()) at_.append_attribute("xmlns").set_value(language_->name_space(page).c_str());
    pages_.push_back(page);
    return {};
  }

  Result<void> text(std::string_view octets, bool is_opaque) override {
    at_.append_child(pugi::node_pcdata).set_value(value_of(octets, is_opaque && std::string_view(at_.name()) == "NextNonce").c_str());
    return {};
  }

  void close() override {
    at_ = at_.parent();
    pages_.pop_back();
  }

 private:
  int page_of_parent() const { return pages_.empty() ? -1 : pages_.back(); }

  pugi::xml_node at_;
  const WbxmlLanguage* language_ = nullptr;
  std::vector<std::uint8_t> pages_;   // of each open element
};

/// The octets of one text, and whether they are text.
std::string octets_in(std::string_view value) {
  if (!value.starts_with(octets_follow)) return std::string(value);
  return base64_decode(value.substr(1)).value_or(std::string());
}

}  // namespace

Result<void> parse_wbxml(pugi::xml_document& tree, std::string_view wbxml, std::size_t depth, std::size_t text_octets) {
  TreeBuilder builder(tree);
  return walk_wbxml(wbxml, {.depth = depth, .text_octets = text_octets}, builder);
}

std::string content_of(pugi::xml_node node) {
  std::string out;
  for (const auto part : node.children()) {
    if (xml::is_text(part)) out += octets_in(part.value());
  }
  return out;
}

std::string inner_xml(pugi::xml_node node) {
  std::string out;
  for (const auto part : node.children()) {
    if (xml::is_text(part)) {
      const std::string_view value = part.value();
      codec::append_xml_text(out, value.starts_with(octets_follow) ? value.substr(1) : value);
    } else if (part.type() == pugi::node_element) {
      out.append("<").append(part.name());
      for (const auto attribute : part.attributes()) {
        out.append(" ").append(attribute.name()).append("=\"");
        codec::append_xml_attribute(out, attribute.value());
        out += '"';
      }
      const auto inner = inner_xml(part);
      inner.empty() ? out.append("/>") : out.append(">").append(inner).append("</").append(part.name()).append(">");
    }
  }
  return out;
}

}  // namespace nscl::rem::omadm
