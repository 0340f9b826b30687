// SPDX-License-Identifier: Apache-2.0
// The data models that the simulator brings along, as text.
#pragma once

#include <string>

#include <nscl/rem/simulator/data_model.h>

namespace nscl::rem::simulator {

/// In the form of ModelTree.
std::string built_in_text(ModelKind kind, bool has_fixed_interval);

}  // namespace nscl::rem::simulator
