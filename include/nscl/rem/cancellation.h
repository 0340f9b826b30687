// SPDX-License-Identifier: Apache-2.0
// Cancelling an operation from beside the daemon, which alone may change the tree.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <nscl/base/error.h>
#include <nscl/base/time.h>
#include <nscl/rem/task.h>
#include <nscl/store/management.h>

namespace nscl::rem {

/// Ends the time of an operation that no session has. No session is given it from then on; the daemon concludes it, with what becomes of
/// the tree, in its next second or at its next start. not_found: the device has no such operation. conflict: it is over, a session has it, or
/// the device has accepted it.
Result<void> request_cancellation(store::ManagementWrites& management, std::string_view device, std::uint64_t operation, Time now);

/// How an operation ends that was cancelled.
Report cancelled_report();

/// How an operation ends for which that was done; nothing for any other.
std::optional<Report> cancellation_of(const store::Operation& operation);

}  // namespace nscl::rem
