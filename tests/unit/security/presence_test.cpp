// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/presence.h>

#include <optional>

#include <gtest/gtest.h>

namespace nscl::security {
namespace {

TEST(Presence, T19_TellsAKeyInTwoPlaces) {
  Presence presence;
  std::optional<Presence::Stay> first(std::in_place, presence, "c.1.1", "192.0.2.1"), again(std::in_place, presence, "c.1.1", "192.0.2.1");
  EXPECT_FALSE(first->came_second());
  EXPECT_FALSE(again->came_second()) << "several connections from one address";
  EXPECT_FALSE(Presence::Stay(presence, "c.2.1", "192.0.2.2").came_second()) << "another key";
  EXPECT_TRUE(Presence::Stay(presence, "c.1.1", "192.0.2.2").came_second());
  EXPECT_FALSE(Presence::Stay(presence, "c.1.1", "192.0.2.1").came_second()) << "the second has gone";
  first.reset();
  EXPECT_TRUE(Presence::Stay(presence, "c.1.1", "192.0.2.2").came_second()) << "one is still there";
  again.reset();
  EXPECT_FALSE(Presence::Stay(presence, "c.1.1", "192.0.2.2").came_second()) << "it has moved";
}

}  // namespace
}  // namespace nscl::security
