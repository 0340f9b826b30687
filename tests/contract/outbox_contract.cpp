// SPDX-License-Identifier: Apache-2.0
// The outbox: written with its cause or not at all, kept over a reopen, in order within a lane.
#include "store_contract.h"

namespace nscl::store::contract {
namespace {

using namespace std::chrono_literals;

const Time start{1'700'000'000s};

std::vector<std::string> names(const std::vector<Lane>& lanes) {
  std::vector<std::string> out;
  for (const auto& lane : lanes) out.push_back(lane.name);
  return out;
}

std::vector<std::string> bodies(const std::vector<OutboxRow>& rows) {
  std::vector<std::string> out;
  for (const auto& row : rows) out.push_back(row.body);
  return out;
}

using Texts = std::vector<std::string>;

TEST_P(StoreContract, KeepsAllOfALaneAndItsRowsOverAReopen) {
  const Lane lane{.name = "notify/1", .due = start, .parked_on = "channel/7", .attempts = 3, .failing_since = start - 1min, .error = "refused", .state = "{}"};
  const OutboxRow row{.lane = "notify/1", .priority = 2, .created = start, .expires = start + 1h, .owner = "applications/a", .body = "{\"x\":1}"};
  std::uint64_t id = 0;
  change([&](Transaction& t) {
    t.put_lane(lane);
    id = t.put_row(row);
  });
  reopen();
  look([&](View& view) {
    const auto found = view.lane("notify/1");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->due, lane.due);
    EXPECT_EQ(found->parked_on, lane.parked_on);
    EXPECT_EQ(found->attempts, lane.attempts);
    EXPECT_EQ(found->failing_since, lane.failing_since);
    EXPECT_EQ(found->error, lane.error);
    EXPECT_EQ(found->state, lane.state);
    const auto stored = view.outbox_row(id);
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->lane, row.lane);
    EXPECT_EQ(stored->priority, row.priority);
    EXPECT_EQ(stored->created, row.created);
    EXPECT_EQ(stored->expires, row.expires);
    EXPECT_EQ(stored->owner, row.owner);
    EXPECT_EQ(stored->body, row.body);
    EXPECT_FALSE(view.lane("notify/2"));
    EXPECT_FALSE(view.outbox_row(id + 1));
  });
}

TEST_P(StoreContract, TellsWhichLanesAreDueSoonestFirst) {
  change([](Transaction& t) {
    t.put_lane({.name = "b", .due = start + 2s});
    t.put_lane({.name = "a", .due = start + 3s});
    t.put_lane({.name = "c", .due = start + 1s});
    t.put_lane({.name = "never"});
  });
  look([](View& view) {
    EXPECT_EQ(names(view.due_lanes(Time::min(), start + 2s, 10)), (Texts{"c", "b"}));
    EXPECT_EQ(names(view.due_lanes(start + 1s, start + 9s, 10)), (Texts{"b", "a"}));
    EXPECT_EQ(names(view.due_lanes(Time::min(), start + 9s, 1)), (Texts{"c"}));
    EXPECT_EQ(view.next_due(start + 2s), start + 3s);
    EXPECT_EQ(view.next_due(start + 3s), never);
  });
}

TEST_P(StoreContract, FindsLanesByWhatTheyWaitForAndByTheirNames) {
  change([](Transaction& t) {
    t.put_lane({.name = "notify/2", .parked_on = "channel/1"});
    t.put_lane({.name = "notify/1", .parked_on = "channel/1"});
    t.put_lane({.name = "forward/1", .parked_on = "channel/2"});
    t.put_lane({.name = "notify/1", .parked_on = "channel/1", .attempts = 1});
  });
  look([](View& view) {
    EXPECT_EQ(names(view.lanes_parked_on("channel/1", 10)), (Texts{"notify/2", "notify/1"}));
    EXPECT_TRUE(view.lanes_parked_on("", 10).empty());
    EXPECT_EQ(names(view.lanes("notify/", "", 10)), (Texts{"notify/1", "notify/2"}));
    EXPECT_EQ(names(view.lanes("notify/", "notify/1", 10)), (Texts{"notify/2"}));
    EXPECT_EQ(view.lane("notify/1")->attempts, 1u);
  });
}

TEST_P(StoreContract, GivesTheRowsOfALaneByPriorityAndAge) {
  std::uint64_t last = 0;
  change([&](Transaction& t) {
    t.put_lane({.name = "a"});
    t.put_lane({.name = "b"});
    t.put_row({.lane = "a", .priority = 1, .body = "second"});
    t.put_row({.lane = "b", .body = "elsewhere"});
    t.put_row({.lane = "a", .priority = 1, .body = "third"});
    last = t.put_row({.lane = "a", .priority = 0, .body = "first"});
  });
  look([](View& view) {
    EXPECT_EQ(bodies(view.lane_rows("a", 10)), (Texts{"first", "second", "third"}));
    EXPECT_EQ(bodies(view.lane_rows("a", 1)), (Texts{"first"}));
    EXPECT_EQ(view.lane_size("a").rows, 3u);
    EXPECT_EQ(view.lane_size("a").bytes, 16u);
    EXPECT_EQ(view.lane_size("none").rows, 0u);
  });
  change([&](Transaction& t) {
    auto row = *t.outbox_row(last);
    row.priority = 9;
    row.body = "first, changed";
    EXPECT_EQ(t.put_row(row), last);
  });
  look([](View& view) {
    EXPECT_EQ(bodies(view.lane_rows("a", 10)), (Texts{"second", "third", "first, changed"}));
    EXPECT_EQ(view.lane_size("a").bytes, 25u) << "the size follows a change";
  });
  change([&](Transaction& t) {
    t.erase_row(last);
    t.erase_lane("b");
    t.put_lane({.name = "a", .attempts = 1});
    t.put_lane({.name = "b"});
    EXPECT_GT(t.put_row({.lane = "a", .body = "new"}), last) << "an id was used again";
  });
  look([](View& view) {
    EXPECT_EQ(bodies(view.lane_rows("a", 10)), (Texts{"new", "second", "third"}));
    EXPECT_EQ(view.lane_size("a").rows, 3u);
    EXPECT_EQ(view.lane_size("a").bytes, 14u);
    EXPECT_TRUE(view.lane_rows("b", 10).empty());
    EXPECT_EQ(view.lane_size("b").rows, 0u) << "a lane made again under its old name";
  });
}

TEST_P(StoreContract, TellsExpiredRowsAndThoseOfAnOwner) {
  change([](Transaction& t) {
    t.put_lane({.name = "a"});
    t.put_row({.lane = "a", .expires = start + 2s, .owner = "applications/x", .body = "later"});
    t.put_row({.lane = "a", .expires = start + 1s, .body = "sooner"});
    t.put_row({.lane = "a", .owner = "applications/x", .body = "never"});
    t.put_lane({.name = "b"});
    t.put_row({.lane = "b", .owner = "applications/x", .body = "elsewhere"});
    t.put_row({.lane = "a", .priority = -1, .owner = "applications/y", .body = "another's"});
  });
  look([](View& view) {
    EXPECT_EQ(bodies(view.expired_rows(start + 2s, 10)), (Texts{"sooner", "later"}));
    EXPECT_EQ(bodies(view.expired_rows(start + 1s, 10)), (Texts{"sooner"}));
    const auto own = view.rows_of("applications/x", "a", 0, 10);
    EXPECT_EQ(bodies(own), (Texts{"later", "never"}));
    EXPECT_EQ(bodies(view.rows_of("applications/x", "a", own.front().id, 10)), (Texts{"never"}));
    EXPECT_EQ(bodies(view.rows_of("", "a", own.front().id, 10)), (Texts{"sooner", "never", "another's"}));
    EXPECT_EQ(bodies(view.rows_of("", "", own.front().id, 3)), (Texts{"sooner", "never", "elsewhere"}));
  });
}

TEST_P(StoreContract, UndoesTheOutboxOfAFailedJob) {
  const auto results = run_in_one_batch({[](Transaction& t) -> Result<void> {
                                           t.put_lane({.name = "kept", .due = start});
                                           t.put_row({.lane = "kept", .body = "kept"});
                                           return {};
                                         },
                                         [](Transaction& t) -> Result<void> {
                                           t.put_lane({.name = "undone", .due = start});
                                           t.put_row({.lane = "kept", .body = "undone"});
                                           return failure(Status::conflict, "no");
                                         }});
  EXPECT_TRUE(results[0]);
  EXPECT_FALSE(results[1]);
  look([](View& view) {
    EXPECT_FALSE(view.lane("undone"));
    EXPECT_EQ(bodies(view.lane_rows("kept", 10)), (Texts{"kept"}));
  });
}

TEST_P(StoreContract, TellsTheListenerAfterTheCommit) {
  std::atomic<std::int64_t> told{0};
  bool was_visible = false;
  store_->listen_to_lanes([&](Time due) {
    told = due.time_since_epoch().count();
    store_->read([&](View& view) { was_visible = view.lane("b").has_value(); });
  });
  change([](Transaction& t) { t.put_lane({.name = "parked"}); });
  change([](Transaction&) {});
  EXPECT_EQ(told, 0);
  change([](Transaction& t) {
    t.put_lane({.name = "a", .due = start + 5s});
    t.put_lane({.name = "b", .due = start + 1s});
  });
  change([](Transaction&) {});   // the listener of the batch before has returned
  EXPECT_EQ(Time{std::chrono::microseconds{told.load()}}, start + 1s);
  EXPECT_TRUE(was_visible);
}

TEST_P(StoreContract, FindsTheResourcesOfAType) {
  const auto first = container("a");
  container("b");
  change([](Transaction& t) { create(t, "scls/s", "scl"); });
  look([&](View& view) {
    EXPECT_EQ(view.of_type("container", 0, 10).size(), 2u);
    EXPECT_EQ(view.of_type("container", first, 10).at(0)->path, "containers/b");
    EXPECT_EQ(view.of_type("container", 0, 1).at(0)->path, "containers/a");
    EXPECT_TRUE(view.of_type("group", 0, 10).empty());
  });
  change([](Transaction& t) { t.erase("containers/a"); });
  look([](View& view) { EXPECT_EQ(view.of_type("container", 0, 10).size(), 1u); });
}

}  // namespace
}  // namespace nscl::store::contract
