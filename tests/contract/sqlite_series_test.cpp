// SPDX-License-Identifier: Apache-2.0
// The search in the sequence numbers of a container, whatever their gaps.
#include <random>

#include <gtest/gtest.h>

#include "instance_series.h"

namespace nscl::store::sqlite {
namespace {

std::size_t first_not_below(const std::vector<Slot>& slots, std::uint64_t sequence) {
  std::size_t index = 0;
  while (index < slots.size() && slots[index].sequence() < sequence) ++index;
  return index;
}

void check(const std::vector<Slot>& slots) {
  for (const auto& slot : slots) {
    for (const auto wanted : {slot.sequence() - 1, slot.sequence(), slot.sequence() + 1})
      ASSERT_EQ(lower_bound(slots, wanted), first_not_below(slots, wanted)) << wanted << " in " << slots.size();
  }
  EXPECT_EQ(lower_bound(slots, 0), 0u);
  EXPECT_EQ(lower_bound(slots, UINT64_MAX), slots.size());
}

TEST(Series, IsSearchedWhateverTheGaps) {
  std::mt19937_64 random(1);
  check({});
  for (const std::uint64_t widest : {1u, 3u, 1'000u, 4'000'000'000u}) {
    for (const std::size_t size : {1u, 2u, 9u, 100u, 700u}) {
      std::vector<Slot> slots;
      std::uint64_t sequence = 0;
      for (std::size_t i = 0; i < size; ++i) slots.emplace_back(sequence += 1 + random() % widest, 1);
      check(slots);
    }
  }
}

TEST(Series, IsSearchedWhereAllButOneStandTogether) {
  for (const bool is_first : {true, false}) {
    std::vector<Slot> slots;
    if (is_first) slots.emplace_back(1, 1);
    for (std::uint64_t i = 0; i < 500; ++i) slots.emplace_back((1ull << 40) + i, 1);
    if (!is_first) slots.emplace_back(1ull << 62, 1);
    check(slots);
  }
}

}  // namespace
}  // namespace nscl::store::sqlite
