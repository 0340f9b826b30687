// SPDX-License-Identifier: Apache-2.0
// Reports on what a device answered, beside report_of_status().
#pragma once

#include <string>
#include <string_view>

#include <nscl/rem/omadm/performance.h>

namespace nscl::rem::omadm {

/// The command was done, or begun.
bool is_done(int status);
/// Another command failed, and so this one was not executed or rolled back: that one tells why.
bool is_consequence(int status);

/// "OMA-DM 404 Not found: ./Nope".
std::string sentence_of(int status, std::string_view uri);

/// As report_of_status(), of a command that changes something: without a status it is not known whether it did.
Report report_of_change(int status, const std::string& uri, unsigned attempts);

/// The device said nothing to `command`; what it did is not known.
Report unknown_end(std::string_view command);

/// Failed without the device having been told.
Report refusal(Status status, std::string text);

}  // namespace nscl::rem::omadm
