// SPDX-License-Identifier: Apache-2.0
// Namespaces of the XML form, and the sentence in front of every complaint about an element.
#pragma once

#include <string>
#include <string_view>

namespace nscl::codec {

inline constexpr std::string_view m2m_namespace = "http://uri.etsi.org/m2m";
inline constexpr std::string_view xmlmime_namespace = "http://www.w3.org/2005/05/xmlmime";
inline constexpr std::string_view xsi_namespace = "http://www.w3.org/2001/XMLSchema-instance";
inline constexpr std::string_view xsd_namespace = "http://www.w3.org/2001/XMLSchema";
inline constexpr std::string_view xml_namespace = "http://www.w3.org/XML/1998/namespace";
inline constexpr std::string_view xmlns_namespace = "http://www.w3.org/2000/xmlns/";

/// 'name', cut to what a reader of the error needs; control characters never reach an answer.
inline std::string in_quotes(std::string_view name) {
  std::string out = "'";
  for (const char c : name.substr(0, 64)) out += static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e ? '?' : c;
  if (name.size() > 64) out += "...";
  return out += '\'';
}

}  // namespace nscl::codec
