// SPDX-License-Identifier: Apache-2.0
// Published: a value that is replaced now and then, and read by all threads all the time. std::atomic<std::shared_ptr> would
// do, but in libstdc++ 12 its load and store race (as ThreadSanitizer says), and it costs two locked operations more.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace nscl {

template <class Value>
class Published {
 public:
  using Ptr = std::shared_ptr<const Value>;

  explicit Published(Ptr value) : value_(std::move(value)), version_(next_version()) {}

  /// The value as it was when this was called, or newer.
  const Ptr& get() const {
    thread_local std::uint64_t known = 0;   // no two versions of any Published are the same
    thread_local Ptr last;
    if (known != version_.load(std::memory_order_acquire)) {
      const std::lock_guard lock(mutex_);
      known = version_.load(std::memory_order_relaxed);
      last = value_;
    }
    return last;   // until this thread asks again: keep a copy where it has to last
  }

  void set(Ptr value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
    version_.store(next_version(), std::memory_order_release);
  }

 private:
  static std::uint64_t next_version() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
  }

  mutable std::mutex mutex_;
  Ptr value_;
  std::atomic<std::uint64_t> version_;
};

}  // namespace nscl
