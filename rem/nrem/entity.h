// SPDX-License-Identifier: Apache-2.0
// What a managed device is in the tree, if nobody registered it there.
#pragma once

#include <nscl/store/management.h>

#include "tree.h"

namespace nscl::rem {

/// An adopted device that is nothing yet becomes an scl of its own name; one that is behind a gateway that is here becomes an
/// attachedDevice of it. What was named by an operator and is an scl is left to whoever registers it.
Result<void> ensure_entity(Tree& tree, store::ManagedDevice& device);

}  // namespace nscl::rem
