// SPDX-License-Identifier: Apache-2.0
// Sessions that begin from one address in a minute (5.6).
#include "address_quota.h"

#include <gtest/gtest.h>

namespace nscl::rem {
namespace {

using namespace std::chrono_literals;

class AddressQuotaTest : public testing::Test {
 protected:
  AddressQuota::Clock::time_point now{1000s};
  AddressQuota quota{2, [this] { return now; }};
};

TEST_F(AddressQuotaTest, IsThatOfEachAddressAndOfAMinute) {
  EXPECT_FALSE(quota.is_used_up("192.0.2.7"));
  EXPECT_TRUE(quota.take("192.0.2.7"));
  EXPECT_TRUE(quota.take("192.0.2.7"));
  EXPECT_TRUE(quota.is_used_up("192.0.2.7"));
  EXPECT_FALSE(quota.take("192.0.2.7"));
  EXPECT_TRUE(quota.take("192.0.2.8"));
  now += 61s;
  EXPECT_TRUE(quota.take("192.0.2.7"));
}

TEST_F(AddressQuotaTest, ANetworkOfIpv6IsOne) {
  EXPECT_TRUE(quota.take("2001:db8:0:1::1"));
  EXPECT_TRUE(quota.take("2001:db8:0:1:ffff::2"));
  EXPECT_FALSE(quota.take("2001:db8:0:1:a:b:c:d"));
  EXPECT_TRUE(quota.take("2001:db8:0:2::1"));
}

TEST_F(AddressQuotaTest, IsForgottenWhenItIsOver) {
  quota.take("192.0.2.7");
  quota.take("192.0.2.7");
  quota.sweep();
  EXPECT_TRUE(quota.is_used_up("192.0.2.7"));
  now += 61s;
  quota.sweep();
  EXPECT_FALSE(quota.is_used_up("192.0.2.7"));
}

TEST_F(AddressQuotaTest, MayBeWithoutBound) {
  AddressQuota none(0);
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(none.take("192.0.2.7"));
}

}  // namespace
}  // namespace nscl::rem
