// SPDX-License-Identifier: Apache-2.0
// Random changes to the instances of a few containers, many jobs to a batch, some of which fail: after each batch and
// each reopen the store has to agree with a model of a few lines.
#include <map>
#include <random>

#include "store_contract.h"

namespace nscl::store::contract {
namespace {

struct ModelInstance {
  std::string id;
  std::uint64_t bytes;
  Time created;
};
struct ModelContainer {
  std::vector<ModelInstance> instances;   // oldest first
  std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const auto& each : instances) sum += each.bytes;
    return sum;
  }
};
using Model = std::map<std::string, ModelContainer>;

class Game {
 public:
  explicit Game(unsigned seed) : dice_(seed) {}
  Model model;

  /// One job: a few moves; if it is to fail, the model is as it was before.
  Result<void> play(Transaction& t) {
    const auto before = model;
    for (int moves = roll(4) + 1; moves > 0; --moves) move(t, "containers/" + std::string(1, static_cast<char>('a' + roll(3))));
    if (roll(4) != 0) return {};
    model = before;
    return failure(Status::forbidden, "as the dice fell");
  }

 private:
  int roll(int sides) { return std::uniform_int_distribution<int>(0, sides - 1)(dice_); }

  void move(Transaction& t, const std::string& path) {
    const auto found = t.find(path);
    if (!found) {
      create(t, path, "container");
      model[path] = {};
      return;
    }
    auto& container = model[path];
    switch (roll(12)) {
      case 0: t.erase(path); model.erase(path); break;
      case 1: case 2: evict(t, found->key, container); break;
      case 3: case 4: erase_one(t, found->key, container); break;
      case 5: add(t, found->key, container, "n" + std::to_string(roll(20))); break;
      default: add(t, found->key, container, ""); break;
    }
    ASSERT_EQ(t.instance_stats(found->key).count, model.contains(path) ? container.instances.size() : 0);
  }

  void add(Transaction& t, std::uint64_t key, ModelContainer& container, const std::string& id) {
    const auto bytes = static_cast<std::uint64_t>(roll(50));
    const auto is_taken = std::any_of(container.instances.begin(), container.instances.end(), [&](const auto& each) { return each.id == id; });
    const auto made = t.append_instance(key, instance(std::string(bytes, 'x'), id));
    ASSERT_EQ(made.has_value(), !is_taken) << id;
    if (made) container.instances.push_back({(*made)->id, bytes, (*made)->creation_time});
  }

  void evict(Transaction& t, std::uint64_t key, ModelContainer& container) {
    auto& instances = container.instances;
    const auto max_count = static_cast<std::uint64_t>(roll(20)), max_bytes = static_cast<std::uint64_t>(roll(800));
    const auto before = roll(5) == 0 && !instances.empty() ? instances[static_cast<std::size_t>(roll(static_cast<int>(instances.size())))].created : Time{};
    std::size_t gone = 0;
    while (!instances.empty() && (instances.size() > max_count || container.bytes() > max_bytes || instances.front().created < before)) {
      instances.erase(instances.begin());
      ++gone;
    }
    ASSERT_EQ(t.evict_instances(key, max_count, max_bytes, before), gone);
  }

  void erase_one(Transaction& t, std::uint64_t key, ModelContainer& container) {
    if (container.instances.empty()) return;
    const auto index = roll(static_cast<int>(container.instances.size()));
    ASSERT_TRUE(t.erase_instance(key, container.instances[static_cast<std::size_t>(index)].id));
    container.instances.erase(container.instances.begin() + index);
  }

  std::mt19937 dice_;
};

void compare(View& view, const Model& model) {
  std::size_t stored = 0;
  view.scan("containers", "", [&](const auto&) { return ++stored; });
  ASSERT_EQ(stored, model.size());
  for (const auto& [path, expected] : model) {
    const auto key = view.find(path)->key;
    std::vector<std::string> ids;
    for (auto each = expected.instances.rbegin(); each != expected.instances.rend(); ++each) ids.push_back(each->id);
    ASSERT_EQ(ids_newest_first(view, key), ids);
    const auto middle = ids.empty() ? 0 : view.find_instance(key, ids[ids.size() / 2])->sequence;
    std::vector<std::string> later;
    view.scan_instances_after(key, middle, [&](const auto& each) { return later.push_back(each->id), true; });
    ASSERT_EQ(later, std::vector<std::string>(ids.rbegin() + static_cast<std::ptrdiff_t>((ids.size() + 1) / 2), ids.rend()));
    ASSERT_EQ(view.instance_stats(key).count, ids.size());
    ASSERT_EQ(view.instance_stats(key).bytes, expected.bytes());
    if (ids.empty()) {
      ASSERT_FALSE(view.latest_instance(key));
      ASSERT_FALSE(view.oldest_instance(key));
      continue;
    }
    ASSERT_EQ(view.latest_instance(key)->id, ids.front());
    ASSERT_EQ(view.oldest_instance(key)->id, ids.back());
    ASSERT_GE(view.instance_stats(key).last_modified_time, expected.instances.back().created);
    for (const auto& id : ids) ASSERT_EQ(view.find_instance(key, id)->id, id);
  }
}

TEST_P(StoreContract, AgreesWithAModelOfInstances) {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    Game game(seed);
    std::map<std::string, Time> times;
    for (int batch = 0; batch < 60 && !HasFatalFailure(); ++batch) {
      std::vector<WriteJob> jobs(20, [&](Transaction& t) { return game.play(t); });
      run_in_one_batch(std::move(jobs));
      ASSERT_NO_FATAL_FAILURE(look([&](View& view) {
        compare(view, game.model);
        for (const auto& [path, ignored] : game.model) times[path] = view.instance_stats(view.find(path)->key).last_modified_time;
      }));
      if (batch % 15 != 14) continue;
      reopen();
      ASSERT_NO_FATAL_FAILURE(look([&](View& view) {
        compare(view, game.model);
        for (const auto& [path, ignored] : game.model) {
          ASSERT_EQ(view.instance_stats(view.find(path)->key).last_modified_time, times[path]) << path;
        }
      }));
    }
    change([](Transaction& t) { t.erase("containers/a"), t.erase("containers/b"), t.erase("containers/c"); });
  }
}

}  // namespace
}  // namespace nscl::store::contract
