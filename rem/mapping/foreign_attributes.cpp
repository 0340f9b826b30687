// SPDX-License-Identifier: Apache-2.0
// <Enable xmlns="urn:nscl:mo" path="Device.X.Y.1.Enable">true</Enable>, and the JSON member "Enable".
#include "foreign_attributes.h"

#include <algorithm>
#include <map>

#include <pugixml.hpp>

#include <nscl/codec/xml_text.h>

namespace nscl::rem {

using model::Value;

namespace {

constexpr std::string_view json_namespace = "urn:nscl:json-attribute";   // of JSON members, which have none: docs/json.md

struct Foreign {
  std::string name, path, value;
  bool is_member = false;      // came as JSON
};

std::string_view namespace_of(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const auto colon = name.find(':');
  const std::string declaration = colon == name.npos ? "xmlns" : "xmlns:" + std::string(name.substr(0, colon));
  return node.attribute(declaration.c_str()).value();
}

/// nullopt: it is for nobody here.
std::optional<Foreign> read_element(std::string_view xml) {
  pugi::xml_document document;   // it was checked and written by the codec
  if (!document.load_buffer(xml.data(), xml.size(), pugi::parse_default | pugi::parse_ws_pcdata)) return std::nullopt;
  const auto node = document.document_element();
  const auto space = namespace_of(node);
  if (space != object_attribute_namespace && space != json_namespace) return std::nullopt;
  const std::string_view name = node.name();
  Foreign out{.name = std::string(name.substr(name.find(':') + 1)), .path = node.attribute("path").value(), .is_member = space == json_namespace};
  for (const auto child : node.children()) {
    if (child.type() != pugi::node_pcdata && child.type() != pugi::node_cdata) return std::nullopt;
    out.value += child.value();
  }
  return out;
}

/// A name of a parameter as a name of XML.
std::string element_name(std::string_view parameter) {
  std::string out(parameter);
  for (char& c : out) {
    const bool sound = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
    if (!sound) c = '_';
  }
  const bool begins_well = !out.empty() && ((out[0] >= 'a' && out[0] <= 'z') || (out[0] >= 'A' && out[0] <= 'Z') || out[0] == '_');
  return begins_well ? out : "_" + out;
}

std::string write_element(std::string_view path, std::string_view value) {
  const auto name = element_name(last_name(path));
  std::string out = "<" + name + " xmlns=\"" + std::string(object_attribute_namespace) + "\" path=\"";
  codec::append_xml_attribute(out, path);
  if (value.empty()) return out + "\"/>";
  out += "\">";
  codec::append_xml_text(out, value);
  return out + "</" + name + ">";
}

std::vector<std::optional<Foreign>> elements_in(const Value* list) {
  std::vector<std::optional<Foreign>> out;
  if (!list) return out;
  for (const auto& item : list->list()) out.push_back(read_element(item.text()));
  return out;
}

std::vector<std::optional<Foreign>> elements_of(const model::Object& attributes) { return elements_in(attributes.find(foreign_attribute)); }

/// The parameter that an attribute of the object stands for.
std::string parameter_of(const Foreign& foreign, std::string_view place) {
  if (!foreign.path.empty()) return foreign.path;
  return is_object_path(place) ? std::string(place) + foreign.name : std::string(place);
}

/// It has to be right in the object: an attribute is no way to what the object's rights do not cover.
Result<void> check_within(const std::string& parameter, std::string_view place) {
  if (auto sound = check_original_mo(parameter); !sound) return sound;
  const bool is_right_in = is_object_path(place) && parameter.starts_with(place) && object_above(parameter) == place;
  const bool is_itself = is_node_uri(place) ? parameter == without_end(place) : parameter == place;   // a node that turns out to be a leaf
  if ((is_right_in || is_itself) && !is_object_path(parameter)) return {};
  return bad_request("the path " + parameter + " is no parameter right in " + mo_of_object(place) + ", the object's originalMO");
}

/// Which parameter an element stands for; nullopt: none of the device.
std::optional<std::string> parameter_in(const std::optional<Foreign>& element, std::string_view place) {
  auto parameter = element ? std::optional(parameter_of(*element, place)) : std::nullopt;
  if (parameter && !check_within(*parameter, place)) parameter.reset();
  return parameter;
}

const Foreign* find_parameter(const std::vector<std::optional<Foreign>>& all, const std::string& parameter, std::string_view place) {
  const auto found = std::ranges::find_if(all, [&](const auto& foreign) { return foreign && parameter_of(*foreign, place) == parameter; });
  return found == all.end() ? nullptr : &**found;
}

}  // namespace

bool is_low_level(const model::ResourceType& type) { return type.wildcard() != nullptr && type.xsi_type.empty(); }

std::string foreign_place(const model::Object& attributes) {
  const auto* mo = attributes.find("originalMO");
  if (!mo || !is_node_uri(mo->text())) return mo ? std::string(mo->text()) : std::string();
  const auto all = elements_of(attributes);
  const bool is_leaf = std::ranges::any_of(all, [&](const auto& foreign) { return foreign && foreign->path == mo->text(); });
  return is_leaf ? std::string(mo->text()) : object_of_mo(mo->text());
}

std::vector<std::string> foreign_paths(std::string_view place, const model::Object& attributes) {
  if (!is_object_path(place)) return {std::string(place)};
  std::vector<std::string> out;
  for (const auto& foreign : elements_of(attributes)) {
    auto parameter = parameter_in(foreign, place);
    if (parameter && std::ranges::find(out, *parameter) == out.end()) out.push_back(*std::move(parameter));
  }
  if (out.empty()) out.emplace_back(place);
  return out;
}

bool apply_foreign(model::Object& attributes, std::string_view place, const DeviceTree& tree, const std::vector<Leaf>& leaves) {
  const auto known = elements_of(attributes);
  model::List list;
  bool changed = false;
  if (const auto* old = attributes.find(foreign_attribute)) list = old->list();
  for (std::size_t i = 0; i < known.size(); ++i) {
    const auto* leaf = known[i] ? tree.leaf(parameter_of(*known[i], place)) : nullptr;
    if (!leaf || leaf->value == known[i]->value) continue;
    list[i] = write_element(leaf->path, leaf->value);
    changed = true;
  }
  for (const auto& leaf : leaves) {
    if (!check_within(leaf.path, place) || find_parameter(known, leaf.path, place)) continue;
    list.emplace_back(write_element(leaf.path, leaf.value));
    changed = true;
  }
  if (changed) attributes.set(foreign_attribute, std::move(list));
  return changed;
}

Result<std::vector<Leaf>> foreign_changes(std::string_view place, const model::Object& before, const model::Object& after) {
  const auto old = elements_of(before), wanted = elements_of(after);
  std::vector<Leaf> out;
  for (const auto& foreign : wanted) {
    if (!foreign) continue;
    auto parameter = parameter_of(*foreign, place);
    if (auto sound = check_within(parameter, place); !sound) return tl::unexpected(sound.error());
    const auto* known = find_parameter(old, parameter, place);
    if (known && known->value == foreign->value) continue;
    const bool twice = std::ranges::any_of(out, [&](const auto& leaf) { return leaf.path == parameter; });
    if (twice) return bad_request("the parameter " + parameter + " is given twice");
    out.push_back({std::move(parameter), foreign->value});
  }
  return out;
}

std::optional<Value> foreign_after(std::string_view original_mo, const Value* before, const Value* wanted) {
  const auto old = elements_in(before), named = elements_in(wanted);
  std::map<std::string, std::size_t> places;   // of what is named, by parameter
  for (std::size_t i = 0; i < named.size(); ++i) {
    if (auto parameter = parameter_in(named[i], original_mo)) places.emplace(*std::move(parameter), i);
  }
  model::List list;
  for (std::size_t i = 0; i < old.size(); ++i) {
    const auto parameter = parameter_in(old[i], original_mo);
    if (!parameter) continue;
    const auto place = places.extract(*parameter);
    const bool is_changed = place && named[place.mapped()]->value != old[i]->value;
    list.push_back(is_changed ? wanted->list()[place.mapped()] : before->list()[i]);
  }
  for (std::size_t i = 0; i < named.size(); ++i) {
    const auto parameter = parameter_in(named[i], original_mo);
    const auto place = parameter ? places.find(*parameter) : places.end();
    if (!parameter || (place != places.end() && place->second == i)) list.push_back(wanted->list()[i]);
  }
  return list.empty() ? std::nullopt : std::optional<Value>(std::move(list));
}

std::vector<std::string> foreign_unseen(std::string_view original_mo, const model::Object& attributes, const std::vector<Leaf>& leaves) {
  const auto shown = elements_of(attributes);
  std::vector<std::string> out;
  for (const auto& leaf : leaves) {
    if (leaf.path != original_mo && !find_parameter(shown, leaf.path, original_mo)) out.push_back(leaf.path);
  }
  return out;
}

void drop_foreign(model::Object& attributes, std::string_view original_mo) {
  auto* all = attributes.find(foreign_attribute);
  auto* list = all ? all->get<model::List>() : nullptr;
  if (!list) return;
  std::erase_if(*list, [&](const Value& item) { return parameter_in(read_element(item.text()), original_mo).has_value(); });
  if (list->empty()) attributes.erase(foreign_attribute);
}

bool has_values_without_path(const model::Object& attributes) {
  return std::ranges::any_of(elements_of(attributes), [](const auto& foreign) { return foreign && foreign->path.empty(); });
}

bool has_values(const model::Object& attributes) {
  return std::ranges::any_of(elements_of(attributes), [](const auto& foreign) { return foreign.has_value(); });
}

Result<std::vector<Leaf>> foreign_leaves(const model::Object& attributes) {
  std::vector<Leaf> out;
  for (const auto& foreign : elements_of(attributes)) {
    if (!foreign) continue;
    const auto name = foreign->path.empty() ? foreign->name : is_object_path(foreign->path) ? std::string() : std::string(last_name(foreign->path));
    if (name.empty() || std::ranges::any_of(out, [&](const auto& leaf) { return leaf.path == name; })) {
      return bad_request("the parameter " + foreign->name + " is given twice, or its path names an object");
    }
    out.push_back({name, foreign->value});
  }
  return out;
}

}  // namespace nscl::rem
