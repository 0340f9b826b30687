// SPDX-License-Identifier: Apache-2.0
// What a device sent as a tree of pugixml, and the few ways in which it is looked at: local names only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <pugixml.hpp>

#include <nscl/base/error.h>
#include <nscl/codec/codec.h>

namespace nscl::rem::xml {

class XmlTree {
 public:
  /// Checks and parses `text`, and mends it if it has to; what is mended is no longer than `most` octets. Fails with bad_request.
  Result<void> parse(std::string text, const codec::Limits& limits, std::size_t most);

  pugi::xml_node root() const { return document_.document_element(); }

 private:
  Result<void> load(const codec::Limits& limits);

  std::string buffer_;   // the document points into it
  pugi::xml_document document_;
};

std::string_view local_name(pugi::xml_node node);

/// The first child element of this name, or a null node.
pugi::xml_node child(pugi::xml_node parent, std::string_view name);
pugi::xml_node first_element(pugi::xml_node parent);

/// Character data or a CDATA section.
bool is_text(pugi::xml_node node);
/// The character data right inside `node`, CDATA sections included, as it stands.
std::string text_of(pugi::xml_node node);

/// The value of the attribute of this local name; empty if there is none.
std::string_view attribute(pugi::xml_node node, std::string_view name);

}  // namespace nscl::rem::xml
