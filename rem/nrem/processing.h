// SPDX-License-Identifier: Apache-2.0
// Processing: a gateway answers for a device embedded in its data model as soon as it has taken what is to be done. What became of it
// stands in the device's row of the table EmbeddedDevice: CommandProcessed (rem.md 2.9).
#pragma once

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include <nscl/rem/task.h>
#include <nscl/store/management.h>

#include "effect.h"

namespace nscl::rem {

/// True for what changes something there, so that its end is told of by the row.
bool is_processed(const Task& task);

/// The reading of a row.
GetLeaves look_at_row(const std::string& row);

struct ProcessingState {
  enum class Word : unsigned char { none, running, success, error };   ///< none: the gateway does not tell
  Word word = Word::none;
  std::string text;   ///< error: for the application
};
ProcessingState processing_state(const std::string& row, const std::vector<Leaf>& read);

/// How long to wait before the next look, after so long.
Time::duration pause_between_looks(Time::duration since);

/// Rows that are being looked at: nothing else is sent to their devices, as a row tells of one thing only.
std::set<std::string> rows_in_process(const std::vector<store::Operation>& pending);
/// Whether the operation has to wait for another one about the same embedded device.
bool is_held_by(const std::set<std::string>& rows, const store::Operation& operation);

}  // namespace nscl::rem
