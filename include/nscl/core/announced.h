// SPDX-License-Identifier: Apache-2.0
// What all ...Annc types have in common.
#pragma once

#include <nscl/core/hooks.h>

namespace nscl::core {

/// before_create of an announced resource: link names an original; below an scl it does not outlive that.
Result<void> check_announcement(HookContext& context);

/// Note of who registered an application or scl: its owner under default rights.
void remember_registrant(HookContext& context);

}  // namespace nscl::core
