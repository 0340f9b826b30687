// SPDX-License-Identifier: Apache-2.0
// Appends the document to one string.
#include "json_writer.h"

#include <set>

#include <nscl/codec/xml_text.h>

#include "foreign.h"
#include "json_text.h"
#include "scalar.h"

namespace nscl::codec {

using model::DataType;
using model::Field;
using model::Kind;
using model::Object;
using model::Value;

namespace {

class JsonWriter {
 public:
  JsonWriter() { out_.reserve(1024); }

  /// The document element around `write`.
  template <class Write>
  std::string document(std::string_view name, Write write) {
    out_ += "{\"";
    out_.append(name).append("\":");
    write(*this);
    out_ += '}';
    return std::move(out_);
  }
  void object(const Object& object, const FieldList& fields);
  void value(const DataType& type, const Value& value);

 private:
  void member(const FieldList& fields, const Field& field, const Value* value);
  void list(const DataType& type, const Value* value);
  void foreign(const Value& elements, const FieldList& fields);
  void value_of(const PlainMember& member);
  void name(std::string_view name);

  std::string out_;
};

void JsonWriter::name(std::string_view name) {
  if (out_.back() != '{') out_ += ',';
  out_ += '"';
  out_.append(name).append("\":");
}

void JsonWriter::object(const Object& object, const FieldList& fields) {
  out_ += '{';
  if (const auto type = written_xsi_type(fields, object); !type.empty()) {
    name("xsi:type");
    append_json_string(out_, type);
  }
  for (std::size_t i = 0; i < fields.size(); ++i) member(fields, fields[i], object.find(fields.name(i)));
  out_ += '}';
}

void JsonWriter::member(const FieldList& fields, const Field& field, const Value* value) {
  const bool absent = !value || value->is_null() || (value->get<model::List>() && value->list().empty());
  if (field.output == Field::Output::never) return;
  if (field.form == Field::Form::wildcard) return absent ? void() : foreign(*value, fields);
  if (field.repeats()) {
    if (absent && fields.size() > 1) return;
    name(field.name);
    list(*field.type, absent ? nullptr : value);
  } else if (!absent) {
    name(field.name);
    this->value(*field.type, *value);
  } else if (field.output == Field::Output::always) {
    name(field.name);
    this->value(*field.type, field.type->kind == Kind::complex ? Value(Object{}) : Value(""));
  }
}

/// Elements that came as JSON members go as such, others as XML.
void JsonWriter::foreign(const Value& elements, const FieldList& fields) {
  model::List others;
  std::set<std::string> written;
  for (const auto& element : elements.list()) {
    const auto plain = plain_member(element.text());
    if (!plain || fields.find(plain->name) || !written.insert(plain->name).second) {
      others.push_back(element);
      continue;
    }
    name(plain->name);
    value_of(*plain);
  }
  if (others.empty()) return;
  name("$any");
  out_ += '[';
  for (const auto& element : others) {
    if (out_.back() != '[') out_ += ',';
    append_json_string(out_, element.text());
  }
  out_ += ']';
}

void JsonWriter::value_of(const PlainMember& member) {
  if (member.is_string) append_json_string(out_, member.text);
  else out_ += member.text;
}

void JsonWriter::list(const DataType& type, const Value* value) {
  out_ += '[';
  if (value) {
    bool first = true;
    for (const auto& item : value->list()) {
      if (!first) out_ += ',';
      first = false;
      this->value(type, item);
    }
  }
  out_ += ']';
}

void JsonWriter::value(const DataType& type, const Value& value) {
  if (type.kind == Kind::complex) return object(value.object(), FieldList(type));
  if (type.kind == Kind::any && value.text().find('<') == std::string_view::npos) {
    return append_json_string(out_, xml_unescaped(value.text()));
  }
  if (const auto* time = value.get<Time>()) {
    out_ += '"';
    append_date_time(out_, *time);
    out_ += '"';
  } else if (!append_json_scalar(out_, value)) {
    out_ += "{}";
  }
}

}  // namespace

std::string encode_json(const model::ResourceType& type, const Object& representation) {
  return JsonWriter().document(type.document_element(), [&](JsonWriter& writer) { writer.object(representation, FieldList(type)); });
}

std::string encode_json_attribute(const Field& field, const Value& value) {
  return JsonWriter().document(field.name, [&](JsonWriter& writer) { writer.value(*field.type, value); });
}

}  // namespace nscl::codec
