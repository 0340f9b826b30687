// SPDX-License-Identifier: Apache-2.0
// From the octets of a device to a text that an XML parser may be given.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nscl::rem::xml {

/// The document in `octets`: from the first '<' to the last '>', in UTF-8, without XML declarations. Octets that are no UTF-8
/// stay as they are.
std::string document_text(std::string_view octets, std::string_view content_type);

/// A second try: what XML does not allow becomes U+FFFD, an '&' that begins no reference becomes "&amp;". CDATA sections and
/// comments keep their '&'. Ends early when the result is longer than `most` octets.
std::string mended(std::string_view text, std::size_t most);

}  // namespace nscl::rem::xml
