// SPDX-License-Identifier: Apache-2.0
// Allowance: how many requests a principal may make in a second. One for all its connections and threads, without a lock.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace nscl::security {

/// `per_second` 0: without limit. `burst`: requests at once after a pause, at least 1.
struct Rate {
  unsigned per_second = 0;
  unsigned burst = 1;
  bool operator==(const Rate&) const = default;
};

/// A rate that is watched: the time at which the next request would be due if all came evenly (GCRA) is its whole state.
class Meter {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Meter(Rate rate);

  /// Zero: taken. Else nothing is taken, and this is the time after which it would be.
  std::chrono::nanoseconds take(Clock::time_point now);
  /// What take() would say, and nothing is taken.
  std::chrono::nanoseconds wait(Clock::time_point now) const { return wait_until_due(due_.load(std::memory_order_relaxed), now); }

 private:
  std::chrono::nanoseconds wait_until_due(std::int64_t due, Clock::time_point now) const;

  const std::int64_t interval_, tolerance_;   ///< nanoseconds; interval 0: no limit
  std::atomic<std::int64_t> due_{0};
};

class Allowance {
 public:
  Allowance(Rate requests, Rate writes) : requests_(requests), writes_(writes) {}

  /// Zero: the request may go on. Else the time after which to come again.
  std::chrono::nanoseconds take(bool is_write, Meter::Clock::time_point now = Meter::Clock::now()) {
    if (is_write) {
      if (const auto wait = writes_.take(now); wait.count() > 0) return wait;
    }
    return requests_.take(now);
  }
  /// What take() would say, and nothing is taken.
  std::chrono::nanoseconds wait(bool is_write, Meter::Clock::time_point now = Meter::Clock::now()) const {
    return std::max(is_write ? writes_.wait(now) : std::chrono::nanoseconds{}, requests_.wait(now));
  }

 private:
  Meter requests_, writes_;
};
using AllowancePtr = std::shared_ptr<Allowance>;

/// What principals are allowed; a principal has the same Allowance however it authenticates.
class Allowances {
 public:
  struct Limits {
    std::string principal;
    Rate requests, writes;
    bool operator==(const Limits&) const = default;
  };
  /// `usual` is for those that `special` does not name; operators have no limit unless it names them.
  Allowances(Limits usual, std::vector<Limits> special) : usual_(std::move(usual)), special_(std::move(special)) {}

  /// Null: without limit.
  AllowancePtr of(std::string_view principal, bool is_operator);
  /// Principals that are remembered; for tests.
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return present_.size();
  }

 private:
  const Limits usual_;
  const std::vector<Limits> special_;
  mutable std::mutex mutex_;
  std::map<std::string, std::weak_ptr<Allowance>, std::less<>> present_;
  std::size_t swept_at_ = 1024;
};

}  // namespace nscl::security
