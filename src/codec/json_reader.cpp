// SPDX-License-Identifier: Apache-2.0
// Members are matched by name, in any order; null is absence.
#include "json_reader.h"

#include <algorithm>

#include "json_tree.h"
#include "names.h"
#include "scalar.h"
#include "xml_check.h"
#include "xml_fragment.h"
#include "xml_text.h"

namespace nscl::codec {

using model::DataType;
using model::Field;
using model::Kind;
using model::Object;
using model::Value;

namespace {

class JsonReader {
 public:
  explicit JsonReader(const Limits& limits) : limits_(limits) {}

  Result<Object> object(const JsonNode& node, const FieldList& fields);
  Result<Value> value(const JsonNode& node, const DataType& type);

 private:
  Result<void> member(std::string_view name, const JsonNode& node, const FieldList& fields, Object& object);
  Result<void> items(const JsonNode& node, const Field& field, Object& object);
  Result<Value> text_only(const JsonNode& node, const DataType& type);

  const Limits& limits_;
};

Result<Value> integer(const JsonNode& node, const DataType& type) {
  if (node.kind == JsonNode::Kind::integer) return check_integer(type, node.number);
  return bad_request("must be a number");
}

Result<Value> boolean(const JsonNode& node) {
  if (node.kind == JsonNode::Kind::boolean) return Value(node.flag);
  return bad_request("must be true or false");
}

/// true, "" or {}: the element is there, and that is all it says.
Result<Value> presence(const JsonNode& node) {
  const bool yes = (node.kind == JsonNode::Kind::boolean && node.flag) || (node.kind == JsonNode::Kind::string && node.text.empty()) ||
                   (node.kind == JsonNode::Kind::object && node.items.empty());
  if (yes) return Value(Object{});
  return bad_request("must be an empty object, or left out");
}

/// A string that is a piece of XML stays one; any other becomes the XML for that text.
Value any(const std::string& text, const Limits& limits) {
  if (text.find('<') != std::string::npos) {
    if (auto fragment = parse_fragment(text, limits)) return Value(std::move(*fragment));
  }
  std::string escaped;
  append_xml_text(escaped, text);
  return Value(std::move(escaped));
}

Result<Value> JsonReader::value(const JsonNode& node, const DataType& type) {
  switch (type.kind) {
    case Kind::boolean: return boolean(node);
    case Kind::integer: return integer(node, type);
    case Kind::empty: return presence(node);
    case Kind::complex: {
      if (node.kind == JsonNode::Kind::string && type.find("$t")) return text_only(node, type);
      auto read = object(node, FieldList(type));
      if (!read) return tl::unexpected(read.error());
      return Value(std::move(*read));
    }
    default: break;
  }
  if (type.kind == Kind::duration && node.kind == JsonNode::Kind::integer) return parse_text(type, std::to_string(node.number));
  if (node.kind != JsonNode::Kind::string) return bad_request("must be a string");
  if (type.kind == Kind::any) return any(node.text, limits_);
  return parse_text(type, node.text);
}

/// An element whose type has attributes, none of which is given.
Result<Value> JsonReader::text_only(const JsonNode& node, const DataType& type) {
  const FieldList fields(type);
  Object object;
  if (auto done = member("$t", node, fields, object); !done) return tl::unexpected(done.error());
  if (auto done = complete(object, fields); !done) return tl::unexpected(done.error());
  return Value(std::move(object));
}

Result<Object> JsonReader::object(const JsonNode& node, const FieldList& fields) {
  if (node.kind != JsonNode::Kind::object) return bad_request("must be an object");
  Object object;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    if (auto done = member(node.names[i], node.items[i], fields, object); !done) return tl::unexpected(done.error());
  }
  if (auto done = complete(object, fields); !done) return tl::unexpected(done.error());
  return object;
}

Result<void> JsonReader::member(std::string_view name, const JsonNode& node, const FieldList& fields, Object& object) {
  if (name == "xsi:type" && fields.type()) {
    if (node.kind == JsonNode::Kind::string && accepts_xsi_type(*fields.type(), local_name(node.text))) return {};
    return bad_request("the xsi:type of " + in_quotes(fields.name()) + " does not belong here");
  }
  const auto index = fields.find(name);
  if (!index) return bad_request("member " + in_quotes(name) + " is not part of " + in_quotes(fields.name()) + "; remove it");
  if (node.kind == JsonNode::Kind::null) return {};
  const auto field = fields[*index];
  if (field.max == model::unbounded) return items(node, field, object);
  auto read = value(node, *field.type);
  if (!read) return tl::unexpected(about("member", name, std::move(read.error())));
  const bool says_nothing = node.kind == JsonNode::Kind::string && node.text.empty();
  if (says_nothing && (field.output == Field::Output::always || (field.form == Field::Form::text && field.min == 0))) return {};
  if (!put(object, field, std::move(*read))) return bad_request("member " + in_quotes(name) + " occurs twice under different names");
  return {};
}

Result<void> JsonReader::items(const JsonNode& node, const Field& field, Object& object) {
  const bool no_items = node.kind == JsonNode::Kind::object && node.items.empty();
  if (node.kind != JsonNode::Kind::array && !no_items) return bad_request("member " + in_quotes(field.name) + " must be an array");
  for (const auto& item : node.items) {
    auto read = value(item, *field.type);
    if (!read) return tl::unexpected(about("member", field.name, std::move(read.error())));
    put(object, field, std::move(*read));
  }
  return {};
}

/// The only member of the outermost object.
Result<JsonNode> only_member(std::string_view text, const Limits& limits) {
  auto root = parse_json(text, limits);
  if (!root) return root;
  if (root->kind != JsonNode::Kind::object || root->items.size() != 1) {
    return bad_request("the document must be an object with one member, named after the document element");
  }
  return root;
}

}  // namespace

Result<Document> decode_json(std::string_view text, std::span<const model::ResourceType* const> candidates, const Limits& limits) {
  const auto root = only_member(text, limits);
  if (!root) return tl::unexpected(root.error());
  const std::string_view name = root->names[0];
  const auto type = std::find_if(candidates.begin(), candidates.end(), [&](const auto* candidate) { return candidate->name == name; });
  if (type == candidates.end()) return bad_request("the document element " + in_quotes(name) + " does not belong here");
  auto read = JsonReader(limits).object(root->items[0], FieldList(**type));
  if (!read) return tl::unexpected(about("member", name, std::move(read.error())));
  return Document{*type, std::move(*read)};
}

Result<Value> decode_json_attribute(std::string_view text, const Field& field, const Limits& limits) {
  const auto root = only_member(text, limits);
  if (!root) return tl::unexpected(root.error());
  const std::string_view name = root->names[0];
  if (name != field.name) return bad_request("the member " + in_quotes(name) + " should be " + in_quotes(field.name));
  auto read = JsonReader(limits).value(root->items[0], *field.type);
  if (!read) return tl::unexpected(about("member", name, std::move(read.error())));
  return read;
}

}  // namespace nscl::codec
