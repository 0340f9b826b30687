// SPDX-License-Identifier: Apache-2.0
// The two formats behind one set of functions, and errorInfo.
#include <nscl/codec/codec.h>

#include <nscl/base/bytes.h>
#include <nscl/codec/xml_check.h>

#include "json_reader.h"
#include "json_tree.h"
#include "json_writer.h"
#include "xml_reader.h"
#include "xml_writer.h"

namespace nscl::codec {

namespace {

/// errorInfo of the schema. The status is text here: the caller has chosen a name that the schema knows.
const model::ResourceType& error_info() {
  static const model::ResourceType type{
      .name = "errorInfo",
      .attributes = {{.name = "statusCode", .type = &model::types::string}, {.name = "additionalInfo", .type = &model::types::string}}};
  return type;
}

/// `text` with '?' for whatever XML cannot carry.
std::string presentable(std::string text) {
  if (is_xml_text(text)) return text;
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
  }
  return text;
}

}  // namespace

Result<Document> decode(Format format, std::string_view text, std::span<const model::ResourceType* const> candidates, const Limits& limits) {
  return format == Format::xml ? decode_xml(text, candidates, limits) : decode_json(text, candidates, limits);
}

bool has_document_element(Format format, std::string_view text, std::string_view name, const Limits& limits) {
  if (format == Format::xml) {
    const auto checked = check_xml(text, limits);
    return checked && local_name(checked->root) == name;
  }
  const auto root = parse_json(text, limits);
  return root && root->kind == JsonNode::Kind::object && root->names.size() == 1 && root->names[0] == name;
}

Result<model::Value> decode_attribute(Format format, std::string_view text, const model::Field& field, const Limits& limits) {
  return format == Format::xml ? decode_xml_attribute(text, field, limits) : decode_json_attribute(text, field, limits);
}

std::string encode(Format format, const model::ResourceType& type, const model::Object& representation, const Style& style) {
  return format == Format::xml ? encode_xml(type, representation, style) : encode_json(type, representation);
}

std::string encode_attribute(Format format, const model::Field& field, const model::Value& value, const Style& style) {
  return format == Format::xml ? encode_xml_attribute(field, value, style) : encode_json_attribute(field, value);
}

std::string encode_error(Format format, const Error& error, const Style& style) {
  model::Object info;
  info.set("statusCode", schema_name_of(error.status));
  if (!error.detail.empty()) info.set("additionalInfo", presentable(error.detail));
  return encode(format, error_info(), info, style);
}

}  // namespace nscl::codec
