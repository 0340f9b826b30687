// SPDX-License-Identifier: Apache-2.0
// Walks the tree of a checked document. Elements and attributes are matched by local name, in the M2M namespace or in
// none; their order is free.
#include "xml_reader.h"

#include <algorithm>

#include <nscl/codec/xml_check.h>

#include "candidates.h"
#include "names.h"
#include "scalar.h"
#include "xml_document.h"
#include "xml_fragment.h"
#include "xml_namespaces.h"

namespace nscl::codec {

using model::DataType;
using model::Field;
using model::Kind;
using model::Object;
using model::Value;

namespace {

using Form = Field::Form;

bool is_text(pugi::xml_node node) { return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata; }

/// Character content of an element, which may come in pieces.
class Text {
 public:
  void add(std::string_view piece) {
    if (++pieces_ == 1) {
      only_ = piece;
      return;
    }
    if (pieces_ == 2) joined_ = only_;
    joined_ += piece;
  }
  std::string_view get() const { return pieces_ > 1 ? std::string_view(joined_) : only_; }

 private:
  std::size_t pieces_ = 0;
  std::string_view only_;
  std::string joined_;
};

class XmlReader {
 public:
  explicit XmlReader(const Limits& limits) : limits_(limits) {}

  /// Local name of the document element, whose declarations come into scope.
  Result<std::string_view> enter_root(pugi::xml_node root);
  /// Local name in its xsi:type, if it has one.
  std::optional<std::string_view> named_type(pugi::xml_node root) const;
  /// These two expect the declarations of `node` in scope.
  Result<Object> object(pugi::xml_node node, const FieldList& fields);
  Result<Value> value(pugi::xml_node node, const DataType& type);

 private:
  Result<void> attributes(pugi::xml_node node, const FieldList* fields, Object* object, const DataType* type);
  Result<void> attribute(pugi::xml_attribute attribute, const FieldList* fields, Object* object);
  Result<void> xsi_attribute(std::string_view name, std::string_view value, const FieldList* fields, const DataType* type);
  Result<void> child(pugi::xml_node node, const FieldList& fields, Object& object);
  Result<void> text(pugi::xml_node node, std::string_view raw, const FieldList& fields, Object& object);
  Result<Value> simple(pugi::xml_node node, const DataType& type);
  Result<std::string_view> m2m_name(std::string_view name);
  bool is_foreign(std::string_view name) const;

