// SPDX-License-Identifier: Apache-2.0
// contentInstances: appended, found, evicted, and counted without counting.
#include "store_contract.h"

#include <nscl/base/bytes.h>

namespace nscl::store::contract {
namespace {

using Ids = std::vector<std::string>;
constexpr auto no_limit = UINT64_MAX;

TEST_P(StoreContract, KeepsAllOfAnInstanceOverAReopen) {
  const auto key = container("a");
  auto given = instance(std::string("\0binary\xff", 8), "named.1");
  given.content_type = "application/octet-stream";
  given.search_strings = *with_search_strings({"s1", "s2"}).find("searchStrings");
  given.delay_tolerance = Time{std::chrono::microseconds{1'800'000'000'000'001}};
  model::InstancePtr made;
  change([&](Transaction& t) { made = *t.append_instance(key, given); });
  for (int round = 0; round < 2; ++round) {
    look([&](View& view) {
      const auto found = view.find_instance(key, "named.1");
      ASSERT_TRUE(found);
      EXPECT_EQ(found->sequence, made->sequence);
      EXPECT_EQ(found->id, given.id);
      EXPECT_EQ(found->creation_time, made->creation_time);
      EXPECT_EQ(found->content_type, given.content_type);
      EXPECT_EQ(found->content, given.content);
      EXPECT_EQ(found->search_strings, given.search_strings);
      EXPECT_EQ(found->delay_tolerance, given.delay_tolerance);
      EXPECT_EQ(view.instance_stats(key).bytes, 8u);
    });
    reopen();
  }
}

TEST_P(StoreContract, KnowsNothingOfAContainerWithoutInstances) {
  const auto key = container("a");
  look([&](View& view) {
    EXPECT_EQ(view.instance_stats(key).count, 0u);
    EXPECT_EQ(view.instance_stats(key).last_modified_time, Time{});
    EXPECT_EQ(view.latest_sequence(key), 0u);
    EXPECT_FALSE(view.latest_instance(key));
    EXPECT_FALSE(view.oldest_instance(key));
    EXPECT_FALSE(view.find_instance(key, "CI_1"));
    EXPECT_TRUE(ids_newest_first(view, key).empty());
  });
  change([&](Transaction& t) {
    EXPECT_FALSE(t.erase_instance(key, "CI_1"));
    EXPECT_EQ(t.evict_instances(key, 0, 0, never), 0u);
    EXPECT_EQ(t.instance_stats(key).last_modified_time, Time{});
  });
}

TEST_P(StoreContract, CountsAndOrdersInstancesOfEachContainer) {
  const auto a = container("a"), b = container("b");
  Ids of_a;
  model::InstancePtr last;
  change([&](Transaction& t) {
    for (int i = 0; i < 600; ++i) {
      last = append(t, a, std::to_string(i));
      of_a.insert(of_a.begin(), last->id);
      if (i % 3 == 0) append(t, b, "xx");
    }
    EXPECT_EQ(ids_newest_first(t, a), of_a);
    EXPECT_EQ(t.latest_instance(a)->content, "599");
    EXPECT_EQ(t.oldest_instance(a)->content, "0");
    EXPECT_EQ(t.find_instance(a, of_a[300])->content, "299");
  });
  for (int round = 0; round < 2; ++round) {
    look([&](View& view) {
      EXPECT_EQ(ids_newest_first(view, a), of_a);
      EXPECT_EQ(view.instance_stats(a).count, 600u);
      EXPECT_EQ(view.instance_stats(a).bytes, 10u + 90 * 2 + 500 * 3);
      EXPECT_EQ(view.instance_stats(a).last_modified_time, last->creation_time);
      EXPECT_EQ(view.instance_stats(b).count, 200u);
      EXPECT_EQ(view.latest_sequence(a), last->sequence);
      EXPECT_EQ(view.latest_instance(a)->content, "599");
      EXPECT_EQ(view.oldest_instance(a)->content, "0");
      EXPECT_EQ(view.find_instance(a, of_a[300])->content, "299");
      EXPECT_FALSE(view.find_instance(b, of_a[300])) << "an id counts in its own container";
      EXPECT_FALSE(view.find_instance(a, "CI_0" + of_a[300].substr(3))) << "one spelling only";
      int visited = 0;
      view.scan_instances(a, [&](const auto&) { return ++visited < 20; });
      EXPECT_EQ(visited, 20);
    });
    reopen();
  }
}

TEST_P(StoreContract, RefusesAnIdThatIsTakenOrMightBeGenerated) {
  const auto a = container("a"), b = container("b");
  const auto status_of = [&](std::uint64_t key, const std::string& id) {
    const auto result = try_change([&](Transaction& t) -> Result<void> {
      auto appended = t.append_instance(key, instance("x", id));
      if (!appended) return tl::unexpected(appended.error());
      EXPECT_EQ((*appended)->id, id);
      return {};
    });
    return result ? Status::created : result.error().status;
  };
  std::string generated;
  std::uint64_t sequence = 0;
  change([&](Transaction& t) {
    const auto made = append(t, a, "x");
    generated = made->id;
    sequence = made->sequence;
  });
  EXPECT_EQ(generated, "CI_" + to_base36(sequence));
  EXPECT_EQ(status_of(a, generated), Status::conflict);
  EXPECT_EQ(status_of(a, "CI_" + to_base36(sequence + 1)), Status::conflict);
  EXPECT_EQ(status_of(a, "CI_zzzzzzz"), Status::conflict);
  EXPECT_EQ(status_of(a, "mine"), Status::created);
  EXPECT_EQ(status_of(a, "mine"), Status::conflict);
  EXPECT_EQ(status_of(b, "mine"), Status::created);
  EXPECT_EQ(status_of(b, generated), Status::created) << "that number is given out already, elsewhere";
  look([&](View& view) {
    EXPECT_EQ(view.find_instance(b, generated)->id, generated);
    const auto number = view.find_instance(a, "mine")->sequence;
    EXPECT_FALSE(view.find_instance(a, "CI_" + to_base36(number))) << "a chosen id has no generated one besides";
  });
  change([&](Transaction& t) { EXPECT_TRUE(t.erase_instance(a, "mine")); });
  EXPECT_EQ(status_of(a, "mine"), Status::created) << "free again";
  reopen();
  EXPECT_EQ(status_of(a, "mine"), Status::conflict);
}

TEST_P(StoreContract, EvictsTheOldestBeyondCountAndSize) {
  const auto key = container("a");
  Ids ids;
  change([&](Transaction& t) {
    for (int i = 0; i < 10; ++i) ids.push_back(append(t, key, "12345", i % 4 == 1 ? "n" + std::to_string(i) : "")->id);
  });
  change([&](Transaction& t) {
    EXPECT_EQ(t.evict_instances(key, 10, 50, Time{}), 0u);
    EXPECT_EQ(t.evict_instances(key, 7, no_limit, Time{}), 3u);
    EXPECT_EQ(ids_newest_first(t, key), Ids(ids.rbegin(), ids.rend() - 3));
  });
  change([&](Transaction& t) { EXPECT_EQ(t.evict_instances(key, no_limit, 27, Time{}), 2u); });
  for (int round = 0; round < 2; ++round) {
    look([&](View& view) {
      EXPECT_EQ(ids_newest_first(view, key), Ids(ids.rbegin(), ids.rend() - 5));
      EXPECT_EQ(view.instance_stats(key).count, 5u);
      EXPECT_EQ(view.instance_stats(key).bytes, 25u);
      EXPECT_EQ(view.oldest_instance(key)->id, ids[5]);
      EXPECT_FALSE(view.find_instance(key, ids[1]));
      EXPECT_FALSE(view.find_instance(key, ids[4]));
    });
    reopen();
  }
  change([&](Transaction& t) { EXPECT_EQ(t.evict_instances(key, no_limit, 4, Time{}), 5u); });
  look([&](View& view) { EXPECT_TRUE(ids_newest_first(view, key).empty()) << "none fits"; });
}

TEST_P(StoreContract, EvictsByAgeEvenTheNewest) {
  const auto key = container("a");
  std::vector<model::InstancePtr> made;
  for (int i = 0; i < 4; ++i) {
    clock_.advance(std::chrono::seconds{1});
    change([&](Transaction& t) { made.push_back(append(t, key, "x")); });
  }
  change([&](Transaction& t) { EXPECT_EQ(t.evict_instances(key, no_limit, no_limit, made[2]->creation_time), 2u); });
  look([&](View& view) { EXPECT_EQ(ids_newest_first(view, key), (Ids{made[3]->id, made[2]->id})); });
  change([&](Transaction& t) { EXPECT_EQ(t.evict_instances(key, no_limit, no_limit, never), 2u); });
  look([&](View& view) { EXPECT_FALSE(view.latest_instance(key)); });
}

TEST_P(StoreContract, RemembersTheTimeOfADeletion) {
  const auto key = container("a");
  model::InstancePtr made;
  change([&](Transaction& t) {
    append(t, key, "x");
    made = append(t, key, "x");
    EXPECT_EQ(t.evict_instances(key, 1, no_limit, Time{}), 1u);
    EXPECT_EQ(t.instance_stats(key).last_modified_time, made->creation_time) << "part of the same change";
  });
  Time deleted{};
  change([&](Transaction& t) {
    EXPECT_TRUE(t.erase_instance(key, made->id));
    EXPECT_FALSE(t.erase_instance(key, made->id));
    deleted = t.instance_stats(key).last_modified_time;
    EXPECT_GT(deleted, made->creation_time);
  });
  for (int round = 0; round < 2; ++round) {
    look([&](View& view) {
      EXPECT_EQ(view.instance_stats(key).last_modified_time, deleted);
      EXPECT_EQ(view.instance_stats(key).count, 0u);
      EXPECT_EQ(view.instance_stats(key).bytes, 0u);
    });
    reopen();
  }
  change([&](Transaction& t) { made = append(t, key, "x"); });
  reopen();
  look([&](View& view) { EXPECT_EQ(view.instance_stats(key).last_modified_time, made->creation_time); });
}

TEST_P(StoreContract, ErasesInstancesWithTheirContainer) {
  const auto a = container("a"), b = container("b");
  change([&](Transaction& t) {
    for (int i = 0; i < 300; ++i) {
      append(t, a, "x", i == 7 ? "seven" : "");
      if (i % 10 == 0) append(t, b, "y");
    }
  });
  change([&](Transaction& t) {
    append(t, a, "pending");
    t.erase("containers/a");
    EXPECT_EQ(t.instance_stats(a).count, 0u);
    EXPECT_FALSE(t.latest_instance(a));
    EXPECT_FALSE(t.find_instance(a, "seven"));
  });
  const auto again = container("a");
  for (int round = 0; round < 2; ++round) {
    look([&](View& view) {
      for (const auto key : {a, again}) {
        EXPECT_EQ(view.instance_stats(key).count, 0u);
        EXPECT_EQ(view.instance_stats(key).last_modified_time, Time{});
        EXPECT_FALSE(view.latest_instance(key));
        EXPECT_FALSE(view.find_instance(key, "seven"));
      }
      EXPECT_EQ(view.instance_stats(b).count, 30u);
      EXPECT_EQ(ids_newest_first(view, b).size(), 30u);
    });
    reopen();
  }
}

TEST_P(StoreContract, NeverUsesASequenceNumberAgain) {
  const auto key = container("a");
  std::string gone;
  change([&](Transaction& t) { gone = append(t, key, "x")->id; });
  change([&](Transaction& t) { t.erase_instance(key, gone); });
  reopen();
  change([&](Transaction& t) { EXPECT_NE(append(t, key, "y")->id, gone); });
}

}  // namespace
}  // namespace nscl::store::contract
