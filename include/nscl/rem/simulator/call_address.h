// SPDX-License-Identifier: Apache-2.0
// Where simulated devices take calls, and how they are numbered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace nscl::rem::simulator {

struct CallAddress {
  std::string address;                     ///< empty: nobody can call
  std::uint16_t port = 0;                  ///< 0: the system chooses
};
/// "127.0.0.1" or "[::1]"
std::string host_of(const CallAddress& where);

/// The prefix and six digits or more.
std::string numbered_serial(const std::string& prefix, std::size_t number);

}  // namespace nscl::rem::simulator
