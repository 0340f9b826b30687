// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <nscl/base/time.h>
#include <nscl/store/management.h>

namespace nscl::rem {

/// From when on a session of the device would be of use: when the first operation that waits for one is due, and
/// not while the device is about to restart, as it calls then by itself. never: nothing waits.
Time first_use_of_session(store::ManagementReads& management, std::string_view device);

/// The scl whose remTriggerAddr says where a device is called: its own, or that of the gateway which a device of OMA-DM is behind (rem.md 2.9).
/// Empty: none yet.
std::string called_scl(const store::ManagedDevice& device);

/// True for an operation after which the device restarts, and that it has begun: what is sent to it now would be lost (rem.md 1.8).
bool is_restarting(const store::Operation& operation);

/// True for an operation that a gateway has taken, and whose end it does not tell by itself: a session has to look (rem.md 2.9).
bool is_looked_after(const store::Operation& operation);

}  // namespace nscl::rem
