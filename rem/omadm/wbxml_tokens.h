// SPDX-License-Identifier: Apache-2.0
// A walk over the tokens of a WBXML document, within bounds; and tokens to write one with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <nscl/base/error.h>

namespace nscl::rem::omadm {

/// The tags of a code page; with content 0x40 more, and the end of it is a token of its own.
inline constexpr std::uint8_t first_tag = 0x05, last_tag = 0x3F, has_content = 0x40, end_token = 0x01;

struct WbxmlBounds {
  std::size_t depth = 32;
  std::size_t tokens = 50'000;         ///< elements and texts
  std::size_t children = 4096;         ///< of one element: who looks for one goes along them
  std::size_t text_octets = 8u << 20;  ///< of all texts, those of the string table as often as they are referred to
};

/// Gets what a walk finds, in the order of the document. An error ends the walk.
class WbxmlHandler {
 public:
  virtual ~WbxmlHandler() = default;
  /// Of the language: its public identifier, or 0 and its name.
  virtual Result<void> begin(std::uint32_t number, std::string_view name) = 0;
  /// `token` (0x05 to 0x3F) of the code page `page`. Each is closed, those without content at once.
  virtual Result<void> open(std::uint8_t page, std::uint8_t token) = 0;
  /// Not empty: strings and entities, or OPAQUE. What stands side by side is one text, of the kind of its last part.
  virtual Result<void> text(std::string_view octets, bool is_opaque) = 0;
  virtual void close() = 0;
};

/// bad_request: cut off, beyond the bounds, another charset than UTF-8, attributes, extensions, processing instructions, tags by a literal name; or
/// what the handler says.
Result<void> walk_wbxml(std::string_view wbxml, const WbxmlBounds& bounds, WbxmlHandler& handler);

/// What WBXML 1.2 in UTF-8 without a string table begins with; with a table if the language is told by `name`, as `number` is 0.
std::string wbxml_header(std::uint32_t number, std::string_view name);

/// Writes elements of WBXML. An element that stays empty has no content.
class WbxmlWriter {
 public:
  explicit WbxmlWriter(std::string header) : out_(std::move(header)) {}
  void open(std::uint8_t page, std::uint8_t token);
  void string(std::string_view text);   ///< STR_I; `text` has no zero octet
  void opaque(std::string_view octets);
  void close();
  std::string written() && { return std::move(out_); }

 private:
  std::string out_;
  std::uint8_t page_ = 0;
  std::size_t opened_ = 0;   // where the tag is that the last call opened; 0: it did not
};

}  // namespace nscl::rem::omadm
