// SPDX-License-Identifier: Apache-2.0
// A leaf and the value that it stands for (rem.md 2.4, type conversion).
#include <algorithm>
#include <charconv>

#include <nscl/base/bytes.h>
#include <nscl/codec/simple_types.h>
#include <nscl/codec/xml_text.h>
#include <nscl/rem/tr069/values.h>

#include "attribute_value.h"

namespace nscl::rem {

using model::Kind;
using model::Value;
using Form = AttributeRule::Form;

namespace {

constexpr std::string_view for_ever = "P100Y";                  // of a tolerance, which has no word for it
constexpr std::int64_t longest_seconds = INT32_MAX;             // of xsd:int; longer is for ever

std::string cut_to(std::string_view text, std::size_t characters) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins_character = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (begins_character && ++count > characters) return std::string(text.substr(0, i));
  }
  return std::string(text);
}

std::optional<Value> parsed(const model::DataType& type, std::string_view text) {
  auto value = codec::parse_text(type, text);
  return value ? std::optional(std::move(*value)) : std::nullopt;
}

/// The field that holds the items of a list type.
const model::Field* item_field(const model::DataType& type) {
  const auto found = std::ranges::find_if(type.fields, [](const auto& field) { return field.repeats(); });
  return found == type.fields.end() ? nullptr : &*found;
}

std::optional<Value> parse_list(const model::DataType& type, std::string_view text) {
  const auto* field = item_field(type);
  if (!field) return std::nullopt;
  model::List list;
  for (const auto& item : list_items(text)) {
    if (auto value = parsed(*field->type, item)) list.push_back(std::move(*value));
  }
  if (list.empty() && field->min > 0) list.emplace_back("");
  model::Object out;
  out.add(field->name, std::move(list));
  if (const auto* id = type.find("id"); id && id->min > 0) out.add(id->name, "list");
  return Value(std::move(out));
}

std::optional<Value> parse_members(const model::DataType& type, std::string_view text) {
  const auto* members = type.find("members");
  auto list = members ? parse_list(*members->type, text) : std::nullopt;
  if (!list) return std::nullopt;
  model::Object out;
  out.add(members->name, std::move(*list));
  return Value(std::move(out));
}

std::optional<Value> parse_seconds(std::string_view text) {
  const auto seconds = tr069::parse_integer(text);
  if (!seconds || *seconds < 0) return std::nullopt;
  return parsed(model::types::duration, std::to_string(*seconds));
}

std::optional<Value> parse_tolerance(std::string_view text) {
  const auto seconds = tr069::parse_integer(text);
  if (!seconds) return std::nullopt;
  model::Object out;
  out.add("tolerableDelay", *seconds < 0 ? Value(for_ever) : *parse_seconds(text));
  return Value(std::move(out));
}

std::optional<Value> parse_number(const AttributeRule& rule, std::string_view text) {
  const auto number = tr069::parse_integer(text);
  if (!number) return std::nullopt;
  const auto value = *number / rule.divide;
  if (rule.clamp) return Value(std::clamp(value, rule.type->minimum, rule.type->maximum));
  return value < rule.type->minimum || value > rule.type->maximum ? std::nullopt : std::optional(Value(value));
}

