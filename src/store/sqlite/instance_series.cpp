// SPDX-License-Identifier: Apache-2.0
#include "instance_series.h"

#include <algorithm>

namespace nscl::store::sqlite {

// Containers take their numbers from one sequence, at about even rates: the place is guessed from both ends, and looked for
// from there by steps that double. Halving the whole instead would wait for the memory at each step.
std::size_t lower_bound(std::span<const Slot> slots, std::uint64_t sequence) {
  const auto is_below = [&](std::size_t index) { return slots[index].sequence() < sequence; };
  if (slots.empty() || !is_below(0)) return 0;
  std::size_t low = 0, high = slots.size() - 1, step = 8;
  if (is_below(high)) return slots.size();
  const auto first = slots.front().sequence(), last = slots.back().sequence();
  const auto guess = static_cast<std::size_t>(double(sequence - first) / double(last - first) * double(high));
  if (is_below(guess)) {
    for (low = guess + 1; low + step < high && is_below(low + step); step *= 2) low += step;
    high = std::min(high, low + step);
  } else {
    for (high = guess; high > step && !is_below(high - step); step *= 2) high -= step;
    low = high - std::min(high, step);
  }
  const auto rest = slots.subspan(low, high - low);
  const auto place = std::partition_point(rest.begin(), rest.end(), [&](const Slot& slot) { return slot.sequence() < sequence; });
  return low + static_cast<std::size_t>(place - rest.begin());
}

// Long series grow by a quarter: doubling would cost more memory than the instances themselves need.
void Series::append(Slot slot) {
  if (slots_.size() == slots_.capacity()) slots_.reserve(slots_.size() < 64 ? slots_.size() * 2 + 1 : slots_.size() * 5 / 4);
  slots_.push_back(slot);
}

void Series::cut_front(std::size_t count) {
  for (const auto& slot : slots().first(count)) dead_ -= slot.is_dead() ? 1 : 0;
  head_ += count;
  sweep();
}

bool Series::kill(std::uint64_t sequence) {
  const auto index = lower_bound(slots(), sequence);
  if (index == slots().size() || slots()[index].sequence() != sequence || slots()[index].is_dead()) return false;
  slots_[head_ + index].kill();
  ++dead_;
  for (; slots_.size() > head_ && slots_.back().is_dead(); --dead_) slots_.pop_back();
  for (; head_ < slots_.size() && slots_[head_].is_dead(); --dead_) ++head_;
  sweep();
  return true;
}

const Slot* Series::find(std::uint64_t sequence) const {
  const auto all = slots();
  const auto index = lower_bound(all, sequence);
  return index < all.size() && all[index].sequence() == sequence && !all[index].is_dead() ? &all[index] : nullptr;
}

// Amortised: at least half of what is moved was dead.
void Series::sweep() {
  if (head_ + dead_ < 16 || head_ + dead_ < slots_.size() / 2) return;
  slots_.erase(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(head_));
  std::erase_if(slots_, [](const Slot& slot) { return slot.is_dead(); });
  head_ = dead_ = 0;
  if (slots_.size() < slots_.capacity() / 4) slots_.shrink_to_fit();
}

}  // namespace nscl::store::sqlite
