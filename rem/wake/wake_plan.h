// SPDX-License-Identifier: Apache-2.0
// When a device is called next; on the writer's thread, without I/O.
#pragma once

#include <optional>
#include <string>

#include <nscl/rem/wake.h>

namespace nscl::rem {

/// A device that is due, and before when it must not be called.
struct WantedCall {
  std::string device;
  Time not_before{};
};

/// A call that is written and may be made.
struct Claim {
  std::string device;
  Time next = never;       ///< as its wake_due was written
  unsigned attempts = 0;   ///< this one included
  bool is_push = false;    ///< of the device's bootstrap
};

/// Writes that the device is called now and when it is next. Nothing: it is not, and when it is, if ever, is written.
std::optional<Claim> claim_call(store::ManagementWrites& management, const WantedCall& wanted, Time now, const WakeOptions& options);

/// Writes what came of a call that brought no session. No effect if wake_due is not that of the claim any more.
void note_outcome(store::ManagementWrites& management, const Claim& claim, const CallOutcome& outcome, Time now, const WakeOptions& options);

/// "accepted", "busy" ...
const char* word_for(CallOutcome::End end);

}  // namespace nscl::rem
