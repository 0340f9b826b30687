// SPDX-License-Identifier: Apache-2.0
// What a managed device is in the tree, if nobody registered it there.
#pragma once

#include <string>
#include <string_view>

#include <nscl/store/management.h>

#include "tree.h"

namespace nscl::rem {

/// What a device calls itself, as the id of a resource.
std::string resource_id_of(std::string_view name);

/// The attachedDevices of a device that is an scl of the tree; empty: it is none.
std::string attached_devices_of(Tree& tree, const store::ManagedDevice& gateway);

/// A path below `collection` for an attachedDevice of this name: a free one, or that of one which nobody knows more about.
std::string attached_path(Tree& tree, std::string_view collection, std::string_view name);

/// The attachedDevice at `path` has these marks (ties.h); it is made if it is not there.
Result<void> put_attached(Tree& tree, const std::string& path, const model::Object& marks);

/// An adopted device that is nothing yet becomes an scl of its own name; one that is behind a gateway that is here becomes an
/// attachedDevice of it, also if it was made an scl, or one of another gateway, here before. What was named by an operator stays, and
/// if it is an scl is left to whoever registers it. True: it was made, and what the device has is not in it yet.
Result<bool> ensure_entity(Tree& tree, store::ManagedDevice& device);

}  // namespace nscl::rem
