// SPDX-License-Identifier: Apache-2.0
// Assignment: an operation in the hands of a session.
#pragma once

#include <cstdint>
#include <string>

#include <nscl/rem/task.h>

namespace nscl::rem {

/// An operation handed to a session; it is committed as `sent` before.
struct Assignment {
  std::uint64_t operation = 0;
  std::string key;                       ///< CommandKey or ParameterKey
  bool may_have_happened = false;        ///< to be verified first, and repeated only if it did not happen
  bool is_cancelled = false;             ///< somebody wants it ended: where it has not begun, it is not begun any more (OMA-DM)
  unsigned attempts = 1;                 ///< this one included
  Task task;
  std::string ticket = {};               ///< under which an external ACS has it, as hold() kept it; empty: none is known
};

}  // namespace nscl::rem
