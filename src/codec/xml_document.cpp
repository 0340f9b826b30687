// SPDX-License-Identifier: Apache-2.0
// Checked text -> tree.
#include "xml_document.h"

#include "xml_check.h"

namespace nscl::codec {

Result<void> XmlDocument::parse(std::string_view text, const Limits& limits) {
  const auto checked = check_xml(text, limits);
  if (!checked) return tl::unexpected(checked.error());
  buffer_ = checked->text;
  // White space between elements is kept in the tree: it may be part of a string beside a CDATA section.
  const unsigned flags = pugi::parse_default | pugi::parse_ws_pcdata;
  const auto result = tree_.load_buffer_inplace(buffer_.data(), buffer_.size(), flags, pugi::encoding_utf8);
  if (!result) return bad_request("the document is not well-formed XML");
  return {};
}

}  // namespace nscl::codec
