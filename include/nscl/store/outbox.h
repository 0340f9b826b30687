// SPDX-License-Identifier: Apache-2.0
// The outbox: what a change makes the server send, written in the commit of the change. Rows wait in lanes; the rows of
// one lane leave one after another, lanes know nothing of each other.
#pragma once

#include <cstdint>
#include <string>

#include <nscl/base/time.h>

namespace nscl::store {

/// A queue, or just a thing to be done again and again, with what is known of its progress. The first segment of its
/// name says whose it is.
struct Lane {
  std::string name;              ///< "notify/12"
  Time due = never;              ///< when its consumer is to look at it; never: until somebody wakes it
  std::string parked_on;         ///< what it waits for besides the time: "channel/7"; empty: nothing
  unsigned attempts = 0;         ///< failures in a row
  Time failing_since{};          ///< of the first of them; the epoch if there is none
  std::string error;             ///< the last failure, for whoever owns the lane
  std::string state;             ///< the consumer's own
};

/// Something that waits in a lane.
struct OutboxRow {
  std::uint64_t id = 0;          ///< 0 until stored; ascending, never used again
  std::string lane;
  int priority = 0;              ///< the lowest leaves first, then the lowest id
  Time created{};
  Time expires = never;          ///< nothing leaves at or after this
  std::string owner;             ///< canonical entity that may list and cancel it; empty: nobody but operators
  std::string body;              ///< the consumer's own form
};

/// How much waits in a lane.
struct LaneSize {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;       ///< of the bodies
};

}  // namespace nscl::store
