// SPDX-License-Identifier: Apache-2.0
// The kinds of elements that messages are made of, read.
#include "reader.h"

#include <nscl/codec/xml_check.h>
#include <nscl/codec/xml_text.h>
#include <nscl/rem/tr069/rpc.h>

#include "fields_software.h"

namespace nscl::rem::tr069 {
namespace {

/// "xsd:string(64)" -> "string".
std::string_view type_of(pugi::xml_node node) {
  auto type = codec::trimmed(attribute(node, "type"));
  type = codec::local_name(type.substr(0, type.find('(')));
  return codec::trimmed(type);
}

/// False if there is no operation of this name.
template <class... Kinds>
bool emplace(std::string_view type, std::variant<Kinds...>& to) {
  return ((type == Kinds::name && (to.template emplace<Kinds>(), true)) || ...);
}

}  // namespace

void Reader::refuse(std::uint32_t code, std::string_view more) {
  if (!refused_) refused_ = make_fault(code, more);
}

void Reader::too_many(std::string_view name, std::size_t most) {
  refuse(8004, std::string(name) + " has more than " + std::to_string(most) + " entries");
}

void Reader::secret(std::string_view name, Secret& to) {
  auto plain = text_of(child(node_, name));
  to = Secret(std::string_view(plain));
  wipe(plain);
}

void Reader::word(std::string_view name, std::string& to) { to = codec::trimmed(text_of(child(node_, name))); }

void Reader::identity(std::string_view name, std::string& to) {
  word(name, to);
  if (to.size() <= max_identity_octets) return;
  refuse(8003, std::string(name) + " is longer than " + std::to_string(max_identity_octets) + " octets");
}

void Reader::flag(std::string_view name, bool& to) {
  if (const auto given = parse_boolean(text_of(child(node_, name)))) to = *given;
}

void Reader::outcome(std::string_view name, std::uint32_t& to) {
  const auto given = text_of(child(node_, name));
  if (codec::is_blank(given)) return;
  if (const auto number = within<std::uint32_t>(given)) to = *number;
  else refuse(8003, std::string(name) + " is not a number that it may be");
}

void Reader::fault_code(std::string_view name, std::uint32_t& to) {
  const auto given = text_of(child(node_, name));
  if (!codec::is_blank(given)) to = within<std::uint32_t>(given).value_or(9002);
}

void Reader::value(ParameterValueStruct& to) {
  const auto node = child(node_, "Value");
  to.value = text_of(node);
  if (const auto type = type_of(node); !type.empty()) to.type = type;
}

void Reader::strings(std::string_view name, std::vector<std::string>& to, std::size_t most) {
  for (const auto node : child(node_, name).children()) {
    if (node.type() != pugi::node_element) continue;
    if (to.size() >= most) return too_many(name, most);
    to.emplace_back(codec::trimmed(text_of(node)));
  }
}

void Reader::operations(std::string_view name, std::vector<Operation>& to, std::size_t most) {
  for (const auto node : node_.children()) {
    if (node.type() != pugi::node_element || local_name(node) != name) continue;
    if (to.size() >= most) return too_many(name, most);
    if (!emplace(type_of(node), to.emplace_back())) return refuse(8003, std::string(name) + " has an xsi:type that is no operation");
    Reader inner(node, refused_);
    std::visit([&](auto& operation) { fields(inner, operation); }, to.back());
  }
}

}  // namespace nscl::rem::tr069
