// SPDX-License-Identifier: Apache-2.0
// Results of integrity validation, quarantine, and how many resources somebody holds.
#include <nscl/store/owner.h>

#include "store_contract.h"

namespace nscl::store::contract {
namespace {

using enum IntegrityVerdict;

IntegrityRecord record(std::string scl, IntegrityVerdict verdict, std::string time_stamp, std::string node = "a0") {
  return {.scl = std::move(scl), .node = std::move(node), .received = Time{std::chrono::seconds{5}}, .results = -7, .time_stamp = std::move(time_stamp), .verdict = verdict};
}

TEST_P(StoreContract, KeepsResultsAndTheLatestSecureTime) {
  change([](Transaction& t) {
    t.add_integrity_record(record("gw1", passed, "2026-01-01T00:00:02+00:00"), 10);
    t.add_integrity_record(record("gw1", failed, "2026-01-01T00:00:01Z"), 10);
    t.add_integrity_record(record("gw1", forged, "2026-01-01T00:00:09Z"), 10);
    t.add_integrity_record(record("gw2", missing, "", ""), 10);
  });
  reopen();
  look([](View& view) {
    const auto of_all = view.integrity_records("", UINT64_MAX, 10);
    ASSERT_EQ(of_all.size(), 4u);
    EXPECT_EQ(of_all[0].scl, "gw2");
    EXPECT_EQ(of_all[0].verdict, missing);
    EXPECT_TRUE(of_all[0].node.empty());
    const auto& first = of_all[3];
    EXPECT_EQ(first.results, -7);
    EXPECT_EQ(first.time_stamp, "2026-01-01T00:00:02+00:00");
    EXPECT_EQ(first.node, "a0");
    EXPECT_EQ(first.received, Time{std::chrono::seconds{5}});
    EXPECT_EQ(view.integrity_records("gw1", of_all[1].id, 1).front().id, of_all[2].id);
    EXPECT_EQ(view.last_secure_time("a0"), parse_date_time("2026-01-01T00:00:02Z"));
    EXPECT_FALSE(view.last_secure_time("a1"));
  });
}

TEST_P(StoreContract, DropsTheOldestResultsOfEachKind) {
  change([](Transaction& t) {
    for (int i = 0; i < 5; ++i) t.add_integrity_record(record("gw1", passed, "2026-01-01T00:00:0" + std::to_string(i) + "Z"), 2);
    for (int i = 0; i < 5; ++i) t.add_integrity_record(record("gw1", stale, "2020-01-01T00:00:00Z"), 3);
    t.add_integrity_record(record("gw2", passed, "2026-01-01T00:00:00Z"), 1);
  });
  look([](View& view) {
    std::string verdicts;
    for (const auto& kept : view.integrity_records("gw1", UINT64_MAX, 100)) verdicts += kept.verdict == passed ? 'p' : 's';
    EXPECT_EQ(verdicts, "ssspp");
    EXPECT_EQ(view.integrity_records("gw1", UINT64_MAX, 100)[3].time_stamp, "2026-01-01T00:00:04Z");
    EXPECT_EQ(view.integrity_records("gw2", UINT64_MAX, 100).size(), 1u);
  });
}

TEST_P(StoreContract, KeepsWhoIsQuarantined) {
  std::optional<std::string> before;
  look([&](View& view) { before = view.fact("quarantine_version"); });
  change([](Transaction& t) {
    for (const char* scl : {"b", "a", "c"}) t.put_quarantined({scl, Time{std::chrono::seconds{1}}, "why"});
  });
  reopen();
  look([&](View& view) {
    EXPECT_NE(view.fact("quarantine_version"), before);
    ASSERT_TRUE(view.quarantined("a"));
    EXPECT_EQ(view.quarantined("a")->reason, "why");
    EXPECT_EQ(view.quarantined("a")->since, Time{std::chrono::seconds{1}});
    EXPECT_EQ(view.all_quarantined("", 2).size(), 2u);
    EXPECT_EQ(view.all_quarantined("b", 2).front().scl, "c");
  });
  change([](Transaction& t) {
    EXPECT_TRUE(t.erase_quarantined("a"));
    EXPECT_FALSE(t.erase_quarantined("a"));
  });
  look([](View& view) { EXPECT_FALSE(view.quarantined("a")); });
}

TEST_P(StoreContract, TellsTheKeysOfAnEntity) {
  change([](Transaction& t) {
    for (const auto state : {KeyState::active, KeyState::pending, KeyState::revoked}) {
      Key key;
      key.identity = "k" + std::to_string(static_cast<int>(state));
      key.entity = "scls/gw1";
      key.state = state;
      t.put_key(key);
    }
  });
  look([](View& view) {
    EXPECT_EQ(view.keys_of_entity("scls/gw1").size(), 2u);
    EXPECT_TRUE(view.keys_of_entity("scls/gw").empty());
  });
}

TEST_P(StoreContract, CountsWhatEachOwnerHolds) {
  change([](Transaction& t) {
    const auto root = create(t, "scls/gw1", "scl");
    EXPECT_NE(root, 0u);
    const auto key = create(t, "scls/gw1/containers/a", "container");
    append(t, key, "not counted");
    create(t, "scls/gw1/containers/b", "container");
    create(t, "scls/gw1/containers/b/x", "container");
    create(t, "scls/gw10", "scl");
    create(t, "containers/nobody's", "container");
    auto changed = *t.find("scls/gw1/containers/a");
    t.put(changed);
    EXPECT_EQ(t.resources_of("scls/gw1"), 4u) << "seen inside the transaction; a change is no new one";
  });
  const auto undone = try_change([](Transaction& t) -> Result<void> {
    create(t, "scls/gw1/containers/c", "container");
    return failure(Status::conflict, "undone");
  });
  EXPECT_FALSE(undone);
  reopen();
  look([](View& view) {
    EXPECT_EQ(view.resources_of("scls/gw1"), 4u);
    EXPECT_EQ(view.resources_of("scls/gw10"), 1u);
    EXPECT_EQ(view.resources_of("containers/nobody's"), 0u);
  });
  change([](Transaction& t) {
    t.erase("scls/gw1/containers/b");
    t.erase("scls/gw1/containers/b");
    t.erase("scls/gw10");
    EXPECT_EQ(t.resources_of("scls/gw1"), 2u);
    EXPECT_EQ(t.resources_of("scls/gw10"), 0u);
    t.erase("scls/gw1");
    create(t, "scls/gw1", "scl");
  });
  look([](View& view) { EXPECT_EQ(view.resources_of("scls/gw1"), 1u); });
}

TEST(Owner, IsAnApplicationOrScl) {
  EXPECT_EQ(owner_of("applications/a/containers/c"), "applications/a");
  EXPECT_EQ(owner_of("scls/gw1"), "scls/gw1");
  for (const char* path : {"", "scls", "containers/c", "applicationsx/a/b", "groups/scls/x"}) EXPECT_EQ(owner_of(path), "") << path;
}

}  // namespace
}  // namespace nscl::store::contract
