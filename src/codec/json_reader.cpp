// SPDX-License-Identifier: Apache-2.0
// Members are matched by name, in any order; null is absence.
#include "json_reader.h"

#include <algorithm>

#include <nscl/codec/xml_check.h>
#include <nscl/codec/xml_text.h>

#include "candidates.h"
#include "foreign.h"
#include "json_tree.h"
#include "names.h"
#include "scalar.h"
#include "xml_fragment.h"

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
  Result<Value> foreign(const JsonNode& node);
  Result<void> xsi_type(const JsonNode& node, const FieldList& fields);
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
std::string any(const std::string& text, const Limits& limits) {
  if (text.find('<') != std::string::npos) {
    if (auto fragment = parse_fragment(text, limits)) return std::move(*fragment);
  }
  std::string escaped;
  append_xml_text(escaped, text);
  return escaped;
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
  if (type.kind == Kind::any) return check_fragment(type, any(node.text, limits_));
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
  const bool may_be_extended = fields.type() || !fields.xsi_type().empty() || fields.find("$any");
  if (name == "xsi:type" && may_be_extended) return xsi_type(node, fields);
  const auto index = fields.find(name);
  const auto wildcard = index ? std::nullopt : fields.find("$any");
  if (wildcard && node.kind != JsonNode::Kind::null) {
    auto element = foreign_element(name, node);
    if (!element) return tl::unexpected(element.error());
    put(object, fields[*wildcard], std::move(*element));
    return {};
  }
  if (!index && !wildcard) return bad_request("member " + in_quotes(name) + " is not part of " + in_quotes(fields.name()) + "; remove it");
  if (!index || node.kind == JsonNode::Kind::null) return {};
  const auto field = fields[*index];
  if (field.repeats()) return items(node, field, object);
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
    auto read = field.form == Field::Form::wildcard ? foreign(item) : value(item, *field.type);
    if (!read) return tl::unexpected(about("member", field.name, std::move(read.error())));
    put(object, field, std::move(*read));
  }
  return {};
}

Result<Value> JsonReader::foreign(const JsonNode& node) {
  auto element = read_foreign(node.kind == JsonNode::Kind::string ? node.text : std::string(), limits_);
  if (!element) return tl::unexpected(element.error());
  return Value(std::move(*element));
}

Result<void> JsonReader::xsi_type(const JsonNode& node, const FieldList& fields) {
  const auto named = node.kind == JsonNode::Kind::string ? local_name(node.text) : std::string_view();
  const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };   // complex type MgmtObj of element mgmtObj
  const bool known = fields.type() ? accepts_xsi_type(*fields.type(), named)
                                   : (!named.empty() && named == fields.xsi_type()) ||
                                         std::equal(named.begin(), named.end(), fields.name().begin(), fields.name().end(), same);
  if (known) return {};
  return bad_request("the xsi:type of " + in_quotes(fields.name()) + " does not belong here");
}

std::optional<std::string_view> named_type(const JsonNode& object) {
  const auto found = std::find(object.names.begin(), object.names.end(), "xsi:type");
  if (found == object.names.end()) return std::nullopt;
  return local_name(object.items[static_cast<std::size_t>(found - object.names.begin())].text);
}

/// A member that another model calls its own is no vendor's: the xsi:type is missing or wrong.
Result<void> check_members(const JsonNode& object, const model::ResourceType& type, std::span<const model::ResourceType* const> candidates) {
  if (!type.wildcard()) return {};
  for (const auto& name : object.names) {
    if (type.find(name)) continue;
    const auto owner = std::find_if(candidates.begin(), candidates.end(), [&](const auto* other) { return other->document_element() == type.document_element() && other->find(name); });
    if (owner != candidates.end()) return bad_request("member " + in_quotes(name) + " belongs to the xsi:type " + std::string((*owner)->xsi_type) + "; name that");
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
  const auto type = choose(candidates, name, named_type(root->items[0]));
  if (!type) return tl::unexpected(type.error());
  if (auto done = check_members(root->items[0], **type, candidates); !done) return tl::unexpected(done.error());
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
