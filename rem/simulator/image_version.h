// SPDX-License-Identifier: Apache-2.0
// What a fetched file makes of a version.
#pragma once

#include <string>
#include <string_view>

namespace nscl::rem::simulator {

/// "version X" in the first line of the file, else the running version with its last number one higher.
std::string version_of_image(std::string_view content, std::string running);

}  // namespace nscl::rem::simulator
