// SPDX-License-Identifier: Apache-2.0
// One attribute: its value out of the leaves of a device, and the leaves that say a value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/model/value.h>
#include <nscl/rem/mapping.h>

#include "device_tree.h"

namespace nscl::rem {

/// Mapped leaves that the device did not list, which are not asked for: some clients die of a name that they do not know (rem.md 4.9 row 7).
inline constexpr std::string_view absent_attribute = ".absent";

/// The object that a resource stands for.
struct Bound {
  std::string path;        ///< with its dot or slash; empty: none
  std::string root;
};
Bound bound_by(std::string_view original_mo);

/// The text of an attribute in the words of the device, or as it is: for arguments. Empty if it is no simple value.
std::string text_of(const model::Value* value);

/// True if the tree tells anything that the rule asks for; of a reference, what it leads to as well.
bool is_told(const AttributeRule& rule, const DeviceTree& tree, const Bound& bound);

/// What the device says. nullopt: nothing, or nothing that the attribute could hold.
std::optional<model::Value> read_value(const AttributeRule& rule, const DeviceTree& tree, const Bound& bound);

/// What the attribute is while the device says nothing; nullopt: absent.
std::optional<model::Value> value_before(const AttributeRule& rule, const Bound& bound);

/// The paths to read for it.
void append_paths(std::vector<std::string>& out, const AttributeRule& rule, const Bound& bound);

/// The leaves that say `value` (null: the attribute was taken away), beside those that say `before`.
Result<std::vector<Leaf>> written(const AttributeRule& rule, const model::Value* before, const model::Value* value, const Bound& bound);

/// One attribute of a resource that was changed, added or taken away, by the entry for it; null: there is none. In mapping.cpp.
Result<void> append_change(std::vector<Leaf>& out, const ObjectRule* rule, const model::ResourceType& type, std::string_view name,
                           const model::Value* before, const model::Value* after, const Bound& bound);

/// The state that the leaves of a status tell of.
std::optional<ActionState> read_state(const AttributeRule& rule, const DeviceTree& tree, const Bound& bound);
model::Value status_value(std::string_view action, const ActionState& state);

// simple_value.cpp: a leaf, by the type of the attribute.
std::optional<model::Value> parse_leaf(const AttributeRule& rule, std::string_view text);
Result<std::string> leaf_text(const AttributeRule& rule, const model::Value& value);

// table_value.cpp: rows of a table below the object.
std::optional<model::Value> read_rows(const AttributeRule& rule, const DeviceTree& tree, const Bound& bound);
/// Only the values of rows that are there already can be changed.
Result<std::vector<Leaf>> changed_rows(const AttributeRule& rule, const model::Value& before, const model::Value& after, const Bound& bound);

}  // namespace nscl::rem
