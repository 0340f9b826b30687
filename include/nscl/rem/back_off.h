// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>

namespace nscl::rem {

/// After so many attempts that failed: 1, 2, 4 ... minutes, an hour at most (rem.md 5.3 rule 6).
inline std::chrono::seconds back_off(unsigned attempts) {
  return std::min(std::chrono::seconds{60} * (1u << std::min(attempts, 7u)) / 2, std::chrono::seconds{3600});
}

}  // namespace nscl::rem
