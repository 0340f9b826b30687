// SPDX-License-Identifier: Apache-2.0
#include "generate.h"

#include <algorithm>
#include <stdexcept>

namespace nscl::test {

using namespace model;   // NOLINT: test code
using Form = Field::Form;

namespace {

int roll(int below) { return *rc::gen::inRange(0, below); }

std::string joined(const std::vector<std::string>& pieces, int most, int least = 0) {
  std::string out;
  for (int count = *rc::gen::inRange(least, most + 1); count > 0; --count) out += *rc::gen::elementOf(pieces);
  return out;
}

std::string any_text(int least = 0) {
  static const std::vector<std::string> pieces{"a", "Z", "0", " ", "\n", "\t", "\r", "\r\n", "<", ">", "&", "\"", "'", "\\", "]]>", "&amp;", "<![CDATA[", "\\u0041",
                                               "{", "}", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xEF\xBF\xBD", "\x7F", "$t", "m2m:"};
  return joined(pieces, 6, least);
}

std::string any_uri(int least = 0) {
  static const std::vector<std::string> pieces{"a", "/", "http://h.example:80/", "%20", "?", "#", "\xC3\xA9", "'", "&", "-._~", "*"};
  return joined(pieces, 5, least);
}

std::string valid_uri() { return *rc::gen::elementOf(std::vector<std::string>{"/m2m/a", "http://h.example:80/m2m/%20?a=1&b=2#c", "a'b", "/\xC3\xA9", ""}); }

std::string any_octets(int least = 0) {
  std::string out;
  for (int count = *rc::gen::inRange(least, 20); count > 0; --count) out += static_cast<char>(roll(256));
  return out;
}

class Generator {
 public:
  explicit Generator(bool sendable) : sendable_(sendable) {}

  Object fields(const std::vector<Field>& fields, bool choice) {
    Object out;
    std::vector<std::string_view> alternatives;
    for (const auto& field : fields) {
      if (choice && field.form != Form::attribute && !(sendable_ && field.form == Form::text)) alternatives.push_back(field.name);
    }
    const auto chosen = alternatives.empty() ? std::string_view() : *rc::gen::elementOf(alternatives);
    for (const auto& field : fields) {
      if (choice && field.form != Form::attribute && field.name != chosen) continue;
      if (field.output == Field::Output::never) continue;
      const bool wanted = field.min > 0 || choice || (field.output == Field::Output::always && field.type->kind == Kind::complex) || roll(2);
      if (wanted) add(out, field);
    }
    return out;
  }

 private:
  void add(Object& out, const Field& field) {
    if (field.form == Form::wildcard) return out.set(field.name, foreign());
    const bool says_something = field.output == Field::Output::always || (field.form == Form::text && field.min == 0);
    if (!field.repeats()) return out.set(field.name, value(*field.type, says_something ? 1 : 0));
    List list;
    for (int count = 1 + roll(3); count > 0; --count) list.push_back(value(*field.type, 0));
    out.set(field.name, std::move(list));
  }

  Value value(const DataType& type, int least) {
    switch (type.kind) {
      case Kind::string: if (type.max_length < 100) return joined({"a", "\xE2\x82\xAC", "&", " "}, 5, least); return type.matches ? *rc::gen::elementOf(forms(type)) : any_text(least);
      case Kind::uri: return sendable_ ? valid_uri() : any_uri(least);
      case Kind::id: return "i" + joined({"a", "Z", "0", "-", ".", "_", sendable_ ? "-" : ":"}, 5);   // sclId is an anyURI to the schema
      case Kind::boolean: return *rc::gen::arbitrary<bool>();
      case Kind::integer: return std::clamp(*rc::gen::arbitrary<std::int64_t>(), type.minimum, type.maximum);
      case Kind::date_time: if (type.keeps_text) return *rc::gen::elementOf(std::vector<std::string>{"2014-01-02T03:04:05Z", "2014-01-02T04:04:05.000+01:00"}); return Time(std::chrono::microseconds(*rc::gen::inRange<std::int64_t>(-62'135'596'800'000'000, 253'402'300'799'999'999)));
      case Kind::duration: return *rc::gen::elementOf(std::vector<std::string>{"P7D", "PT0S", "PT1.5S", "P1Y2M3DT4H5M6S", "-P1D"});
      case Kind::enumeration: return *rc::gen::elementOf(type.values);
      case Kind::base64: return Bytes{any_octets(least)};
      case Kind::any: if (type.matches) return *rc::gen::elementOf(std::vector<std::string>{"<x:a xmlns:x=\"urn:x\"/>", "<p xmlns=\"urn:x\">t<b c=\"&gt;\"/></p>"}); return *rc::gen::elementOf(std::vector<std::string>{"", "x", " a &amp;&lt;&gt; b&#13;", "<p xmlns=\"urn:x\">t</p>", "u<a><b c=\"d&quot;\"/></a>", "<x:a xmlns:x=\"urn:x\" x:b=\"1\"/>"});
      case Kind::empty: return Object{};
      case Kind::complex: {
        auto object = fields(type.fields, type.choice);
        if (&type == &types::schedule) number(object);
        return object;
      }
    }
    return {};
  }

  /// Values of a string type with a form of its own.
  static std::vector<std::string> forms(const DataType& type) {
    if (type.name == "time") return {"14:30:00Z", "00:00:00", "23:59:59.999+14:00", "06:07:08-05:30"};
    if (type.name == "hexBinary") return {"", "0aF9"};
    if (type.name == "MemorySize") return {"0B", "64K", "123456789012345T"};
    throw std::logic_error("no values for " + std::string(type.name));
  }

  /// Elements of other namespaces, those that are JSON members first.
  static List foreign() {
    static const std::vector<std::string> members{"<a xmlns=\"urn:nscl:json-attribute\">t &lt;&amp; u</a>", "<b-1.c xmlns=\"urn:nscl:json-attribute\"/>",
                                                  "<n xmlns=\"urn:nscl:json-attribute\" type=\"integer\">-7</n>",
                                                  "<f xmlns=\"urn:nscl:json-attribute\" type=\"boolean\">true</f>"};
    static const std::vector<std::string> others{"<x:a xmlns:x=\"urn:x\" x:b=\"1\"/>", "<p xmlns=\"urn:x\">t<q xmlns=\"\"/></p>",
                                                 "<n xmlns=\"urn:nscl:json-attribute\" type=\"integer\">seven</n>"};
    List list;
    for (const auto& member : members) if (roll(2)) list.emplace_back(member);
    for (int count = 1 + roll(2); count > 0; --count) list.emplace_back(*rc::gen::elementOf(others));
    return list;
  }

  /// A schedule string without an id gets one when it is read.
  static void number(Object& schedule) {
    auto* strings = schedule.find("scheduleString");
    if (!strings) return;
    for (auto& string : *strings->get<List>()) string.get<Object>()->set("id", "s");
  }

  const bool sendable_;
};

}  // namespace

Object any_representation(const ResourceType& type, bool sendable) {
  std::vector<Field> fields;
  for (const auto& attribute : type.attributes) fields.push_back(attribute.field());
  return Generator(sendable).fields(fields, false);
}

}  // namespace nscl::test
