// SPDX-License-Identifier: Apache-2.0
// What a listener is told of keys: decoys, kinds, times (the ground of T2, T3, T4, T15).
#include "key_fixture.h"

namespace nscl::security {
namespace {

using namespace std::chrono_literals;
using store::KeyKind;

class KeyLookupTest : public KeyTest {};

TEST_F(KeyLookupTest, tells_the_holder) {
  auto key = fixed_key("dev", "applications/meter");
  key.not_after = clock.now() + 1h;
  ASSERT_TRUE(add(key, octets_a));
  const auto found = keys().find("dev");
  ASSERT_TRUE(found.holder);
  EXPECT_EQ(found.key.view(), octets_a);
  EXPECT_EQ(found.holder->identity, "dev");
  EXPECT_EQ(found.holder->entity, "applications/meter");
  EXPECT_EQ(found.holder->generation, 1u);
  EXPECT_FALSE(found.holder->is_pending);
  EXPECT_EQ(found.holder->not_after, std::chrono::system_clock::time_point(key.not_after));
  ASSERT_TRUE(keys().holder("dev"));
  EXPECT_EQ(keys().holder("dev")->generation, 1u);
  EXPECT_FALSE(keys().holder("nobody"));
}

TEST_F(KeyLookupTest, times_beyond_the_system_clock_are_its_end) {
  ASSERT_TRUE(add(fixed_key("eternal"), octets_a));
  auto late = fixed_key("late");
  late.not_after = Time(std::chrono::sys_days(std::chrono::year(9999) / 12 / 31));
  ASSERT_TRUE(add(late, octets_a));
  for (const char* identity : {"eternal", "late"}) EXPECT_EQ(keys().holder(identity)->not_after, std::chrono::system_clock::time_point::max());
}

TEST_F(KeyLookupTest, T2_an_unknown_identity_gets_a_decoy_that_stays) {
  const auto first = keys().find("nobody"), again = keys().find("nobody"), other = keys().find("nobody2");
  EXPECT_FALSE(first.holder);
  EXPECT_EQ(first.key.size(), 32u);
  EXPECT_EQ(first.key.view(), again.key.view());
  EXPECT_NE(first.key.view(), other.key.view());
  const std::string before(first.key.view());
  close();
  open();
  EXPECT_EQ(keys().find("nobody").key.view(), before) << "also over a restart";
}

TEST_F(KeyLookupTest, T4_what_is_no_identity_is_neither_known_nor_a_decoy) {
  for (const std::string& text : {std::string(), std::string(129, 'a'), std::string(60'000, 'a'), std::string("dev\0x", 5), std::string("dev\r\n"),
                                  std::string("%n%s"), std::string("' OR 1=1--"), std::string("\xff\xfe"), std::string(200, '\x90')}) {
    EXPECT_TRUE(keys().find(text).key.empty()) << text.size();
    EXPECT_FALSE(keys().find(text).holder);
    EXPECT_FALSE(keys().holder(text));
  }
}

TEST_F(KeyLookupTest, T3_revoked_early_and_late_keys_are_as_unknown) {
  ASSERT_TRUE(add(fixed_key("revoked"), octets_a));
  ASSERT_TRUE(write([&](store::Transaction& t) { return keystore->revoke(t, "revoked"); }));
  auto key = fixed_key("late");
  key.not_after = clock.now() + 1us;
  ASSERT_TRUE(add(key, octets_a));
  key = fixed_key("early");
  key.not_before = clock.now() + 1h;
  ASSERT_TRUE(add(key, octets_a));
  EXPECT_EQ(found("late"), octets_a);
  clock.advance(1us);
  for (const char* identity : {"revoked", "late", "early"}) {
    EXPECT_FALSE(keys().find(identity).holder) << identity;
    EXPECT_EQ(keys().find(identity).key.size(), 32u);
    EXPECT_NE(keys().find(identity).key.view(), octets_a);
    EXPECT_FALSE(keys().holder(identity));
  }
  clock.advance(1h);
  EXPECT_EQ(found("early"), octets_a);
}

TEST_F(KeyLookupTest, T15_a_listener_knows_its_own_kinds_only) {
  ASSERT_TRUE(add(root_key(1), octets_a));
  ASSERT_TRUE(add(fixed_key("dev"), octets_b));
  const auto connections = keystore->lookup({KeyKind::connection, KeyKind::fixed}, context);
  EXPECT_TRUE(connections->find("dev").holder);
  EXPECT_FALSE(connections->find(root_key(1).identity).holder);
  EXPECT_EQ(connections->find(root_key(1).identity).key.size(), 32u);
  EXPECT_FALSE(connections->holder(root_key(1).identity));
}

TEST_F(KeyLookupTest, without_decoys_an_unknown_identity_has_no_key) {
  close();
  decoy = false;
  open();
  ASSERT_TRUE(add(fixed_key("dev"), octets_a));
  EXPECT_TRUE(keys().find("nobody").key.empty());
  EXPECT_EQ(found("dev"), octets_a);
}

TEST_F(KeyLookupTest, a_store_that_fails_gives_decoys) {
  ASSERT_TRUE(add(fixed_key("dev"), octets_a));
  keys();
  store->stop();
  EXPECT_FALSE(keys().find("dev").holder);
  EXPECT_EQ(keys().find("dev").key.size(), 32u);
  EXPECT_FALSE(keys().holder("dev"));
}

TEST_F(KeyLookupTest, only_a_pending_key_makes_work_when_used) {
  ASSERT_TRUE(add(fixed_key("dev"), octets_a));
  const auto before = store->figures().jobs;
  keys().note_use(*keys().holder("dev"));
  ASSERT_TRUE(write([](store::Transaction&) -> Result<void> { return {}; }));
  EXPECT_EQ(store->figures().jobs, before + 1);
}

}  // namespace
}  // namespace nscl::security
