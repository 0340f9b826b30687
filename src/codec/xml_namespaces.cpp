// SPDX-License-Identifier: Apache-2.0
// Scopes of namespace declarations (Namespaces in XML 1.0).
#include "xml_namespaces.h"

#include "names.h"

namespace nscl::codec {

namespace {
/// More declarations in scope than this make every look-up slow, and nobody needs them.
constexpr std::size_t most_bindings = 64;
}  // namespace

bool is_namespace_declaration(std::string_view attribute_name) {
  return attribute_name.starts_with("xmlns") && (attribute_name.size() == 5 || attribute_name[5] == ':');
}

Result<void> Namespaces::enter(pugi::xml_node element) {
  for (auto attribute = element.first_attribute(); attribute; attribute = attribute.next_attribute()) {
    const std::string_view name = attribute.name();
    if (!is_namespace_declaration(name)) continue;
    if (auto done = declare(name.size() == 5 ? std::string_view() : name.substr(6), attribute.value()); !done) return done;
  }
  return {};
}

Result<void> Namespaces::declare(std::string_view prefix, std::string_view uri) {
  if (bindings_.size() >= most_bindings) return bad_request("there are too many namespace declarations");
  const bool reserved = prefix == "xmlns" || (prefix == "xml") != (uri == xml_namespace) || uri == xmlns_namespace;
  if (reserved || (uri.empty() && !prefix.empty())) return bad_request("the namespace declaration of prefix " + in_quotes(prefix) + " is not allowed");
  bindings_.push_back({prefix, uri});
  return {};
}

std::optional<std::string_view> Namespaces::find(std::string_view prefix) const {
  for (auto binding = bindings_.rbegin(); binding != bindings_.rend(); ++binding) {
    if (binding->prefix == prefix) return binding->uri;
  }
  if (prefix == "xml") return xml_namespace;
  if (prefix.empty()) return std::string_view();
  return std::nullopt;
}

Result<ExpandedName> Namespaces::expand(std::string_view name, bool with_default) const {
  const auto colon = name.find(':');
  if (colon == std::string_view::npos) return ExpandedName{with_default ? *find({}) : std::string_view(), name};
  const auto space = find(name.substr(0, colon));
  if (!space) return bad_request("the prefix of " + in_quotes(name) + " is not declared");
  return ExpandedName{*space, name.substr(colon + 1)};
}

}  // namespace nscl::codec
