// SPDX-License-Identifier: Apache-2.0
// Simple types and the closing checks of complex ones.
#include "scalar.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <nscl/base/bytes.h>
#include <nscl/base/path.h>
#include <nscl/base/time.h>

#include "names.h"

namespace nscl::codec {

using model::DataType;
using model::Kind;
using model::Value;

namespace {

/// RFC 3986 leaves these out of every URI; anyURI allows other characters beyond ASCII.
bool is_uri(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || std::string_view("<>\"\\^`{|}").find(c) != std::string_view::npos;
  });
}

Result<Value> parse_integer(const DataType& type, std::string_view text) {
  std::int64_t number = 0;
  const auto digits = text.starts_with('+') ? text.substr(1) : text;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool two_signs = text.starts_with('+') && digits.starts_with('-');
  if (text.size() > 20 || two_signs || error != std::errc{} || end != digits.data() + digits.size()) {
    return bad_request("must be a whole number of 64 bits");
  }
  return check_integer(type, number);
}

/// A bare number means seconds: maxInstanceAge of v1.1.1.
std::string in_seconds(std::string_view text) {
  const bool number = !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!number) return std::string(text);
  const auto first = std::min(text.find_first_not_of('0'), text.size() - 1);
  return "PT" + std::string(text.substr(first)) + "S";
}

Result<Value> parse_string(const DataType& type, std::string_view text) {
  if (type.matches) {
    text = trimmed(text);
    if (!type.matches(text)) return bad_request("must be " + std::string(type.form));
  }
  const auto characters = std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  if (std::size_t(characters) > type.max_length) return bad_request("must not be longer than " + std::to_string(type.max_length) + " characters");
  return Value(text);
}

Result<Value> parse_enumeration(const DataType& type, std::string_view text) {
  if (std::find(type.values.begin(), type.values.end(), text) != type.values.end()) return Value(text);
  for (const auto& alias : type.aliases) {
    if (alias.received == text) return Value(alias.means);
  }
  std::string known;
  for (const auto value : type.values) known.append(known.empty() ? "" : ", ").append(value);
  return bad_request("must be one of " + known);
}

Result<Value> parse_boolean(std::string_view text) {
  if (text == "true" || text == "1") return Value(true);
  if (text == "false" || text == "0") return Value(false);
  return bad_request("must be true or false");
}

Result<Value> parse_base64(std::string_view text) {
  auto octets = base64_decode(text);
  if (!octets) return bad_request("must be base64 with padding");
  return Value(Bytes{std::move(*octets)});
}

void number_schedule_strings(model::List& strings) {
  std::set<std::string, std::less<>> taken;
  for (const auto& string : strings) {
    if (const auto* id = string.find("id")) taken.emplace(id->text());
  }
  int number = 0;
  for (auto& string : strings) {
    if (string.find("id")) continue;
    std::string id;
    do id = "s" + std::to_string(++number);
    while (taken.contains(id));
    string.get<model::Object>()->add("id", std::move(id));
  }
}

}  // namespace

Error about(std::string_view what, std::string_view name, Error error) {
  if (error.detail.starts_with("must")) error.detail = std::string(what) + " " + in_quotes(name) + " " + error.detail;
  return error;
}

Result<Value> check_integer(const DataType& type, std::int64_t number) {
  if (number >= type.minimum && number <= type.maximum) return Value(number);
  if (type.maximum == INT64_MAX) return bad_request("must be " + std::to_string(type.minimum) + " or more");
  return bad_request("must be from " + std::to_string(type.minimum) + " to " + std::to_string(type.maximum));
}

Result<Value> parse_text(const DataType& type, std::string_view text) {
  switch (type.kind) {
    case Kind::string: return parse_string(type, text);
    case Kind::any: return check_fragment(type, std::string(text));
    case Kind::uri: if (is_uri(text)) return Value(text); return bad_request("must be a URI without blanks or other forbidden characters");
    case Kind::id: if (is_valid_id(text)) return Value(text); return bad_request("must be a name of letters, digits and . - _ : of at most 255 octets");
    case Kind::boolean: return parse_boolean(text);
    case Kind::integer: return parse_integer(type, text);
    case Kind::date_time:
      if (const auto time = parse_date_time(text); time && text.size() <= type.max_length) return type.keeps_text ? Value(text) : Value(*time);
      return bad_request("must be a time such as 2013-01-11T10:00:00Z");
    case Kind::duration: {
      auto duration = in_seconds(text);
      if (parse_duration(duration)) return Value(std::move(duration));
      return bad_request("must be a duration such as P7D or PT90S");
    }
    case Kind::enumeration: return parse_enumeration(type, text);
    case Kind::base64: return parse_base64(text);
    case Kind::empty: case Kind::complex: break;
  }
  return bad_request("must not be text");
}

Result<Value> check_fragment(const DataType& type, std::string fragment) {
  if (type.matches && !type.matches(fragment)) return bad_request("must be " + std::string(type.form));
  return Value(std::move(fragment));
}

bool put(model::Object& object, const model::Field& field, Value value) {
  auto* existing = object.find(field.name);
  if (!field.repeats()) {
    if (existing) return false;
    object.add(field.name, std::move(value));
    return true;
  }
  if (!existing) existing = &object.add(field.name, model::List{});
  existing->get<model::List>()->push_back(std::move(value));
  return true;
}

Result<void> complete(model::Object& object, const FieldList& fields) {
  int chosen = 0;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto field = fields[i];
    const bool present = object.find(field.name) != nullptr;
    if (field.max > 1 && present && object.find(field.name)->list().size() > static_cast<std::size_t>(field.max)) {
      return bad_request(in_quotes(field.name) + " occurs more than " + std::to_string(field.max) + " times");
    }
    if (field.min > 0 && !present) return bad_request(in_quotes(fields.name()) + " lacks " + in_quotes(field.name) + "; add it");
    if (present && field.form != model::Field::Form::attribute) ++chosen;
  }
  if (fields.choice() && chosen > 1) return bad_request("a " + in_quotes(fields.name()) + " holds one kind of content only; leave out all but one child");
  if (fields.type() == &model::types::schedule) {
    if (auto* strings = object.find("scheduleString")) number_schedule_strings(*strings->get<model::List>());
  }
  return {};
}

bool accepts_xsi_type(const DataType& type, std::string_view name) {
  if (name == type.name || (type.base && name == type.base->name)) return true;
  return std::find(type.xsi_aliases.begin(), type.xsi_aliases.end(), name) != type.xsi_aliases.end();
}

std::string_view written_xsi_type(const FieldList& fields, const model::Object& object) {
  const auto* type = fields.type();
  if (!type) return fields.xsi_type();
  if (!type->needs_xsi_type) return {};
  if (!type->base) return type->name;
  const bool extended = std::any_of(object.begin(), object.end(), [&](const model::Member& member) {
    const auto* field = type->find(member.name);
    return field && field->output != model::Field::Output::never && !type->base->find(member.name);
  });
  return extended ? type->name : std::string_view();
}

}  // namespace nscl::codec
