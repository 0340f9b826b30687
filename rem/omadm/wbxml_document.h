// SPDX-License-Identifier: Apache-2.0
// WBXML <-> the tree and the elements that XML has too, with every octet of its texts as it is. libwbxml2 gives the tokens and never sees a message: it
// trims texts, changes their line ends, converts some by the Type beside them, and copies what is no text into its XML as it is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <pugixml.hpp>

#include <nscl/base/error.h>

namespace nscl::rem::omadm {

/// Puts the document into `tree`. bad_request: malformed, elements that its language does not have; beyond `depth`, `text_octets` in all texts, or
/// other bounds (wbxml_tokens.h).
Result<void> parse_wbxml(pugi::xml_document& tree, std::string_view wbxml, std::size_t depth, std::size_t text_octets);

/// The octets right inside `node` of a tree of XML or WBXML. An OPAQUE NextNonce is base64.
std::string content_of(pugi::xml_node node);

/// What is inside `node` as XML in one line; octets that are no text as base64.
std::string inner_xml(pugi::xml_node node);

}  // namespace nscl::rem::omadm
