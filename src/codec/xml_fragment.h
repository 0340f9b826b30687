// SPDX-License-Identifier: Apache-2.0
// Content of xs:anyType, kept as a piece of XML that stands alone: every prefix it uses is declared inside it.
#pragma once

#include <optional>
#include <string>

#include <nscl/codec/codec.h>

#include "xml_namespaces.h"

namespace nscl::codec {

/// The content of `element`, comments left out. `scope` holds the declarations in force for it.
Result<std::string> fragment_of(pugi::xml_node element, Namespaces& scope, const Limits& limits);

/// `element` itself. `scope` holds the declarations in force around it.
Result<std::string> element_fragment(pugi::xml_node element, Namespaces& scope, const Limits& limits);

/// The fragment that `text` is, in the form fragment_of would give it, or nullopt: then it is plain text.
std::optional<std::string> parse_fragment(std::string_view text, const Limits& limits);

}  // namespace nscl::codec