/// "20130111T094500Z" as well.
std::optional<Time> parse_any_time(std::string_view text) {
  const bool is_basic = text.size() >= 15 && text[8] == 'T' && text.substr(0, 8).find_first_not_of("0123456789") == text.npos;
  if (!is_basic) return tr069::parse_time(text);
  const auto part = [&](std::size_t from, std::size_t count) { return std::string(text.substr(from, count)); };
  return tr069::parse_time(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T" + part(9, 2) + ":" + part(11, 2) + ":" + part(13, text.npos));
}

std::string our_word(const AttributeRule& rule, std::string_view text) {
  const auto known = std::ranges::find(rule.words, text, [](const auto& pair) { return std::string_view(pair.first); });
  if (known != rule.words.end()) return known->second;
  const auto ours = std::ranges::find(rule.words, text, [](const auto& pair) { return std::string_view(pair.second); });
  if (ours == rule.words.end() && !rule.otherwise.empty()) return rule.otherwise;
  return text.starts_with(rule.prefix) ? std::string(text) : rule.prefix + std::string(text);
}

/// Of a duration in whole seconds; negative: for ever.
Result<std::string> seconds_of(std::string_view duration) {
  const auto parsed_duration = parse_duration(duration);
  if (!parsed_duration) return bad_request("must be a duration such as P7D or PT90S");
  if (parsed_duration->negative) return "-1";
  const Time start{};
  const auto length = std::chrono::duration_cast<std::chrono::seconds>(add(start, *parsed_duration) - start).count();
  return std::to_string(length > longest_seconds ? -1 : length);
}

Result<std::string> list_text(const model::DataType& type, const Value& value) {
  const auto* field = item_field(type);
  std::vector<std::string> items;
  if (const auto* list = field ? value.find(field->name) : nullptr) {
    for (const auto& item : list->list()) items.push_back(text_of(&item));
  }
  return joined(items);
}

Result<std::string> tolerance_text(const Value& value) {
  if (value.find("tolerableTime")) return failure(Status::not_implemented, "must be a tolerableDelay: the device knows no tolerableTime");
  const auto* delay = value.find("tolerableDelay");
  return delay ? seconds_of(delay->text()) : Result<std::string>("-1");
}

/// The product may not leave the 64 bits.
Result<std::string> number_text(const AttributeRule& rule, std::int64_t number) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(number, rule.divide, &product)) return bad_request("must be smaller");
  return std::to_string(product);
}

Result<std::string> simple_text(const AttributeRule& rule, const Value& value) {
  if (const auto* number = value.get<std::int64_t>()) return number_text(rule, *number);
  auto text = text_of(&value);
  const auto word = std::ranges::find(rule.words, text, [](const auto& pair) { return std::string_view(pair.second); });
  if (word != rule.words.end()) return word->first;
  if (!rule.prefix.empty() && text.starts_with(rule.prefix)) text.erase(0, rule.prefix.size());
  return text;
}

}  // namespace

Value log_of(std::string_view text) {
  std::string out = "<log xmlns=\"" + std::string(object_attribute_namespace) + "\">";
  codec::append_xml_text(out, to_xml_text(text));
  return Value(out + "</log>");
}

std::string text_of(const Value* value) {
  if (!value) return {};
  if (const auto* flag = value->get<bool>()) return *flag ? "true" : "false";
  if (const auto* number = value->get<std::int64_t>()) return std::to_string(*number);
  if (const auto* time = value->get<Time>()) return tr069::format_time(*time);
  if (const auto* octets = value->get<Bytes>()) return base64_encode(octets->data);
  return std::string(value->text());
}

std::optional<Value> parse_leaf(const AttributeRule& rule, std::string_view text) {
  if (!rule.type) return Value(text);
  switch (rule.form) {
    case Form::list: return parse_list(*rule.type, text);
    case Form::members: return parse_members(*rule.type, text);
    case Form::seconds: return parse_seconds(text);
    case Form::tolerance: return parse_tolerance(text);
    case Form::log: return text.empty() ? std::nullopt : std::optional(log_of(text));
    default: break;
  }
  if (rule.type->kind == Kind::integer) return parse_number(rule, text);
  if (rule.type->kind == Kind::boolean) {
    const auto flag = tr069::parse_boolean(text);
    return flag ? std::optional(Value(*flag)) : std::nullopt;
  }
  if (rule.type->kind == Kind::date_time) {
    const auto time = parse_any_time(text);
    return time ? std::optional(Value(*time)) : std::nullopt;
  }
  auto word = our_word(rule, rule.type->kind == Kind::string ? text : codec::trimmed(text));
  if (rule.cut > 0) word = cut_to(word, rule.cut);
  return parsed(*rule.type, word);
}

Result<std::string> leaf_text(const AttributeRule& rule, const Value& value) {
  switch (rule.form) {
    case Form::list: return list_text(*rule.type, value);
    case Form::members: {
      const auto* members = rule.type->find("members");
      const auto* list = members ? value.find(members->name) : nullptr;
      return list ? list_text(*members->type, *list) : Result<std::string>("");
    }
    case Form::seconds: return seconds_of(value.text());
    case Form::tolerance: return tolerance_text(value);
    default: return simple_text(rule, value);
  }
}

}  // namespace nscl::rem
