// SPDX-License-Identifier: Apache-2.0
// Which device a path of the tree is about (rem.md 2.1).
#pragma once

#include <optional>
#include <string_view>

#include <nscl/core/primitive.h>
#include <nscl/store/view.h>

namespace nscl::rem {

/// "scls/x" or "scls/x/attachedDevices/y" of a path at or below its mgmtObjs; empty if it is below nobody's.
std::string_view managed_entity(std::string_view path);

/// The device that the entity of `path` is, or in whose tree it is found: an attachedDevice that is none itself belongs to the
/// device of its gateway.
std::optional<store::ManagedDevice> device_of(store::ManagementReads& management, std::string_view path);

/// True if the SCL that owns the subtree sent the request, over mId: it tells what is, and nothing has to be done about it.
bool is_mirror(const core::RequestIndication& request, std::string_view path);

}  // namespace nscl::rem