  const Limits& limits_;
  Namespaces scope_;
};

Result<std::string_view> XmlReader::m2m_name(std::string_view name) {
  const auto expanded = scope_.element(name);
  if (!expanded) return tl::unexpected(expanded.error());
  if (!expanded->space.empty() && expanded->space != m2m_namespace) {
    return bad_request("element " + in_quotes(name) + " is in a foreign namespace; use " + std::string(m2m_namespace));
  }
  return expanded->local;
}

Result<std::string_view> XmlReader::enter_root(pugi::xml_node root) {
  if (auto done = scope_.enter(root); !done) return tl::unexpected(done.error());
  return m2m_name(root.name());
}

std::optional<std::string_view> XmlReader::named_type(pugi::xml_node root) const {
  for (const auto attribute : root.attributes()) {
    const std::string_view name = attribute.name();
    const auto expanded = scope_.attribute(name);
    if (!is_namespace_declaration(name) && expanded && *expanded == ExpandedName{xsi_namespace, "type"}) return local_name(trimmed(attribute.value()));
  }
  return std::nullopt;
}

bool XmlReader::is_foreign(std::string_view name) const {
  const auto expanded = scope_.element(name);
  return expanded && !expanded->space.empty() && expanded->space != m2m_namespace;
}

Result<Object> XmlReader::object(pugi::xml_node node, const FieldList& fields) {
  Object object;
  if (!fields.type()) object.reserve(8);
  if (auto done = attributes(node, &fields, &object, fields.type()); !done) return tl::unexpected(done.error());
  Text raw;
  bool has_elements = false;
  for (auto each = node.first_child(); each; each = each.next_sibling()) {
    if (is_text(each)) {
      raw.add(each.value());
      continue;
    }
    has_elements = true;
    if (auto done = child(each, fields, object); !done) return tl::unexpected(done.error());
  }
  if (has_elements || !fields.has_text()) {
    if (!is_blank(raw.get())) return bad_request("element " + in_quotes(node.name()) + " must not hold text beside its children");
  } else if (auto done = text(node, raw.get(), fields, object); !done) {
    return tl::unexpected(done.error());
  }
  if (auto done = complete(object, fields); !done) return tl::unexpected(done.error());
  return object;
}

Result<void> XmlReader::child(pugi::xml_node node, const FieldList& fields, Object& object) {
  const auto before = scope_.size();
  if (auto done = scope_.enter(node); !done) return done;
  if (const auto wildcard = fields.find("$any"); wildcard && is_foreign(node.name())) {
    scope_.leave(before);
    auto element = element_fragment(node, scope_, limits_);
    if (!element) return tl::unexpected(element.error());
    put(object, fields[*wildcard], std::move(*element));
    return {};
  }
  const auto name = m2m_name(node.name());
  if (!name) return tl::unexpected(name.error());
  const auto index = fields.find(*name);
  if (!index || fields.form(*index) != Form::element) return bad_request("element " + in_quotes(*name) + " is not part of " + in_quotes(fields.name()) + "; remove it");
  const auto field = fields[*index];
  auto read = value(node, *field.type);
  if (!read) return tl::unexpected(read.error());
  scope_.leave(before);
  const auto* string = read->get<std::string>();
  if (field.output == Field::Output::always && string && string->empty()) return {};   // as good as absent
  if (!put(object, field, std::move(*read))) return bad_request("element " + in_quotes(*name) + " occurs twice; send it once");
  return {};
}

Result<Value> XmlReader::value(pugi::xml_node node, const DataType& type) {
  if (type.kind == Kind::complex) {
    auto read = object(node, FieldList(type));
    if (!read) return tl::unexpected(read.error());
    return Value(std::move(*read));
  }
  if (auto done = attributes(node, nullptr, nullptr, &type); !done) return tl::unexpected(done.error());
  if (type.kind != Kind::any) return simple(node, type);
  auto fragment = fragment_of(node, scope_, limits_);
  if (!fragment) return tl::unexpected(fragment.error());
  auto checked = check_fragment(type, std::move(*fragment));
  if (!checked) return tl::unexpected(about("element", node.name(), std::move(checked.error())));
  return checked;
}

Result<Value> XmlReader::simple(pugi::xml_node node, const DataType& type) {
  Text raw;
  for (auto each = node.first_child(); each; each = each.next_sibling()) {
    if (!is_text(each)) return bad_request("element " + in_quotes(node.name()) + " must hold text only");
    raw.add(each.value());
  }
  if (type.kind == Kind::empty) {
    if (!is_blank(raw.get())) return bad_request("element " + in_quotes(node.name()) + " must be empty");
    return Value(Object{});
  }
  auto parsed = parse_text(type, type.kind == Kind::string ? raw.get() : trimmed(raw.get()));
  if (!parsed) return tl::unexpected(about("element", node.name(), std::move(parsed.error())));
  return parsed;
}

Result<void> XmlReader::text(pugi::xml_node node, std::string_view raw, const FieldList& fields, Object& object) {
  const auto field = fields[*fields.find("$t")];
  if (field.min == 0 && is_blank(raw)) return {};
  auto parsed = parse_text(*field.type, field.type->kind == Kind::string ? raw : trimmed(raw));
  if (!parsed) return tl::unexpected(about("element", node.name(), std::move(parsed.error())));
  object.add(field.name, std::move(*parsed));
  return {};
}

/// Reads the attributes into `object`; with no `fields`, none is allowed.
Result<void> XmlReader::attributes(pugi::xml_node node, const FieldList* fields, Object* object, const DataType* type) {
  for (auto each = node.first_attribute(); each; each = each.next_attribute()) {
    const std::string_view name = each.name();
    if (is_namespace_declaration(name)) continue;
    const auto expanded = scope_.attribute(name);
    if (!expanded) return tl::unexpected(expanded.error());
    auto done = expanded->space == xsi_namespace ? xsi_attribute(expanded->local, each.value(), fields, type) : attribute(each, fields, object);
    if (!done) return done;
  }
  return {};
}

Result<void> XmlReader::attribute(pugi::xml_attribute attribute, const FieldList* fields, Object* object) {
  const auto name = scope_.attribute(attribute.name());
  const auto index = fields ? fields->find(name->local) : std::nullopt;
  const auto field = index ? std::optional((*fields)[*index]) : std::nullopt;
  const bool in_place = field && (name->space.empty() || name->space == m2m_namespace || name->space == field->xml_namespace);
  if (!in_place || field->form != Form::attribute) {
    return bad_request("attribute " + in_quotes(attribute.name()) + " is not known here; remove it");
  }
  const std::string_view raw = attribute.value();
  auto parsed = parse_text(*field->type, field->type->kind == Kind::string ? raw : trimmed(raw));
  if (!parsed) return tl::unexpected(about("attribute", attribute.name(), std::move(parsed.error())));
  if (!put(*object, *field, std::move(*parsed))) return bad_request("attribute " + in_quotes(attribute.name()) + " is given twice");
  return {};
}

Result<void> XmlReader::xsi_attribute(std::string_view name, std::string_view value, const FieldList* fields, const DataType* type) {
  if (name == "schemaLocation" || name == "noNamespaceSchemaLocation") return {};
  if (name != "type") return bad_request("attribute " + in_quotes(name) + " of XML Schema is not accepted; remove it");
  const auto named = scope_.element(trimmed(value));
  if (!named) return tl::unexpected(named.error());
  const bool known_space = named->space.empty() || named->space == m2m_namespace || named->space == xsd_namespace;
  if (type && type->kind == Kind::any) return {};
  if (known_space && type && accepts_xsi_type(*type, named->local)) return {};
  if (known_space && !type && !fields->xsi_type().empty() && named->local == fields->xsi_type()) return {};
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };   // complex type Container of element container
  if (known_space && !type && std::equal(named->local.begin(), named->local.end(), fields->name().begin(), fields->name().end(), same)) return {};
  return bad_request("the xsi:type " + in_quotes(value) + " does not belong here");
}

}  // namespace

Result<Document> decode_xml(std::string_view text, std::span<const model::ResourceType* const> candidates, const Limits& limits) {
  XmlDocument document;
  if (auto done = document.parse(text, limits); !done) return tl::unexpected(done.error());
  XmlReader reader(limits);
  const auto name = reader.enter_root(document.root());
  if (!name) return tl::unexpected(name.error());
  const auto type = choose(candidates, *name, reader.named_type(document.root()));
  if (!type) return tl::unexpected(type.error());
  auto read = reader.object(document.root(), FieldList(**type));
  if (!read) return tl::unexpected(read.error());
  return Document{*type, std::move(*read)};
}

Result<Value> decode_xml_attribute(std::string_view text, const Field& field, const Limits& limits) {
  XmlDocument document;
  if (auto done = document.parse(text, limits); !done) return tl::unexpected(done.error());
  XmlReader reader(limits);
  const auto name = reader.enter_root(document.root());
  if (!name) return tl::unexpected(name.error());
  if (*name != field.name) return bad_request("the document element " + in_quotes(*name) + " should be " + in_quotes(field.name));
  return reader.value(document.root(), *field.type);
}

}  // namespace nscl::codec
