// SPDX-License-Identifier: Apache-2.0
// A checked XML document as a tree of pugixml, parsed in place on a copy of its own.
#pragma once

#include <string>

#include <pugixml.hpp>

#include <nscl/codec/codec.h>

namespace nscl::codec {

class XmlDocument {
 public:
  Result<void> parse(std::string_view text, const Limits& limits);
  pugi::xml_node root() const { return tree_.document_element(); }

 private:
  std::string buffer_;        // the tree points into it
  pugi::xml_document tree_;
};

}  // namespace nscl::codec
