// SPDX-License-Identifier: Apache-2.0
// What tokens are good for, from where, and how often.
#include <thread>

#include <gtest/gtest.h>

#include <nscl/security/requestor.h>

namespace nscl::security {
namespace {

using namespace std::chrono_literals;

Grant grant(std::string_view scope, std::string_view networks = {}) {
  auto parsed = Grant::parse(scope, networks);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().detail);
  return *parsed;
}

TEST(Grant, WithoutScopeIsForEverything) {
  const auto all = grant("");
  EXPECT_FALSE(all.is_scoped());
  EXPECT_TRUE(all.admits(Flag::create, "applications"));
  EXPECT_TRUE(all.admits(Flag::remove, ""));
  EXPECT_TRUE(all.admits_peer("203.0.113.9"));
}

TEST(Grant, IsForItsFlagsAndAnyOfThemLetsThingsBeKnown) {
  const auto reader = grant("READ");
  EXPECT_TRUE(reader.is_scoped());
  EXPECT_TRUE(reader.admits(Flag::read, "containers/c"));
  EXPECT_TRUE(reader.admits(Flag::discover, "containers/c"));
  for (const Flag flag : {Flag::write, Flag::remove, Flag::create}) EXPECT_FALSE(reader.admits(flag, "containers/c"));
}

TEST(Grant, IsForItsPathsOnSegmentBoundaries) {
  const auto meter = grant(" WRITE  /applications/meter /containers/c ");
  EXPECT_TRUE(meter.admits(Flag::write, "applications/meter"));
  EXPECT_TRUE(meter.admits(Flag::write, "applications/meter/containers"));
  EXPECT_FALSE(meter.admits(Flag::write, "applications/meters"));
  EXPECT_FALSE(meter.admits(Flag::write, "applications"));
  EXPECT_FALSE(meter.admits(Flag::read, "applications/meter"));
  const auto anything = grant("/applications/meter");
  EXPECT_TRUE(anything.admits(Flag::remove, "applications/meter/containers/c"));
  EXPECT_FALSE(anything.admits(Flag::discover, "scls"));
}

TEST(Grant, IsForItsNetworks) {
  const auto inside = grant("", "10.0.0.0/8 fd00::/8");
  EXPECT_FALSE(inside.is_scoped());
  EXPECT_TRUE(inside.admits_peer("10.1.2.3"));
  EXPECT_TRUE(inside.admits_peer("fd12::1"));
  for (const char* peer : {"11.0.0.1", "fe80::1", "", "localhost", "10.1.2.3.4"}) EXPECT_FALSE(inside.admits_peer(peer)) << peer;
}

TEST(Grant, IsNotMadeOfWordsThatMeanNothing) {
  for (const char* scope : {"read", "READ,WRITE", "/", "applications/meter", "/a//b", "/a/", "ALL"}) EXPECT_FALSE(Grant::parse(scope, "")) << scope;
  for (const char* networks : {"10.0.0.0/33", "10.0.0.0", "lan", "10.0.0.0/8,fd00::/8"}) EXPECT_FALSE(Grant::parse("", networks)) << networks;
}

TEST(Allowance, LetsABurstThroughAndThenTheRate) {
  Allowance allowance({10, 5}, {});
  const auto start = Meter::Clock::time_point{} + 1h;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(allowance.take(false, start).count(), 0) << i;
  EXPECT_EQ(allowance.take(false, start), 100ms);
  EXPECT_EQ(allowance.take(false, start + 99ms), 1ms);
  EXPECT_EQ(allowance.take(false, start + 100ms).count(), 0);
  EXPECT_GT(allowance.take(false, start + 100ms).count(), 0);
  int taken = 0;
  for (auto at = start + 1h; at < start + 1h + 10s; at += 10ms) taken += allowance.take(false, at).count() == 0;
  EXPECT_EQ(taken, 104);   // the burst, and ten a second after it
}

TEST(Allowance, IsNotUsedUpByLookingAtIt) {
  Allowance allowance({10, 1}, {1, 1});
  const auto now = Meter::Clock::time_point{} + 1h;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(allowance.wait(true, now).count(), 0) << i;
  EXPECT_EQ(allowance.take(true, now).count(), 0);
  EXPECT_EQ(allowance.wait(true, now), 1s);
  EXPECT_EQ(allowance.wait(false, now), 100ms);
  EXPECT_EQ(allowance.wait(true, now + 1s).count(), 0);
}

TEST(Allowance, HoldsWritesApart) {
  Allowance allowance({1000, 1000}, {10, 1});
  const auto now = Meter::Clock::time_point{} + 1h;
  EXPECT_EQ(allowance.take(true, now).count(), 0);
  EXPECT_GT(allowance.take(true, now).count(), 0);
  EXPECT_EQ(allowance.take(false, now).count(), 0);
}

TEST(Allowance, IsOneForAllThreads) {
  Allowance allowance({1, 1000}, {});
  const auto now = Meter::Clock::time_point{} + 1h;
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back([&] {
    for (int i = 0; i < 1000; ++i) taken += allowance.take(false, now).count() == 0;
  });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken, 1000);
}

TEST(Allowances, AreOnePerPrincipalAndNoneForOperators) {
  Allowances allowances({"", {10, 10}, {}}, {{"noisy", {1, 1}, {}}, {"root", {5, 5}, {}}});
  const auto first = allowances.of("gw1", false);
  ASSERT_TRUE(first);
  EXPECT_EQ(allowances.of("gw1", false), first);
  EXPECT_NE(allowances.of("gw2", false), first);
  EXPECT_FALSE(allowances.of("admin", true));
  EXPECT_TRUE(allowances.of("root", true));
  const auto noisy = allowances.of("noisy", false);
  const auto now = Meter::Clock::time_point{} + 1h;
  EXPECT_EQ(noisy->take(false, now).count(), 0);
  EXPECT_GT(noisy->take(false, now).count(), 0);
}

TEST(Allowances, DoNotKeepThoseThatNobodyUses) {
  Allowances allowances({"", {10, 10}, {}}, {});
  for (int i = 0; i < 100'000; ++i) allowances.of("p" + std::to_string(i), false);
  EXPECT_LT(allowances.size(), 2048u);
}

}  // namespace
}  // namespace nscl::security
