// SPDX-License-Identifier: Apache-2.0
// Well-formedness and limits of a hostile XML text, in one pass and before anything is built from it. pugixml is fast
// because it checks little of this (docs/security.md).
#pragma once

#include <string_view>

#include <nscl/base/error.h>
#include <nscl/codec/codec.h>

namespace nscl::codec {

struct CheckedXml {
  std::string_view text;   ///< without a byte order mark
  std::string_view root;   ///< name of the document element, with its prefix
};

/// Refuses what is not well-formed XML 1.0 in UTF-8, every DOCTYPE and processing instruction, and what is beyond the
/// limits. Namespaces are left to the reader.
Result<CheckedXml> check_xml(std::string_view text, const Limits& limits);

/// The text between '&' and ';': one of the five predefined names, or the number of a character of XML.
bool is_xml_reference(std::string_view name);

/// "prefix:name" -> name.
inline std::string_view local_name(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

}  // namespace nscl::codec
