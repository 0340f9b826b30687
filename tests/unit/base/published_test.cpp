// SPDX-License-Identifier: Apache-2.0
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <nscl/base/published.h>

namespace nscl {
namespace {

TEST(Published, IsSeenByWhoAsksAfterwards) {
  Published<int> one(std::make_shared<const int>(1)), other(std::make_shared<const int>(2));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(*one.get(), 1);
    EXPECT_EQ(*other.get(), 2);
  }
  one.set(std::make_shared<const int>(3));
  EXPECT_EQ(*one.get(), 3);
  EXPECT_EQ(*other.get(), 2);
  std::thread([&] { EXPECT_EQ(*one.get(), 3); }).join();
}

TEST(Published, NeverGoesBackForAnyReader) {
  Published<int> value(std::make_shared<const int>(0));
  constexpr int last = 20'000;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      for (int seen = 0; seen < last;) {
        const int now = *value.get();
        ASSERT_GE(now, seen);
        seen = now;
      }
    });
  }
  for (int i = 1; i <= last; ++i) value.set(std::make_shared<const int>(i));
  for (auto& reader : readers) reader.join();
}

}  // namespace
}  // namespace nscl
