// SPDX-License-Identifier: Apache-2.0
// The life of an execInstance (rem.md 1.7): INITIATED, STARTED, CANCELLING, FINISHED.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <nscl/rem/task.h>

#include "tree.h"

namespace nscl::rem {

/// Makes the instance, INITIATED, below the mgmtCmd; its path.
Result<std::string> initiate(Tree& tree, const model::Resource& mgmt_cmd, std::chrono::seconds life);

/// Its execStatus; empty if it is not there any more.
std::string exec_status(store::View& view, std::string_view path);

// No effect on an instance that was deleted.

/// The device has begun. `can_be_cancelled`: a cancel can still be attempted.
Result<void> started(Tree& tree, std::string_view path, bool can_be_cancelled);
Result<void> cancelling(Tree& tree, std::string_view path);
/// A cancel was refused: it goes on, and cannot be cancelled.
Result<void> goes_on(Tree& tree, std::string_view path, const Report& refusal);
/// `life`: how long the result can be read.
Result<void> finished(Tree& tree, std::string_view path, const Report& report, std::chrono::seconds life);

}  // namespace nscl::rem
