// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/allowance.h>

namespace nscl::security {
namespace {

constexpr std::int64_t second = 1'000'000'000;

}  // namespace

Meter::Meter(Rate rate)
    : interval_(rate.per_second == 0 ? 0 : second / rate.per_second),
      tolerance_(interval_ * (std::max(rate.burst, 1u) - 1)) {}

std::chrono::nanoseconds Meter::wait_until_due(std::int64_t due, Clock::time_point now) const {
  if (interval_ == 0) return {};
  return std::max(std::chrono::nanoseconds{due - tolerance_} - now.time_since_epoch(), std::chrono::nanoseconds{});
}

std::chrono::nanoseconds Meter::take(Clock::time_point now) {
  if (interval_ == 0) return {};
  const std::int64_t at = std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
  std::int64_t due = due_.load(std::memory_order_relaxed);
  for (;;) {
    if (const auto wait = wait_until_due(due, now); wait.count() > 0) return wait;
    if (due_.compare_exchange_weak(due, std::max(due, at) + interval_, std::memory_order_relaxed)) return {};
  }
}

AllowancePtr Allowances::of(std::string_view principal, bool is_operator) {
  const auto named = std::ranges::find(special_, principal, &Limits::principal);
  const bool is_special = named != special_.end();
  const Limits& limits = is_special ? *named : usual_;
  if ((is_operator && !is_special) || (limits.requests.per_second == 0 && limits.writes.per_second == 0)) return nullptr;
  const std::lock_guard lock(mutex_);
  if (present_.size() >= swept_at_) {
    std::erase_if(present_, [](const auto& item) { return item.second.expired(); });
    swept_at_ = std::max<std::size_t>(1024, 2 * present_.size());
  }
  auto& entry = present_[std::string(principal)];
  auto allowance = entry.lock();
  if (!allowance) entry = allowance = std::make_shared<Allowance>(limits.requests, limits.writes);
  return allowance;
}

}  // namespace nscl::security
