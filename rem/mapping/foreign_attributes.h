// SPDX-License-Identifier: Apache-2.0
// Attributes of objects that no model knows: elements of other name spaces, each for a parameter of the device (rem.md 1.3, 2.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/model/resource.h>
#include <nscl/rem/mapping.h>

#include "device_tree.h"

namespace nscl::rem {

/// The attribute that all of them are.
inline constexpr std::string_view foreign_attribute = "$any";

/// True for mgmtObj and parameters themselves, whose attributes are elements of other name spaces.
bool is_low_level(const model::ResourceType& type);

/// What a resource stands for, with its dot or slash: an object, or a leaf. Of OMA-DM, where both are written alike: a leaf if an attribute has just that path.
std::string foreign_place(const model::Object& attributes);

/// What to read: the parameters that it has attributes for, else all of its object. `place`, here and below: by foreign_place().
std::vector<std::string> foreign_paths(std::string_view place, const model::Object& attributes);

/// The parameters right in the object become attributes; elements that stand for none stay.
bool apply_foreign(model::Object& attributes, std::string_view place, const DeviceTree& tree, const std::vector<Leaf>& leaves);

Result<std::vector<Leaf>> foreign_changes(std::string_view place, const model::Object& before, const model::Object& after);

/// What becomes of the attributes of an object that shows `before` if they are changed to `wanted` (null: to nothing). A device does not lose
/// a parameter that is not named: it stays, and all else is as wanted.
std::optional<model::Value> foreign_after(std::string_view original_mo, const model::Value* before, const model::Value* wanted);

/// Of these parameters, those that the object does not show.
std::vector<std::string> foreign_unseen(std::string_view original_mo, const model::Object& attributes, const std::vector<Leaf>& leaves);

/// Takes out all that stands for parameters.
void drop_foreign(model::Object& attributes, std::string_view original_mo);

/// Whether an attribute does not say which parameter it is.
bool has_values_without_path(const model::Object& attributes);
/// Whether there are attributes of the object at all.
bool has_values(const model::Object& attributes);

/// All its attributes, by their names below a new instance.
Result<std::vector<Leaf>> foreign_leaves(const model::Object& attributes);

}  // namespace nscl::rem
