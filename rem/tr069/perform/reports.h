// SPDX-License-Identifier: Apache-2.0
// Reports on what went wrong.
#pragma once

#include <string_view>
#include <vector>

#include <nscl/rem/task.h>
#include <nscl/rem/tr069/faults.h>

namespace nscl::rem::tr069 {

/// Failed, or later where the fault says so and `attempts` are not yet too many.
Report failure_of(const Fault& fault, std::string_view path, unsigned attempts, bool of_add_object = false);

/// Failed for good: the device does not know `method`.
Report unsupported(std::string_view method);

/// The device said nothing to `method`; what it did is not known.
Report unknown_end(std::string_view method);

/// A fault of our own making, with `code` for each of the names: what the device would say to them.
Fault fault_of_each(std::uint32_t code, const std::vector<std::string>& names);

}  // namespace nscl::rem::tr069
