// SPDX-License-Identifier: Apache-2.0
// The kinds of elements that messages are made of, written.
#include "writer.h"

#include <algorithm>

#include <nscl/codec/xml_text.h>
#include <nscl/rem/tr069/values.h>

#include "fields_software.h"

namespace nscl::rem::tr069 {
namespace {

/// Types of XML Schema that a data model uses; a device that knows only these stays content.
constexpr std::string_view known_types[] = {"string",  "int",      "unsignedInt",  "long",     "unsignedLong",
                                            "boolean", "dateTime", "base64Binary", "hexBinary"};

}  // namespace

void Writer::open(std::string_view name, std::string_view attributes) { out_.append("<").append(name).append(attributes).append(">"); }

std::size_t Writer::open_array(std::string_view name, std::string_view prefix, std::string_view item, std::size_t count) {
  std::string attributes = " soap-enc:arrayType=\"";
  attributes.append(prefix).append(item).append("[").append(std::to_string(count)).append("]\"");
  open(name, attributes);
  return out_.size();
}

void Writer::close(std::string_view name, std::size_t before) {
  if (out_.size() == before) out_.replace(before - 1, 1, "/>");
  else out_.append("</").append(name).append(">");
}

void Writer::element(std::string_view name, std::string_view attributes, std::string_view value) {
  open(name, attributes);
  const auto before = out_.size();
  codec::append_xml_text(out_, value);
  close(name, before);
}

void Writer::text(std::string_view name, std::string_view value) {
  if (redaction_) element(name, {}, redaction_->shown(name, value));
  else element(name, {}, value);
}

void Writer::secret(std::string_view name, const Secret& value) { element(name, {}, redaction_ ? redaction_->hide(value.view()) : value.view()); }

void Writer::time(std::string_view name, const std::optional<Time>& value) {
  text(name, value ? format_date_time(*value) : "0001-01-01T00:00:00Z");
}

void Writer::value(const ParameterValueStruct& parameter) {
  const bool is_known = std::ranges::find(known_types, parameter.type) != std::end(known_types);
  std::string attributes = " xsi:type=\"xsd:";
  attributes.append(is_known ? parameter.type : "string").append("\"");
  if (redaction_) element("Value", attributes, redaction_->shown(parameter.name, parameter.value));
  else element("Value", attributes, parameter.value);
}

void Writer::strings(std::string_view name, const std::vector<std::string>& values, std::size_t) {
  const auto before = open_array(name, "xsd:", "string", values.size());
  for (const auto& value : values) {
    if (is_full()) break;
    text("string", value);
  }
  close(name, before);
}

void Writer::operations(std::string_view name, const std::vector<Operation>& values, std::size_t) {
  const auto write = [&](const auto& operation) {
    std::string attributes = " xsi:type=\"cwmp:";
    one(name, operation, attributes.append(operation.name).append("\""));
  };
  for (const auto& value : values) {
    if (is_full()) break;
    std::visit(write, value);
  }
}

}  // namespace nscl::rem::tr069
