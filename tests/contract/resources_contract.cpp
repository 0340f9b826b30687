// SPDX-License-Identifier: Apache-2.0
// Resources: what is put is found, listed and searched, in the order that is promised.
#include "store_contract.h"

namespace nscl::store::contract {
namespace {

using Paths = std::vector<std::string>;

model::Object note(std::string text) {
  model::Object attributes;
  attributes.set("note", std::move(text));
  return attributes;
}

std::string note_of(View& view, std::string_view path) {
  const auto found = view.find(path);
  const auto* text = found ? found->attributes.find("note") : nullptr;
  return text ? std::string(text->text()) : "absent";
}

Paths scanned(View& view, std::string_view prefix, std::string_view after = {}) {
  return paths_of([&](const auto& visit) { view.scan(prefix, after, visit); });
}

Paths searched(View& view, std::string_view text, std::string_view prefix = {}) {
  return paths_of([&](const auto& visit) { view.scan_search_string(text, prefix, visit); });
}

Paths names(const std::vector<ChildEntry>& children) {
  Paths all;
  for (const auto& child : children) all.push_back(child.name);
  return all;
}

TEST_P(StoreContract, KeepsAllOfAResourceOverAReopen) {
  auto made = resource("containers/a", "container", note("ä \"quoted\""));
  made.creation_time = Time{std::chrono::microseconds{1'700'000'000'123'456}};
  made.last_modified_time = made.creation_time + std::chrono::seconds{1};
  made.expiration_time = made.creation_time + std::chrono::hours{1};
  std::uint64_t key = 0;
  change([&](Transaction& t) {
    key = t.put(made)->key;
    EXPECT_EQ(t.find("containers/a")->key, key);
  });
  for (int round = 0; round < 2; ++round) {
    look([&](View& view) {
      const auto found = view.find("containers/a");
      ASSERT_TRUE(found);
      EXPECT_GT(found->key, 0u);
      EXPECT_EQ(found->key, key);
      EXPECT_EQ(found->type, registry().find("container"));
      EXPECT_EQ(found->attributes, made.attributes);
      EXPECT_EQ(found->creation_time, made.creation_time);
      EXPECT_EQ(found->last_modified_time, made.last_modified_time);
      EXPECT_EQ(found->expiration_time, made.expiration_time);
      EXPECT_EQ(view.find(key)->path, "containers/a");
      EXPECT_FALSE(view.find("containers"));
      EXPECT_FALSE(view.find("containers/A"));
      EXPECT_FALSE(view.find(key + 1));
    });
    reopen();
  }
}

TEST_P(StoreContract, ReplacesAResourceUnderItsKey) {
  const auto key = container("a");
  change([&](Transaction& t) {
    auto changed = *t.find("containers/a");
    changed.attributes = note("new");
    EXPECT_EQ(t.put(changed)->key, key);
  });
  look([&](View& view) { EXPECT_EQ(note_of(view, "containers/a"), "new"); });
  reopen();
  look([&](View& view) { EXPECT_EQ(note_of(view, "containers/a"), "new"); });
}

TEST_P(StoreContract, RefusesAPathThatIsTakenAndAKeyThatIsElsewhere) {
  const auto key = container("a");
  const auto taken = try_change([](Transaction& t) -> Result<void> {
    t.put(resource("containers/b", "container"));
    t.put(resource("containers/a", "container", note("second")));
    return {};
  });
  EXPECT_EQ(taken.error().status, Status::internal_server_error);
  const auto moved = try_change([&](Transaction& t) -> Result<void> {
    auto other = resource("containers/c", "container");
    other.key = key;
    t.put(other);
    return {};
  });
  EXPECT_EQ(moved.error().status, Status::internal_server_error);
  look([&](View& view) { EXPECT_EQ(scanned(view, ""), (Paths{"containers/a"})); });
}

TEST_P(StoreContract, NeverUsesAKeyAgain) {
  const auto first = container("a");
  change([](Transaction& t) { t.erase("containers/a"); });
  const auto second = container("a");
  EXPECT_GT(second, first);
  change([](Transaction& t) { t.erase("containers/a"); });
  reopen();
  EXPECT_GT(container("a"), second);
}

TEST_P(StoreContract, ListsIndividualChildrenInTheOrderOfTheirCreation) {
  change([](Transaction& t) {
    create(t, "containers", "containers");
    create(t, "containers/subscriptions", "subscriptions");
    for (const auto* name : {"m", "z", "a"}) create(t, std::string("containers/") + name, "container");
    create(t, "containers/m/containers/deep", "container");
    create(t, "containers/mm", "container");
    EXPECT_EQ(names(t.children("containers", 10)), (Paths{"m", "z", "a", "mm"}));
  });
  look([](View& view) {
    EXPECT_EQ(names(view.children("containers", 10)), (Paths{"m", "z", "a", "mm"}));
    EXPECT_EQ(names(view.children("containers", 2)), (Paths{"m", "z"}));
    EXPECT_EQ(names(view.children("containers/m/containers", 10)), (Paths{"deep"}));
    EXPECT_TRUE(view.children("containers/a/containers", 10).empty());
    EXPECT_EQ(view.children("containers", 1).front().type, registry().find("container"));
  });
}

TEST_P(StoreContract, ScansBelowAPrefixOnSegmentBoundaries) {
  change([](Transaction& t) {
    create(t, "", "sclBase");
    for (const auto* name : {"scls/ab", "scls/a-b", "scls/a", "scls/a0", "scls/\xc3\xa4"}) create(t, name, "scl");
    create(t, "scls/a/containers/x", "container");
  });
  look([](View& view) {
    EXPECT_EQ(scanned(view, "scls/a"), (Paths{"scls/a", "scls/a/containers/x"}));
    EXPECT_EQ(scanned(view, "scls"), (Paths{"scls/a", "scls/a-b", "scls/a/containers/x", "scls/a0", "scls/ab", "scls/\xc3\xa4"}));
    EXPECT_EQ(scanned(view, "").size(), 7u);
    EXPECT_EQ(scanned(view, "").front(), "");
    EXPECT_EQ(scanned(view, "", "scls/a0"), (Paths{"scls/ab", "scls/\xc3\xa4"}));
    EXPECT_EQ(scanned(view, "scls/a", "scls/a"), (Paths{"scls/a/containers/x"}));
    EXPECT_EQ(scanned(view, "scls/a", "scls/a/containers/x"), Paths{});
    EXPECT_EQ(scanned(view, "scls/a", "scls"), (Paths{"scls/a", "scls/a/containers/x"}));
    EXPECT_EQ(scanned(view, "scl"), Paths{});
  });
}

TEST_P(StoreContract, ScansManyAndStopsWhereTold) {
  change([](Transaction& t) {
    for (int i = 0; i < 1500; ++i) create(t, "containers/c" + std::to_string(10'000 + i), "container", with_search_strings({"all"}));
  });
  look([](View& view) {
    const auto all = scanned(view, "containers");
    EXPECT_EQ(all.size(), 1500u);
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
    EXPECT_EQ(searched(view, "all"), all);
    int visited = 0;
    view.scan("", "", [&](const auto&) { return ++visited < 700; });
    EXPECT_EQ(visited, 700);
  });
  change([](Transaction& t) {   // a visit may change what is scanned
    t.scan("containers", "", [&](const model::ResourcePtr& each) {
      t.erase(each->path);
      return true;
    });
    EXPECT_EQ(scanned(t, ""), Paths{});
  });
  look([](View& view) { EXPECT_EQ(searched(view, "all"), Paths{}); });
}

TEST_P(StoreContract, ErasesASubtreeAndNothingBesides) {
  change([](Transaction& t) {
    for (const auto* name : {"scls/a", "scls/a-b", "scls/ab"}) create(t, name, "scl", with_search_strings({"x"}));
    const auto key = create(t, "scls/a/containers/c", "container", with_search_strings({"x"}));
    append(t, key, "gone");
  });
  change([](Transaction& t) { t.erase("scls/nothing"); });
  change([](Transaction& t) {
    t.erase("scls/a");
    EXPECT_FALSE(t.find("scls/a"));
    EXPECT_FALSE(t.find("scls/a/containers/c"));
  });
  for (int round = 0; round < 2; ++round) {
    look([](View& view) {
      EXPECT_FALSE(view.find("scls/a"));
      EXPECT_FALSE(view.find("scls/a/containers/c"));
      EXPECT_EQ(scanned(view, ""), (Paths{"scls/a-b", "scls/ab"}));
      EXPECT_EQ(searched(view, "x"), (Paths{"scls/a-b", "scls/ab"}));
    });
    reopen();
  }
}

TEST_P(StoreContract, FindsBySearchStringAsItIsNow) {
  change([](Transaction& t) {
    create(t, "scls/a", "scl", with_search_strings({"red", "green", "red"}));
    create(t, "scls/b", "scl", with_search_strings({"red"}));
    create(t, "containers/c", "container", with_search_strings({"red"}));
  });
  look([](View& view) {
    EXPECT_EQ(searched(view, "red"), (Paths{"containers/c", "scls/a", "scls/b"}));
    EXPECT_EQ(searched(view, "red", "scls"), (Paths{"scls/a", "scls/b"}));
    EXPECT_EQ(searched(view, "red", "scls/b"), (Paths{"scls/b"}));
    EXPECT_EQ(searched(view, "Red"), Paths{});
    EXPECT_EQ(searched(view, "re"), Paths{});
  });
  change([](Transaction& t) {
    auto changed = *t.find("scls/a");
    changed.attributes = with_search_strings({"green", "blue"});
    t.put(changed);
  });
  look([](View& view) {
    EXPECT_EQ(searched(view, "red"), (Paths{"containers/c", "scls/b"}));
    EXPECT_EQ(searched(view, "green"), (Paths{"scls/a"}));
    EXPECT_EQ(searched(view, "blue"), (Paths{"scls/a"}));
  });
}

TEST_P(StoreContract, TellsWhatHasExpiredSoonestFirst) {
  const auto now = clock_.now();
  const auto expiring = [&](Transaction& t, std::string path, Time when) {
    auto made = resource(std::move(path), "container");
    made.expiration_time = when;
    t.put(made);
  };
  change([&](Transaction& t) {
    expiring(t, "containers/late", now + std::chrono::seconds{2});
    expiring(t, "containers/first", now - std::chrono::seconds{2});
    expiring(t, "containers/now", now);
    expiring(t, "containers/never", never);
  });
  look([&](View& view) {
    EXPECT_EQ(view.expired(now, 10), (Paths{"containers/first", "containers/now"}));
    EXPECT_EQ(view.expired(now, 1), (Paths{"containers/first"}));
    EXPECT_TRUE(view.find("containers/first")) << "what has expired is there until it is erased";
  });
  change([&](Transaction& t) {
    auto prolonged = *t.find("containers/first");
    prolonged.expiration_time = never;
    t.put(prolonged);
  });
  look([&](View& view) {
    EXPECT_EQ(view.expired(now, 10), (Paths{"containers/now"}));
    EXPECT_EQ(view.expired(now + std::chrono::hours{1}, 10), (Paths{"containers/now", "containers/late"}));
  });
}

TEST_P(StoreContract, KnowsTheContainersWithAnAgeLimit) {
  std::uint64_t key = 0;
  change([&](Transaction& t) {
    create(t, "containers/plain", "container");
    model::Object limited;
    limited.set("maxInstanceAge", "PT1H");
    key = create(t, "containers/limited", "container", limited);
  });
  look([&](View& view) { EXPECT_EQ(view.containers_with_age_limit(), (std::vector<std::uint64_t>{key})); });
  change([&](Transaction& t) {
    auto changed = *t.find(key);
    changed.attributes = {};
    t.put(changed);
  });
  look([&](View& view) { EXPECT_TRUE(view.containers_with_age_limit().empty()); });
}

}  // namespace
}  // namespace nscl::store::contract
