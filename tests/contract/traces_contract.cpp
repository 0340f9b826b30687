// SPDX-License-Identifier: Apache-2.0
// Traces of sessions, and alarms.
#include "store_contract.h"

namespace nscl::store::contract {
namespace {

TEST_P(StoreContract, KeepsTheNewestTracesOfEachDevice) {
  change([](Transaction& t) {
    for (const char* id : {"a", "b"}) t.manage().put_device(managed_device(id));
    for (int i = 0; i < 5; ++i) {
      for (const char* id : {"a", "b"}) {
        t.manage().add_trace({.device = id, .began = Time{std::chrono::seconds{i}}, .ended = Time{std::chrono::seconds{i + 1}}, .is_problem = i == 4, .end = std::to_string(i),
                              .messages = 7, .body = std::string("\0\xff", 2)}, 3);
      }
    }
    t.manage().set_traced("a", true);
    t.manage().set_traced("a", true);
    t.manage().set_traced("b", true);
    t.manage().set_traced("b", false);
  });
  look([](View& view) {
    auto& management = view.management();
    const auto found = management.traces("a", UINT64_MAX, 9);
    ASSERT_EQ(found.size(), 3u);
    EXPECT_EQ(found.front().end, "4");
    EXPECT_TRUE(found.front().is_problem);
    EXPECT_TRUE(found.front().body.empty());
    EXPECT_FALSE(found.back().is_problem);
    EXPECT_EQ(management.traces("a", found.front().id, 9).size(), 2u);
    const auto one = management.trace("a", found.back().id);
    ASSERT_TRUE(one);
    EXPECT_EQ(one->began, Time{std::chrono::seconds{2}});
    EXPECT_EQ(one->ended, Time{std::chrono::seconds{3}});
    EXPECT_EQ(one->messages, 7u);
    EXPECT_EQ(one->body, std::string("\0\xff", 2));
    EXPECT_FALSE(management.trace("b", found.back().id));
    EXPECT_TRUE(management.is_traced("a"));
    EXPECT_FALSE(management.is_traced("b"));
  });
  change([](Transaction& t) { EXPECT_TRUE(t.manage().erase_device("a")); });
  look([](View& view) {
    EXPECT_TRUE(view.management().traces("a", UINT64_MAX, 9).empty());
    EXPECT_FALSE(view.management().is_traced("a"));
    EXPECT_EQ(view.management().traces("b", UINT64_MAX, 9).size(), 3u);
  });
}

TEST_P(StoreContract, KeepsOneAlarmOfAKindForEachDevice) {
  change([](Transaction& t) {
    t.manage().put_device(managed_device("a"));
    for (const char* kind : {"login", "fault"}) {
      for (const char* id : {"b", "a"}) t.manage().put_alarm({.device = id, .kind = kind, .since = Time{std::chrono::seconds{1}}, .last = Time{std::chrono::seconds{2}}, .count = 3, .text = "x"});
    }
    t.manage().put_alarm({.device = "a", .kind = "fault", .since = Time{std::chrono::seconds{4}}, .last = Time{std::chrono::seconds{5}}, .count = 6, .text = "y"});
  });
  look([](View& view) {
    auto& management = view.management();
    const auto alarm = management.alarm("a", "fault");
    ASSERT_TRUE(alarm);
    EXPECT_EQ(alarm->since, Time{std::chrono::seconds{4}});
    EXPECT_EQ(alarm->last, Time{std::chrono::seconds{5}});
    EXPECT_EQ(alarm->count, 6u);
    EXPECT_EQ(alarm->text, "y");
    EXPECT_FALSE(management.alarm("a", "not_seen"));
    EXPECT_EQ(management.alarms("a").size(), 2u);
    EXPECT_EQ(management.alarms_after("", "", 9).size(), 4u);
    const auto rest = management.alarms_after("a", "fault", 2);
    ASSERT_EQ(rest.size(), 2u);
    EXPECT_EQ(rest[0].device + rest[0].kind + rest[1].device + rest[1].kind, "aloginbfault");
  });
  change([](Transaction& t) {
    EXPECT_TRUE(t.manage().erase_alarm("b", "fault"));
    EXPECT_FALSE(t.manage().erase_alarm("b", "fault"));
    t.manage().erase_device("a");
  });
  look([](View& view) { EXPECT_EQ(view.management().alarms_after("", "", 9).size(), 1u); });
}

TEST_P(StoreContract, FindsDevicesThatAreNotSeenAnyMore) {
  change([](Transaction& t) {
    for (const char* id : {"d", "b", "a", "c", "n"}) {
      auto each = managed_device(id);
      each.last_contact = Time{std::chrono::seconds{*id == 'd' ? 9 : *id == 'n' ? 0 : 5}};
      t.manage().put_device(each);
    }
  });
  look([](View& view) {
    auto& management = view.management();
    const auto first = management.devices_unseen(Time{std::chrono::seconds{9}}, Time{}, "", 2);
    ASSERT_EQ(first.size(), 2u);
    EXPECT_EQ(first[0].id + first[1].id, "ab");
    const auto rest = management.devices_unseen(Time{std::chrono::seconds{10}}, first[1].last_contact, first[1].id, 9);
    ASSERT_EQ(rest.size(), 2u);
    EXPECT_EQ(rest[0].id + rest[1].id, "cd");
  });
}

}  // namespace
}  // namespace nscl::store::contract
