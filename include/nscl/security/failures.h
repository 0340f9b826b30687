// SPDX-License-Identifier: Apache-2.0
// Failures: wrong passwords per user (or address) and minute, in a table of fixed size. Two users that share a row share its
// count, which costs them a delay and nothing else.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <mutex>
#include <string_view>

namespace nscl::security {

class Failures {
 public:
  static constexpr unsigned free_attempts = 10;   ///< in a minute, before answers are delayed

  bool is_over(std::string_view user) {
    const std::lock_guard lock(mutex_);
    return row(user).count > free_attempts;
  }

  /// The number of failures in this minute, this one included.
  unsigned note(std::string_view user) {
    const std::lock_guard lock(mutex_);
    return ++row(user).count;
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Row {
    Clock::time_point since;
    unsigned count = 0;
  };

  Row& row(std::string_view user) {
    Row& found = rows_[std::hash<std::string_view>{}(user) % rows_.size()];
    const auto now = Clock::now();
    if (now - found.since > std::chrono::minutes{1}) found = Row{now, 0};
    return found;
  }

  std::mutex mutex_;
  std::array<Row, 4096> rows_{};
};

}  // namespace nscl::security
