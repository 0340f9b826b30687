// SPDX-License-Identifier: Apache-2.0
// Escaping of XML character data and attribute values, and its white space.
#pragma once

#include <string>
#include <string_view>

namespace nscl::codec {

/// Appends `text` so that a parser gives it back exactly; a carriage return would else become a line feed.
/// Controls that XML has no way to write become U+FFFD.
void append_xml_text(std::string& out, std::string_view text);
void append_xml_attribute(std::string& out, std::string_view value);

/// Undoes append_xml_text.
std::string xml_unescaped(std::string_view text);

/// Without XML white space at both ends.
std::string_view trimmed(std::string_view text);
inline bool is_blank(std::string_view text) { return trimmed(text).empty(); }

}  // namespace nscl::codec
