// SPDX-License-Identifier: Apache-2.0
// Appends the document to one string; the namespace declarations go in last, when it is known which are needed.
#include "xml_writer.h"

#include <charconv>

#include <nscl/codec/xml_text.h>

#include "names.h"
#include "scalar.h"

namespace nscl::codec {

using model::DataType;
using model::Field;
using model::Kind;
using model::Object;
using model::Value;

namespace {

using Form = Field::Form;

class XmlWriter {
 public:
  explicit XmlWriter(const Style& style) : style_(style) { out_.reserve(1024); }

  void declaration() { out_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"; }
  void object(std::string_view name, bool qualified, const Object& object, const FieldList& fields);
  void value(const Field& field, bool qualified, const Value& value);
  std::string finish();

 private:
  void tag(std::string_view name, bool qualified);
  void open(std::string_view name, bool qualified);
  void close(std::string_view name, bool qualified, std::size_t content_start);
  void attributes(const Object& object, const FieldList& fields);
  void members(const Object& object, const FieldList& fields);
  void scalar(const Value& value, void (*append)(std::string&, std::string_view));

  const Style& style_;
  std::string out_;
  std::size_t root_end_ = 0;   ///< behind the name of the document element
  bool uses_xmime_ = false;
  bool uses_xsi_ = false;
};

void XmlWriter::tag(std::string_view name, bool qualified) {
  if (qualified) out_.append(style_.prefix).append(":");
  out_.append(name);
}

void XmlWriter::open(std::string_view name, bool qualified) {
  out_ += '<';
  tag(name, qualified);
  if (root_end_ == 0) root_end_ = out_.size();
}

/// `content_start`: length of the output just behind the '>' of the start tag.
void XmlWriter::close(std::string_view name, bool qualified, std::size_t content_start) {
  if (out_.size() == content_start) {
    out_.back() = '/';
    out_ += '>';
    return;
  }
  out_ += "</";
  tag(name, qualified);
  out_ += '>';
}

void XmlWriter::scalar(const Value& value, void (*append)(std::string&, std::string_view)) {
  if (const auto* text = value.get<std::string>()) return append(out_, *text);
  if (const auto* time = value.get<Time>()) return append_date_time(out_, *time);
  if (const auto* octets = value.get<Bytes>()) out_ += base64_encode(octets->data);
  if (const auto* flag = value.get<bool>()) out_ += *flag ? "true" : "false";
  if (const auto* number = value.get<std::int64_t>()) {
    char digits[24];
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, *number).ptr);
  }
}

void XmlWriter::attributes(const Object& object, const FieldList& fields) {
  if (const auto type = written_xsi_type(fields, object); !type.empty()) {
    uses_xsi_ = true;
    out_.append(" xsi:type=\"").append(style_.prefix).append(":").append(type).append("\"");
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields.form(i) != Form::attribute) continue;
    const auto* value = object.find(fields.name(i));
    if (!value || value->is_null()) continue;
    const auto field = fields[i];
    out_ += ' ';
    if (field.xml_namespace == xmlmime_namespace) {
      uses_xmime_ = true;
      out_ += "xmime:";
    } else if (field.qualified) {
      out_.append(style_.prefix).append(":");
    }
    out_.append(field.name).append("=\"");
    scalar(*value, append_xml_attribute);
    out_ += '"';
  }
}

void XmlWriter::members(const Object& object, const FieldList& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields.form(i) == Form::attribute) continue;
    const auto* value = object.find(fields.name(i));
    const auto field = fields[i];
    if (field.output == Field::Output::never) continue;
    if (field.form == Form::wildcard) {
      if (value) for (const auto& element : value->list()) out_ += element.text();   // XML already
      continue;
    }
    const bool qualified = field.qualified || (style_.qualify_all && !(fields.type() && fields.type()->always_local));
    if (!value || value->is_null()) {
      if (field.output != Field::Output::always) continue;
      out_ += '<';
      tag(field.name, qualified);
      out_ += "/>";
    } else if (field.form == Form::text) {
      scalar(*value, append_xml_text);
    } else if (const auto* list = value->get<model::List>()) {
      for (const auto& item : *list) this->value(field, qualified, item);
    } else {
      this->value(field, qualified, *value);
    }
  }
}

void XmlWriter::object(std::string_view name, bool qualified, const Object& object, const FieldList& fields) {
  open(name, qualified);
  attributes(object, fields);
  out_ += '>';
  const auto start = out_.size();
  members(object, fields);
  close(name, qualified, start);
}

void XmlWriter::value(const Field& field, bool qualified, const Value& value) {
  if (field.type->kind == Kind::complex) return object(field.name, qualified, value.object(), FieldList(*field.type));
  open(field.name, qualified);
  out_ += '>';
  const auto start = out_.size();
  if (field.type->kind == Kind::any) {
    out_ += value.text();   // XML already
  } else {
    scalar(value, append_xml_text);
  }
  close(field.name, qualified, start);
}

std::string XmlWriter::finish() {
  std::string declarations;
  const auto declare = [&](std::string_view prefix, std::string_view uri) {
    declarations.append(" xmlns:").append(prefix).append("=\"").append(uri).append("\"");
  };
  declare(style_.prefix, m2m_namespace);
  if (uses_xmime_) declare("xmime", xmlmime_namespace);
  if (uses_xsi_) declare("xsi", xsi_namespace);
  out_.insert(root_end_, declarations);
  return std::move(out_);
}

}  // namespace

std::string encode_xml(const model::ResourceType& type, const Object& representation, const Style& style) {
  XmlWriter writer(style);
  writer.declaration();
  writer.object(type.document_element(), true, representation, FieldList(type));
  return writer.finish();
}

std::string encode_xml_attribute(const Field& field, const Value& value, const Style& style) {
  XmlWriter writer(style);
  writer.declaration();
  writer.value(field, field.qualified || style.qualify_all, value);
  return writer.finish();
}

}  // namespace nscl::codec
