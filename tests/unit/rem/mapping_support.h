// SPDX-License-Identifier: Apache-2.0
// Devices and what is mapped of them, in one line of a test.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <nscl/codec/codec.h>
#include <nscl/rem/mapping.h>
#include <nscl/resources/all.h>

#include "mappings.h"

namespace nscl::rem {

inline const model::Registry& registry() {
  static const model::Registry all(resources::all());
  return all;
}
inline const model::ResourceType& type(std::string_view name) { return *registry().find(name); }

inline MappingTable table_of(std::string_view text) {
  auto table = app::read_mappings(text, "test.toml", registry());
  EXPECT_TRUE(table) << (table ? "" : table.error().detail);
  return table ? std::move(*table) : MappingTable{};
}
inline const MappingTable& builtin() {
  static const auto table = table_of(tr069_mappings());
  return table;
}

inline DeviceFacts facts_with(std::vector<std::string> methods = {}) {
  DeviceFacts facts;
  facts.oui = "00D09E";
  facts.product_class = "gw";
  facts.root = "Device.";
  facts.methods = std::move(methods);
  return facts;
}

inline const std::string info_path = "Device.DeviceInfo.", scl_path = "Device.ETSIM2M.SCL.1.";

/// A device with these parameters.
inline Report report(std::vector<std::pair<std::string, std::string>> parameters, std::vector<std::string> methods = {}) {
  Report out;
  for (auto& [path, value] : parameters) out.leaves.push_back({std::move(path), std::move(value)});
  out.methods = std::move(methods);
  return out;
}

inline std::vector<Wanted> objects_of(const Report& told, const MappingTable& table = builtin(), const DeviceFacts& facts = facts_with()) {
  return DeviceMapping(table, facts).objects(told, "/m2m/scls/gw1/mgmtObjs");
}

/// "etsiFirmware/fw1/firmwareAction".
inline std::string place_of(const std::vector<Wanted>& all, std::size_t index) {
  const auto& wanted = all[index];
  return (wanted.parent == Wanted::none ? "" : place_of(all, wanted.parent) + "/") + wanted.id;
}
inline const Wanted* find(const std::vector<Wanted>& all, std::string_view place) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (place_of(all, i) == place) return &all[i];
  }
  return nullptr;
}

/// A resource as a test sees it: as JSON.
inline std::string json_of(const model::ResourceType& of, const model::Object& attributes) { return codec::encode(codec::Format::json, of, attributes); }
inline std::string json_of(const std::vector<Wanted>& all, std::string_view place) {
  const auto* found = find(all, place);
  return found ? json_of(*found->type, found->attributes) : "no " + std::string(place);
}

inline model::Object object(std::initializer_list<std::pair<std::string_view, model::Value>> members) {
  model::Object out;
  for (const auto& [name, value] : members) out.set(name, value);
  return out;
}

inline model::Resource resource(std::string_view of, model::Object attributes) {
  model::Resource out;
  out.type = &type(of);
  out.attributes = std::move(attributes);
  return out;
}

/// "path=value path=value".
inline std::string text(const std::vector<Leaf>& leaves) {
  std::string out;
  for (const auto& leaf : leaves) out += (out.empty() ? "" : " ") + leaf.path + "=" + leaf.value;
  return out;
}
template <class T>
std::string text(const Result<T>& result) {
  if (!result) return std::string(name_of(result.error().status)) + " " + result.error().detail;
  return text(*result);
}

}  // namespace nscl::rem
