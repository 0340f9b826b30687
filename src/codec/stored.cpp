// SPDX-License-Identifier: Apache-2.0
// Storage form: compact JSON, times as microseconds, octets as base64; hidden members beside those of the type.
#include <algorithm>
#include <mutex>
#include <set>
#include <shared_mutex>

#include <nscl/base/bytes.h>
#include <nscl/codec/codec.h>

#include "fields.h"
#include "json_text.h"
#include "json_tree.h"
#include "names.h"

namespace nscl::codec {

using model::DataType;
using model::Kind;
using model::List;
using model::Object;
using model::Value;

namespace {

void append(std::string& out, const Value& value);

void append(std::string& out, const Object& object) {
  out += '{';
  for (const auto& member : object) {
    if (member.value.is_null()) continue;
    if (out.back() != '{') out += ',';
    append_json_string(out, member.name);
    out += ':';
    append(out, member.value);
  }
  out += '}';
}

void append(std::string& out, const Value& value) {
  if (append_json_scalar(out, value)) return;
  if (const auto* time = value.get<Time>()) return void(out += std::to_string(time->time_since_epoch().count()));
  if (const auto* object = value.get<Object>()) return append(out, *object);
  const auto* list = value.get<List>();
  if (!list) return void(out += "null");
  out += '[';
  for (const auto& item : *list) {
    if (out.back() != '[') out += ',';
    append(out, item);
  }
  out += ']';
}

/// Names in an Object live for ever. Hidden ones are few: those that the sources spell out.
std::string_view lasting_name(std::string_view name) {
  static std::set<std::string, std::less<>> names;
  static std::shared_mutex mutex;
  {
    const std::shared_lock lock(mutex);
    if (const auto found = names.find(name); found != names.end()) return *found;
  }
  const std::unique_lock lock(mutex);
  return *names.emplace(name).first;
}

tl::unexpected<Error> unreadable(std::string_view name) {
  return failure(Status::internal_server_error, "the stored form of " + in_quotes(name) + " cannot be read");
}

Result<Value> hidden(const JsonNode& node, std::string_view name) {
  switch (node.kind) {
    case JsonNode::Kind::boolean: return Value(node.flag);
    case JsonNode::Kind::integer: return Value(node.number);
    case JsonNode::Kind::string: return Value(node.text);
    case JsonNode::Kind::array: break;
    default: return unreadable(name);
  }
  List list;
  for (const auto& item : node.items) {
    if (item.kind != JsonNode::Kind::string) return unreadable(name);
    list.emplace_back(item.text);
  }
  return Value(std::move(list));
}

Result<Object> read_object(const JsonNode& node, const FieldList& fields);

Result<Value> read_value(const JsonNode& node, const DataType& type) {
  const bool is_object = type.kind == Kind::complex || type.kind == Kind::empty;
  if (is_object) {
    if (node.kind != JsonNode::Kind::object) return unreadable(type.name);
    auto object = read_object(node, FieldList(type));
    if (!object) return tl::unexpected(object.error());
    return Value(std::move(*object));
  }
  if (node.kind == JsonNode::Kind::boolean && type.kind == Kind::boolean) return Value(node.flag);
  if (node.kind == JsonNode::Kind::integer && type.kind == Kind::integer) return Value(node.number);
  if (node.kind == JsonNode::Kind::integer && type.kind == Kind::date_time) {
    const Time time{std::chrono::microseconds(node.number)};
    return type.keeps_text ? Value(format_date_time(time)) : Value(time);   // its text was not kept always
  }
  const bool is_text = type.kind != Kind::boolean && type.kind != Kind::integer && (type.kind != Kind::date_time || type.keeps_text);
  if (node.kind != JsonNode::Kind::string || !is_text) return unreadable(type.name);
  if (type.kind != Kind::base64) return Value(node.text);
  auto octets = base64_decode(node.text);
  if (!octets) return unreadable(type.name);
  return Value(Bytes{std::move(*octets)});
}

Result<Value> read_field(const JsonNode& node, const model::Field& field) {
  if (node.kind != JsonNode::Kind::array) return read_value(node, *field.type);
  if (!field.repeats()) return unreadable(field.name);
  List list;
  for (const auto& item : node.items) {
    auto value = read_value(item, *field.type);
    if (!value) return value;
    list.push_back(std::move(*value));
  }
  return Value(std::move(list));
}

Result<Object> read_object(const JsonNode& node, const FieldList& fields) {
  Object object;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const std::string_view name = node.names[i];
    const auto index = fields.find(name);
    const bool is_hidden = name.starts_with('.') && !fields.type();
    if (!index && !is_hidden) return unreadable(name);
    auto value = index ? read_field(node.items[i], fields[*index]) : hidden(node.items[i], name);
    if (!value) return tl::unexpected(value.error());
    object.add(index ? fields.name(*index) : lasting_name(name), std::move(*value));
  }
  return object;
}

}  // namespace

std::string encode_stored(const model::ResourceType&, const Object& object) {
  std::string out;
  append(out, object);
  return out;
}

std::string encode_stored(const DataType&, const Value& value) {
  std::string out;
  append(out, value);
  return out;
}

Result<Object> decode_stored(const model::ResourceType& type, std::string_view text) {
  const auto root = parse_own_json(text);
  if (!root || root->kind != JsonNode::Kind::object) return unreadable(type.name);
  return read_object(*root, FieldList(type));
}

Result<Value> decode_stored(const DataType& type, std::string_view text) {
  const auto root = parse_own_json(text);
  if (!root) return unreadable(type.name);
  if (root->kind == JsonNode::Kind::null) return Value();
  return read_value(*root, type);
}

}  // namespace nscl::codec
