// SPDX-License-Identifier: Apache-2.0
// Reports on what a device answered, beside report_of_status().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nscl/rem/omadm/performance.h>

namespace nscl::rem::omadm {

/// The command was done, or begun.
bool is_done(int status);
/// Another command failed, and so this one was not executed or rolled back: that one tells why.
bool is_consequence(int status);

/// The device may have another value now: an Atomic that could not be rolled back is not known to be undone.
bool is_touched(int status);

/// Of each item of the answers, in order. `is_atomic`: they are those of one Atomic, whose own status tells too.
std::vector<int> statuses_in(const std::vector<CommandAnswer>& answers, bool is_atomic);

/// "OMA-DM 404 Not found: ./Nope".
std::string sentence_of(int status, std::string_view uri);

/// As report_of_status(), of a command that changes something: without a status it is not known whether it did.
Report report_of_change(int status, const std::string& uri, unsigned attempts);

/// The device said nothing to `command`; what it did is not known.
Report unknown_end(std::string_view command);

/// Failed without the device having been told.
Report refusal(Status status, std::string text);

}  // namespace nscl::rem::omadm
