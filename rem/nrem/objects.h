// SPDX-License-Identifier: Apache-2.0
// Objects: management objects of one device in the tree, and what the device says of them. On the writer's thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <nscl/rem/mapping.h>

#include "effect.h"
#include "tree.h"

namespace nscl::rem {

inline constexpr std::size_t objects_of_a_device = 10'000;   ///< that are looked at

/// What a model of `type` is in the data model: mgmtObj and parameters, and what extends them.
bool is_management_object(const model::ResourceType& type);

/// Values that a device told, of all its objects below `managed`: whoever is subscribed to one that changed is told.
Result<void> apply_values(Tree& tree, const DeviceMapping& mapping, std::string_view managed, const std::vector<Leaf>& leaves);
/// The same for one resource; no effect if it is not there.
Result<void> apply_values_to(Tree& tree, const DeviceMapping& mapping, std::string_view path, const std::vector<Leaf>& leaves);

/// Makes what the device has, below the mgmtObjs of `managed`; what is there already shows the values.
Result<void> make_objects(Tree& tree, const DeviceMapping& mapping, std::string_view managed, const Report& discovered);

/// Makes the object at this path of the device, if it is not there, as one of no model; it shows the values.
Result<void> make_object_at(Tree& tree, const DeviceMapping& mapping, std::string_view managed, const std::string& path, const std::vector<Leaf>& leaves);

/// Attributes in which `after` differs from `before`, into an effect.
void put_difference(const model::Resource& before, const model::Resource& after, Effect& effect);
/// Makes the difference true, whatever else was changed meanwhile.
Result<void> make_difference(Tree& tree, const DeviceMapping& mapping, std::string_view path, const Effect& effect, const Report& report);
/// Makes the resource of an effect, with what the device said of it. conflict: its place was taken meanwhile.
Result<void> make_resource(Tree& tree, const DeviceMapping& mapping, std::string_view path, const Effect& effect, const Report& report);

/// Shows how an action goes, by the effect of its operation. `progress` below 100: it is running, and it does not go back. `upload`: what the
/// device sent in its course. No effect if the object is not there.
Result<void> show_action(Tree& tree, const Effect& effect, int progress, bool is_success, std::optional<model::Value> upload = std::nullopt);

/// ActionStatus. `progress` below 100: it is running, whatever `is_success` says (rem.md 1.3).
model::Value action_status(std::string_view action, int progress, bool is_success);

}  // namespace nscl::rem
