// SPDX-License-Identifier: Apache-2.0
// What a program writes, for installations whose master key comes from a program.
#pragma once

#include <cstddef>
#include <string>

#include <nscl/base/secret.h>

namespace nscl::security {

/// Runs the program at this absolute path, without a shell and without arguments, and takes what it writes to standard output:
/// `limit` octets at most, within 10 seconds. Throws std::runtime_error if the program is none, could have been replaced by
/// others, fails, or does not keep the limits; it is ended then.
Secret output_of(const std::string& program, std::size_t limit);

}  // namespace nscl::security
