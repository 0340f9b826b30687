// SPDX-License-Identifier: Apache-2.0
// <name xmlns="urn:nscl:json-attribute" type="integer">7</name> and {"name": 7}.
#include "foreign.h"

#include <algorithm>
#include <charconv>

#include <nscl/codec/xml_text.h>

#include "names.h"
#include "xml_document.h"
#include "xml_fragment.h"

namespace nscl::codec {
namespace {

constexpr std::string_view integer_mark = " type=\"integer\"";
constexpr std::string_view boolean_mark = " type=\"boolean\"";

std::string declaration() { return " xmlns=\"" + std::string(json_attribute_namespace) + "\""; }

/// A name that XML and JSON spell alike.
bool is_plain_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto other = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  return !name.empty() && letter(name.front()) && std::all_of(name.begin(), name.end(), other);
}

bool is_integer(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && std::to_string(number) == text;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// XML without the element `name` around it; nullopt if there is more or less than that.
std::optional<std::string_view> content(std::string_view rest, const std::string& name) {
  if (rest == "/>") return std::string_view{};
  const auto end = "</" + name + ">";
  if (!take(rest, ">") || !rest.ends_with(end)) return std::nullopt;
  rest.remove_suffix(end.size());
  return rest.find('<') == rest.npos ? std::optional(rest) : std::nullopt;
}

}  // namespace

Result<std::string> foreign_element(std::string_view name, const JsonNode& value) {
  if (!is_plain_name(name)) return bad_request("member " + in_quotes(name) + " is not a name that XML could have; rename it");
  std::string out = "<" + std::string(name) + declaration();
  switch (value.kind) {
    case JsonNode::Kind::string:
      if (value.text.empty()) return out + "/>";
      out += '>';
      append_xml_text(out, value.text);
      break;
    case JsonNode::Kind::integer: out.append(integer_mark).append(">").append(std::to_string(value.number)); break;
    case JsonNode::Kind::boolean: out.append(boolean_mark).append(">").append(value.flag ? "true" : "false"); break;
    default: return bad_request("member " + in_quotes(name) + " must be a string, a whole number or a boolean; send what is nested as XML in $any");
  }
  return out.append("</").append(name).append(">");
}

std::optional<PlainMember> plain_member(std::string_view element) {
  if (!take(element, "<")) return std::nullopt;
  PlainMember member;
  member.name = element.substr(0, element.find_first_of(" />"));
  element.remove_prefix(member.name.size());
  if (!is_plain_name(member.name) || !take(element, declaration())) return std::nullopt;
  const bool integer = take(element, integer_mark);
  const bool boolean = !integer && take(element, boolean_mark);
  const auto inside = content(element, member.name);
  if (!inside) return std::nullopt;
  member.text = xml_unescaped(*inside);
  member.is_string = !integer && !boolean;
  const bool sound = member.is_string || (integer ? is_integer(member.text) : member.text == "true" || member.text == "false");
  return sound ? std::optional(std::move(member)) : std::nullopt;
}

Result<std::string> read_foreign(std::string_view text, const Limits& limits) {
  const auto wrong = [] { return bad_request("a string of $any must be one XML element of a namespace other than the M2M one"); };
  XmlDocument document;
  if (!document.parse(text, limits)) return wrong();
  Namespaces scope;
  if (!scope.enter(document.root())) return wrong();
  const auto name = scope.element(document.root().name());
  if (!name || name->space.empty() || name->space == m2m_namespace) return wrong();
  scope.leave(0);
  return element_fragment(document.root(), scope, limits);
}

}  // namespace nscl::codec
