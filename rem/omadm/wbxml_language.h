// SPDX-License-Identifier: Apache-2.0
// The elements of a language of WBXML and their tokens, as libwbxml2 knows them: it is asked once, so that no message has to go through it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <nscl/base/error.h>

namespace nscl::rem::omadm {

class WbxmlLanguage {
 public:
  /// SyncML 1.1 or 1.2, MetInf, DevInf or DM DDF, by its public identifier: a number, or if that is 0 a name. What names no language at all is taken
  /// for SyncML 1.2, as some clients send. Lives as long as the process. bad_request: a language that DM does not use.
  static Result<const WbxmlLanguage*> of(std::uint32_t number, std::string_view name);
  static const WbxmlLanguage& syncml_1_1();
  static const WbxmlLanguage& syncml_1_2();

  /// Of the element of this token (0x05 to 0x3F); empty: there is none.
  const std::string& name(std::uint8_t page, std::uint8_t token) const;
  /// Of the elements of a code page; empty: there are none.
  const std::string& name_space(std::uint8_t page) const { return page_at(page).name_space; }
  /// 0: the page has no element of this name.
  std::uint8_t token(std::uint8_t page, std::string_view name) const;
  /// What a document of WBXML 1.2 in UTF-8 without a string table begins with.
  const std::string& header() const { return header_; }

 private:
  struct Page {
    std::string name_space;
    std::array<std::string, 0x40> names;
  };
  struct All;

  explicit WbxmlLanguage(std::string header);
  static const All& all();
  const Page& page_at(std::uint8_t page) const;

  std::string header_;
  std::array<Page, 3> pages_;   // no language of DM has more
};

}  // namespace nscl::rem::omadm
