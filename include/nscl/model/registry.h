// SPDX-License-Identifier: Apache-2.0
// Registry: all descriptors, looked up by name and by place in the tree.
#pragma once

#include <map>
#include <span>
#include <string_view>
#include <vector>

#include <nscl/model/resource_type.h>

namespace nscl::model {

/// Built once at start-up, read-only afterwards and so free for all threads. Throws std::logic_error if the
/// descriptors do not fit together (a child or parent without a type, two types of one name).
class Registry {
 public:
  explicit Registry(std::span<const ResourceType* const> types);

  const ResourceType* find(std::string_view name) const;            ///< null if there is none
  const ResourceType& root() const { return *find("sclBase"); }
  /// The fixed child of `type` with this segment, or null.
  const ResourceType* fixed_child(const ResourceType& type, std::string_view segment) const;
  /// The types whose resources may stand in collection `type`, or directly below a mgmtObj or parameters.
  std::span<const ResourceType* const> individuals(const ResourceType& type) const;
  std::span<const ResourceType* const> all() const { return types_; }

 private:
  std::vector<const ResourceType*> types_;
  std::map<std::string_view, const ResourceType*> by_name_;
  std::map<std::string_view, std::vector<const ResourceType*>> by_parent_;
};

}  // namespace nscl::model
