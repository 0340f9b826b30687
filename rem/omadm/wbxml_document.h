// SPDX-License-Identifier: Apache-2.0
// WBXML with every octet of its texts as it is: libwbxml2 names the elements and never sees a text. It trims them, changes their line ends, converts
// some by the Type beside them, and copies what is no text into its XML as it is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include <nscl/base/error.h>
#include <nscl/rem/omadm/syncml.h>

#include "xml/tree.h"

namespace nscl::rem::omadm {

/// What the check of XML needs of the limits: depth, elements, attributes.
codec::Limits bounds_of(const SyncmlLimits& limits);

/// Puts the document into `tree`. bad_request: malformed, beyond the limits, with elements that its language does not have.
Result<void> parse_wbxml(xml::XmlTree& tree, std::string_view wbxml, const SyncmlLimits& limits);

/// The octets right inside `node` of a tree of XML or WBXML. An OPAQUE NextNonce is base64.
std::string content_of(pugi::xml_node node);

/// What is inside `node` as XML in one line; octets that are no text as base64.
std::string inner_xml(pugi::xml_node node);

/// What stands for the text `index` in XML that wbxml_of takes.
std::string marker_of(std::size_t index);

/// `xml`, whose texts are all markers, as WBXML with `texts` in their places.
Result<std::string> wbxml_of(std::string_view xml, const std::vector<std::string>& texts);

}  // namespace nscl::rem::omadm
