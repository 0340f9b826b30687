// SPDX-License-Identifier: Apache-2.0
// A walk over the tokens of a WBXML document, before a decoder sees it and after an encoder made it: bounds, and texts put in the place of texts.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include <nscl/base/error.h>

namespace nscl::rem::omadm {

struct WbxmlBounds {
  std::size_t depth = 32;
  std::size_t tokens = 50'000;         ///< elements and texts
  std::size_t children = 4096;         ///< of one element: the decoder walks along them for each one more
  std::size_t text_octets = 8u << 20;  ///< of all texts, those of the string table as often as they are referred to
};

/// Gets each text that is not empty, in the order of the document: strings and entities, or OPAQUE. What stands side by side is one text, of the kind of
/// its last part: the decoder would write a CDATA section into another. Appends to `out` what takes its place, by the two functions below.
using TextPlace = std::function<Result<void>(std::string_view text, bool is_opaque, std::string& out)>;

void put_string(std::string& out, std::string_view text);   ///< STR_I; `text` has no zero octet
void put_opaque(std::string& out, std::string_view octets);

/// The document with its texts replaced. Its string table is left out, but for a name of its language; the charset becomes UTF-8.
/// bad_request: cut off, beyond the bounds, another charset, attributes, extensions, processing instructions, tags by a literal name.
Result<std::string> with_texts(std::string_view wbxml, const WbxmlBounds& bounds, const TextPlace& place);

}  // namespace nscl::rem::omadm
