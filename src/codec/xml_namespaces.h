// SPDX-License-Identifier: Apache-2.0
// Namespace declarations in scope while a tree of pugixml, which knows nothing of namespaces, is walked.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include <nscl/base/error.h>

namespace nscl::codec {

/// A name with its prefix replaced by what the prefix stands for.
struct ExpandedName {
  std::string_view space;   ///< empty: in no namespace
  std::string_view local;
  auto operator<=>(const ExpandedName&) const = default;
};

class Namespaces {
 public:
  struct Binding {
    std::string_view prefix;   ///< empty: the default namespace
    std::string_view uri;
  };

  /// Adds the declarations of `element`; `leave(size before)` removes them.
  Result<void> enter(pugi::xml_node element);
  void leave(std::size_t size) { bindings_.resize(size); }
  std::size_t size() const { return bindings_.size(); }
  const std::vector<Binding>& bindings() const { return bindings_; }

  std::optional<std::string_view> find(std::string_view prefix) const;
  Result<ExpandedName> element(std::string_view name) const { return expand(name, true); }
  Result<ExpandedName> attribute(std::string_view name) const { return expand(name, false); }

 private:
  Result<ExpandedName> expand(std::string_view name, bool with_default) const;
  Result<void> declare(std::string_view prefix, std::string_view uri);

  std::vector<Binding> bindings_;
};

/// True for xmlns and xmlns:prefix.
bool is_namespace_declaration(std::string_view attribute_name);

}  // namespace nscl::codec
