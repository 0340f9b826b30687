// SPDX-License-Identifier: Apache-2.0
// Elements of other namespaces (the wildcard of mgmtObj and parameters) and the JSON members that stand for them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "json_tree.h"

namespace nscl::codec {

/// Namespace of the elements that came as JSON members, which have none.
inline constexpr std::string_view json_attribute_namespace = "urn:nscl:json-attribute";

struct PlainMember {
  std::string name;
  std::string text;        ///< of a string; else JSON
  bool is_string = true;
};

/// The element that a JSON member of unknown name is kept as. Strings, whole numbers and booleans have one.
Result<std::string> foreign_element(std::string_view name, const JsonNode& value);

/// The member that such an element came from; nullopt for any other element.
std::optional<PlainMember> plain_member(std::string_view element);

/// The element that a string of "$any" is, in the form in which it is kept.
Result<std::string> read_foreign(std::string_view text, const Limits& limits);

}  // namespace nscl::codec
