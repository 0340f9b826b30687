// SPDX-License-Identifier: Apache-2.0
// Refusals: the first at once, then a number a minute, and never more than the table holds.
#include <thread>

#include <gtest/gtest.h>

#include <nscl/security/refusals.h>

namespace nscl::security {
namespace {

using namespace std::chrono_literals;

class RefusalsTest : public testing::Test {
 protected:
  Refusals refusals;
  Refusals::Clock::time_point now = Refusals::Clock::now();
  std::vector<Refused> take(bool all = false) { return refusals.take(now, all); }
};

TEST_F(RefusalsTest, TheFirstIsToldAtOnceAndTheRestOfAMinuteAsANumber) {
  for (int i = 0; i < 5; ++i) refusals.note("auth.failed", "eve", "10.0.0.9", now);
  auto told = take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE(told[0].is_first);
  EXPECT_EQ(told[0].count, 1u);
  EXPECT_EQ(told[0].event + told[0].principal + told[0].source, "auth.failedeve10.0.0.9");
  EXPECT_TRUE(take().empty());
  now += 30s;
  refusals.note("auth.failed", "eve", "10.0.0.9", now);
  EXPECT_TRUE(take().empty());
  now += 30s;
  told = take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_FALSE(told[0].is_first);
  EXPECT_EQ(told[0].count, 5u);
  now += 60s;
  EXPECT_TRUE(take().empty());
  refusals.note("auth.failed", "eve", "10.0.0.9", now);   // after a quiet minute
  told = take();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE(told[0].is_first);
}

TEST_F(RefusalsTest, UserAndSourceAndEventAreToldApart) {
  refusals.note("auth.failed", "eve", "a", now);
  refusals.note("auth.failed", "eve", "b", now);
  refusals.note("auth.failed", "bob", "a", now);
  refusals.note("identity.mismatch", "eve", "a", now);
  EXPECT_EQ(take().size(), 4u);
}

TEST_F(RefusalsTest, AFloodOfNamesStaysInTheTable) {
  for (int i = 0; i < 100'000; ++i) refusals.note("auth.failed", "user" + std::to_string(i), "10.0.0.9", now);
  const auto told = take();
  EXPECT_LE(told.size(), Refusals::kinds);
  EXPECT_GT(told.size(), Refusals::kinds / 2);
  now += 60s;
  const auto rest = take();
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_TRUE(rest[0].is_rest);
  EXPECT_EQ(rest[0].count + told.size(), 100'000u);
}

TEST_F(RefusalsTest, AtTheEndNothingIsKeptBack) {
  for (int i = 0; i < 3; ++i) refusals.note("auth.failed", "eve", "a", now);
  const auto told = take(true);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].count + told[1].count, 3u);
}

TEST_F(RefusalsTest, LongNamesAreCut) {
  refusals.note("auth.failed", std::string(1u << 20, 'x'), "a", now);
  EXPECT_EQ(take().at(0).principal.size(), Refusals::longest_name);
}

TEST_F(RefusalsTest, MayBeNotedByManyThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this] {
      for (int i = 0; i < 10'000; ++i) refusals.note("auth.failed", "eve", "a", now);
    });
  }
  for (auto& thread : threads) thread.join();
  std::uint64_t count = 0;
  for (const auto& each : take(true)) count += each.count;
  EXPECT_EQ(count, 40'000u);
}

}  // namespace
}  // namespace nscl::security
