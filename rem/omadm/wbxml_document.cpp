// SPDX-License-Identifier: Apache-2.0
// Texts are taken out before the decoder and put in behind the encoder; a marker of eight digits stands for each in between.
#include "wbxml_document.h"

#include <charconv>
#include <limits>

#include <nscl/base/bytes.h>
#include <nscl/codec/xml_text.h>

#include "wbxml.h"
#include "wbxml_tokens.h"
#include "xml/charset.h"

namespace nscl::rem::omadm {
namespace {

constexpr std::size_t marker_size = 8;
constexpr std::size_t most_elements = 100'000;
/// Begins the value of a text in a tree that is base64 of its octets. No text of XML has this character.
constexpr char octets_follow = '\x01';

struct KeptText {
  std::string octets;
  bool is_opaque;
};

/// The text that `marker` stands for; null: it is none.
template <class Text>
const Text* text_at(std::string_view marker, const std::vector<Text>& texts) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(marker.data(), marker.data() + marker.size(), index, 16);
  const bool is_marker = marker.size() == marker_size && error == std::errc{} && end == marker.data() + marker.size();
  return is_marker && index < texts.size() ? &texts[index] : nullptr;
}

/// What a text node of the tree becomes.
std::string value_of(const KeptText& text, bool is_nonce) {
  if (is_nonce && text.is_opaque) return base64_encode(text.octets);
  return is_xml_text(text.octets) ? text.octets : octets_follow + base64_encode(text.octets);
}

Result<void> put_texts(pugi::xml_node node, const std::vector<KeptText>& texts) {
  const auto name = xml::local_name(node);
  if (name == "unknown") return bad_request("the message has an element that its language does not know");
  for (auto part : node.children()) {
    if (xml::is_text(part)) {
      const auto* const text = text_at(part.value(), texts);
      if (text == nullptr) return bad_request("the message has text and elements side by side");
      part.set_value(value_of(*text, name == "NextNonce").c_str());
    } else if (auto done = put_texts(part, texts); !done) {
      return done;
    }
  }
  return {};
}

/// The octets of one text, and whether they are text.
std::string octets_in(std::string_view value) {
  if (!value.starts_with(octets_follow)) return std::string(value);
  return base64_decode(value.substr(1)).value_or(std::string());
}

/// Without the document type that the decoder writes.
std::string without_head(std::string_view xml) {
  const auto start = xml.find("<!DOCTYPE");
  return std::string(start == std::string_view::npos ? xml : xml.substr(xml.find('>', start) + 1));
}

}  // namespace

codec::Limits bounds_of(const SyncmlLimits& limits) {
  return {.depth = limits.depth, .elements = most_elements, .attributes_per_element = 64, .attributes = 2 * most_elements};
}

Result<void> parse_wbxml(xml::XmlTree& tree, std::string_view wbxml, const SyncmlLimits& limits) {
  const auto most = 8 * limits.octets;
  std::vector<KeptText> texts;
  const TextPlace keep = [&](std::string_view text, bool is_opaque, std::string& out) -> Result<void> {
    put_string(out, marker_of(texts.size()));
    texts.push_back({std::string(text), is_opaque});
    return {};
  };
  const auto walked = with_texts(wbxml, {.depth = limits.depth, .text_octets = most}, keep);
  if (!walked) return tl::unexpected(walked.error());
  const auto decoded = decoded_document(*walked);
  if (!decoded) return tl::unexpected(decoded.error());
  if (decoded->size() > most) return bad_request("the message is longer than " + std::to_string(most) + " octets as XML");
  if (auto done = tree.parse(without_head(*decoded), bounds_of(limits), most); !done) return done;
  return put_texts(tree.root(), texts);
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

std::string marker_of(std::size_t index) { return hex_encode(big_endian(index, marker_size / 2)); }

Result<std::string> wbxml_of(std::string_view xml, const std::vector<std::string>& texts) {
  const auto encoded = encoded_document(xml);
  if (!encoded) return encoded;
  constexpr auto any = std::numeric_limits<std::size_t>::max();
  const TextPlace restore = [&](std::string_view marker, bool is_opaque, std::string& out) -> Result<void> {
    const auto* const text = text_at(marker, texts);
    if (text == nullptr) return failure(Status::internal_server_error, "the message has no form in WBXML");
    is_opaque || text->find('\0') != std::string::npos ? put_opaque(out, *text) : put_string(out, *text);
    return {};
  };
  return with_texts(*encoded, {.depth = any, .tokens = any, .children = any, .text_octets = any}, restore);
}

}  // namespace nscl::rem::omadm
