// SPDX-License-Identifier: Apache-2.0
// Serialises the content of an element of unknown type.
#include "xml_fragment.h"

#include <algorithm>
#include <set>

#include <nscl/codec/xml_check.h>
#include <nscl/codec/xml_text.h>

#include "names.h"
#include "xml_document.h"

namespace nscl::codec {

namespace {

class FragmentWriter {
 public:
  FragmentWriter(Namespaces& scope, const Limits& limits) : scope_(scope), outer_(scope.size()), most_depth_(limits.depth / 2) {}

  Result<void> content(pugi::xml_node element) {
    for (const auto node : element.children()) {
      if (node.type() != pugi::node_element) {
        append_xml_text(out_, node.value());
      } else if (auto done = child(node); !done) {
        return done;
      }
    }
    return {};
  }
  Result<void> child(pugi::xml_node node);
  std::string take() { return std::move(out_); }

 private:
  Result<void> attributes(pugi::xml_node node);
  void declare_used_prefixes(std::size_t position);
  void note(std::string_view name, std::size_t own_from);

  Namespaces& scope_;
  const std::size_t outer_;            ///< bindings below this index come from outside the fragment
  const std::size_t most_depth_;
  std::size_t depth_ = 0;
  std::set<std::string_view> used_;    ///< prefixes that the child at hand takes from outside
  std::string out_;
};

/// Remembers the prefix of `name` if its declaration lies outside the fragment.
void FragmentWriter::note(std::string_view name, std::size_t own_from) {
  const auto colon = name.find(':');
  const auto prefix = colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
  const auto& bindings = scope_.bindings();
  const auto inside = std::any_of(bindings.begin() + static_cast<std::ptrdiff_t>(own_from), bindings.end(),
                                  [&](const auto& binding) { return binding.prefix == prefix; });
  if (!inside && prefix != "xml") used_.insert(prefix);
}

Result<void> FragmentWriter::attributes(pugi::xml_node node) {
  std::vector<ExpandedName> names;
  for (const auto attribute : node.attributes()) {
    const std::string_view name = attribute.name();
    out_.append(" ").append(name).append("=\"");
    append_xml_attribute(out_, attribute.value());
    out_ += '"';
    if (is_namespace_declaration(name)) continue;
    const auto expanded = scope_.attribute(name);
    if (!expanded) return tl::unexpected(expanded.error());
    names.push_back(*expanded);
    if (name.find(':') != std::string_view::npos) note(name, outer_);
  }
  std::sort(names.begin(), names.end());
  if (std::adjacent_find(names.begin(), names.end()) != names.end()) return bad_request("an attribute of " + in_quotes(node.name()) + " is given twice");
  return {};
}

Result<void> FragmentWriter::child(pugi::xml_node node) {
  if (depth_ == most_depth_) return bad_request("element " + in_quotes(node.name()) + " is nested too deep");
  const auto before = scope_.size();
  if (auto done = scope_.enter(node); !done) return done;
  if (const auto name = scope_.element(node.name()); !name) return tl::unexpected(name.error());
  note(node.name(), outer_);
  out_.append("<").append(node.name());
  const auto position = out_.size();
  if (auto done = attributes(node); !done) return done;
  if (node.first_child()) {
    out_ += '>';
    ++depth_;
    if (auto done = content(node); !done) return done;
    --depth_;
    out_.append("</").append(node.name()).append(">");
  } else {
    out_ += "/>";
  }
  scope_.leave(before);
  if (depth_ == 0) declare_used_prefixes(position);
  return {};
}

void FragmentWriter::declare_used_prefixes(std::size_t position) {
  std::string declarations;
  for (const auto prefix : used_) {
    const auto uri = scope_.find(prefix);
    if (!uri || uri->empty()) continue;   // the default namespace, if there is none
    declarations.append(prefix.empty() ? " xmlns" : " xmlns:").append(prefix).append("=\"");
    append_xml_attribute(declarations, *uri);
    declarations += '"';
  }
  out_.insert(position, declarations);
  used_.clear();
}

}  // namespace

Result<std::string> fragment_of(pugi::xml_node element, Namespaces& scope, const Limits& limits) {
  FragmentWriter writer(scope, limits);
  if (auto done = writer.content(element); !done) return tl::unexpected(done.error());
  return writer.take();
}

Result<std::string> element_fragment(pugi::xml_node element, Namespaces& scope, const Limits& limits) {
  FragmentWriter writer(scope, limits);
  if (auto done = writer.child(element); !done) return tl::unexpected(done.error());
  return writer.take();
}

std::optional<std::string> parse_fragment(std::string_view text, const Limits& limits) {
  XmlDocument document;
  if (!document.parse("<any>" + std::string(text) + "</any>", limits)) return std::nullopt;
  Namespaces scope;
  auto fragment = fragment_of(document.root(), scope, limits);
  if (!fragment) return std::nullopt;
  return std::move(*fragment);
}

}  // namespace nscl::codec
