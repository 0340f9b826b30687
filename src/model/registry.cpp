// SPDX-License-Identifier: Apache-2.0
// Registry: checks that the descriptors fit together and indexes them.
#include <nscl/model/registry.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace nscl::model {

Registry::Registry(std::span<const ResourceType* const> types) : types_(types.begin(), types.end()) {
  for (const auto* type : types_) {
    if (!by_name_.emplace(type->name, type).second) throw std::logic_error("two resource types named " + std::string(type->name));
  }
  const auto demand = [&](std::string_view name, const ResourceType& by) {
    if (!find(name)) throw std::logic_error(std::string(by.name) + " names the unknown resource type " + std::string(name));
  };
  for (const auto* type : types_) {
    for (const auto child : type->children) demand(child, *type);
    for (const auto parent : type->parents) {
      demand(parent, *type);
      by_parent_[parent].push_back(type);
    }
  }
  // What can have children itself stands first: the first type tells what may be created below a path of several.
  for (auto& [parent, list] : by_parent_) {
    std::stable_partition(list.begin(), list.end(), [&](const auto* type) { return by_parent_.contains(type->document_element()); });
  }
  demand("sclBase", *types_.front());
}

const ResourceType* Registry::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

const ResourceType* Registry::fixed_child(const ResourceType& type, std::string_view segment) const {
  const auto known = std::find(type.children.begin(), type.children.end(), segment) != type.children.end();
  return known ? find(segment) : nullptr;
}

std::span<const ResourceType* const> Registry::individuals(const ResourceType& type) const {
  const auto found = by_parent_.find(type.document_element());
  if (found == by_parent_.end()) return {};
  return found->second;
}

}  // namespace nscl::model
