// SPDX-License-Identifier: Apache-2.0
// Text -> checked text -> tree.
#include "tree.h"

#include <nscl/codec/xml_check.h>

#include "charset.h"

namespace nscl::rem::xml {

Result<void> XmlTree::load(const codec::Limits& limits) {
  if (const auto checked = codec::check_xml(buffer_, limits); !checked) return tl::unexpected(checked.error());
  // A value of blanks alone is a value; blanks between elements are not.
  const unsigned flags = pugi::parse_default | pugi::parse_ws_pcdata_single;
  if (!document_.load_buffer_inplace(buffer_.data(), buffer_.size(), flags, pugi::encoding_utf8)) {
    return bad_request("the message is not well-formed XML");
  }
  return {};
}

Result<void> XmlTree::parse(std::string text, const codec::Limits& limits, std::size_t most) {
  buffer_ = std::move(text);
  auto done = load(limits);
  if (done) return done;
  auto second = mended(buffer_, most);
  if (second == buffer_ || second.size() > most) return done;
  buffer_ = std::move(second);
  return load(limits);
}

std::string_view local_name(pugi::xml_node node) { return codec::local_name(node.name()); }

pugi::xml_node child(pugi::xml_node parent, std::string_view name) {
  for (const auto node : parent.children()) {
    if (node.type() == pugi::node_element && local_name(node) == name) return node;
  }
  return {};
}

pugi::xml_node first_element(pugi::xml_node parent) {
  return parent.find_child([](pugi::xml_node node) { return node.type() == pugi::node_element; });
}

bool is_text(pugi::xml_node node) { return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata; }

std::string text_of(pugi::xml_node node) {
  std::string out;
  for (const auto part : node.children()) {
    if (is_text(part)) out += part.value();
  }
  return out;
}

std::string_view attribute(pugi::xml_node node, std::string_view name) {
  for (const auto given : node.attributes()) {
    const std::string_view full = given.name();
    if (codec::local_name(full) == name && !full.starts_with("xmlns")) return given.value();
  }
  return {};
}

}  // namespace nscl::rem::xml
