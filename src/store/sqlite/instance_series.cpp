// SPDX-License-Identifier: Apache-2.0
#include "instance_series.h"

#include <algorithm>

namespace nscl::store::sqlite {

std::size_t lower_bound(std::span<const Slot> slots, std::uint64_t sequence) {
  const auto found = std::lower_bound(slots.begin(), slots.end(), sequence,
                                      [](const Slot& slot, std::uint64_t wanted) { return slot.sequence() < wanted; });
  return static_cast<std::size_t>(found - slots.begin());
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
