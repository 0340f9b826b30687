// SPDX-License-Identifier: Apache-2.0
#include "arguments.h"

#include <string>

#include <pugixml.hpp>

#include <nscl/codec/xml_text.h>

namespace nscl::rem {
namespace {

constexpr unsigned most_levels = 4;

std::string_view local_name(const char* name) {
  const std::string_view whole = name;
  return whole.substr(whole.find(':') + 1);
}

/// What stands in an element: its text, or its children.
Result<Argument> argument_in(std::string name, pugi::xml_node node, unsigned depth) {
  if (depth > most_levels) return bad_request("execReqArgs hold structures in structures: at most four levels are taken");
  Argument argument{std::move(name), node.text().get()};
  for (const auto child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    auto part = argument_in(std::string(local_name(child.name())), child, depth + 1);
    if (!part) return part;
    argument.parts.push_back(*std::move(part));
  }
  if (!argument.parts.empty()) argument.value.clear();
  return argument;
}

}  // namespace

Result<std::vector<Argument>> arguments_in(const model::Value& exec_req_args) {
  std::vector<Argument> out;
  const auto* list = exec_req_args.find("execReqArg");
  if (!list) return out;
  for (const auto& item : list->list()) {
    const auto* name = item.find("name");
    const auto* value = item.find("value");
    if (!name || name->text().empty()) return bad_request("an execReqArg needs a name");
    // The value is a piece of XML that was checked when it came in.
    const auto text = "<value>" + std::string(value ? value->text() : std::string_view()) + "</value>";
    pugi::xml_document document;
    if (!document.load_buffer(text.data(), text.size())) return bad_request("the value of the execReqArg " + std::string(name->text()) + " cannot be read");
    auto argument = argument_in(std::string(name->text()), document.document_element(), 0);
    if (!argument) return tl::unexpected(argument.error());
    out.push_back(*std::move(argument));
  }
  return out;
}

model::Value exec_result_of(const std::vector<Argument>& items) {
  model::List list;
  for (const auto& item : items) {
    std::string text;
    codec::append_xml_text(text, item.value);
    model::Object object;
    object.set("name", item.name);
    object.set("value", std::move(text));
    list.emplace_back(std::move(object));
  }
  model::Object out;
  if (!list.empty()) out.set("execResultItem", std::move(list));
  return out;
}

}  // namespace nscl::rem
