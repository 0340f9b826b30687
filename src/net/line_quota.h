// SPDX-License-Identifier: Apache-2.0
// LineQuota: keeps what others cause from filling the log. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace nscl::net {

class LineQuota {
 public:
  /// How many lines were kept back since the last one that was not; nullopt if this one is to be kept back as well.
  std::optional<std::uint64_t> take() {
    const std::lock_guard lock{mutex_};
    const auto now = Clock::now();
    if (now - second_ >= std::chrono::seconds{1}) {
      second_ = now;
      told_ = 0;
    }
    if (told_ == lines_a_second) {
      ++not_told_;
      return std::nullopt;
    }
    ++told_;
    return std::exchange(not_told_, 0);
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr unsigned lines_a_second = 10;

  std::mutex mutex_;
  Clock::time_point second_{};
  unsigned told_ = 0;              ///< in the second that began at second_
  std::uint64_t not_told_ = 0;
};

}  // namespace nscl::net
