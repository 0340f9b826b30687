// SPDX-License-Identifier: Apache-2.0
// What was acknowledged is seen at once by every reader, whatever is cached and whatever is being written.
#include <thread>

#include "store_contract.h"

namespace nscl::store::contract {
namespace {

class Race {
 public:
  Race(Store& store, std::uint64_t key, std::size_t content_size) : store_(store), key_(key), size_(content_size) {}

  /// Writes rounds; in each, a resource and the only instance of a container take the number of the round, and another
  /// resource with that number comes or goes.
  void write(int rounds) {
    for (int round = 1; round <= rounds; ++round) {
      const auto result = store_.write_and_wait([&](Transaction& t) -> Result<void> {
        auto changed = *t.find("containers/a");
        changed.attributes.set("note", std::to_string(round));
        t.put(changed);
        append(t, key_, content(round));
        t.evict_instances(key_, 1, UINT64_MAX, Time{});
        if (round % 2 == 1) create(t, "containers/odd", "container", changed.attributes);
        else t.erase("containers/odd");
        return {};
      });
      ASSERT_TRUE(result);
      acknowledged_ = round;
    }
    is_over_ = true;
  }

  void read() {
    while (!is_over_ && !testing::Test::HasFatalFailure()) store_.read([&](View& view) { check(view); });
  }
  /// As an I/O thread reads: on a snapshot that lasts for some reads.
  void read_in_turns() {
    boost::asio::io_context context(1);
    while (!is_over_ && !testing::Test::HasFatalFailure()) {
      for (int i = 0; i < 10; ++i) store_.read([&](View& view) { check(view); }, context);
      context.restart();
      context.poll();
    }
  }
  std::uint64_t reads() const { return reads_; }

 private:
  std::string content(int round) const {
    auto text = std::to_string(round) + ' ';
    text.resize(std::max(size_, text.size()), 'x');
    return text;
  }

  static int round_of(const model::ResourcePtr& resource) {
    return std::stoi(std::string(resource->attributes.find("note")->text()));
  }

  void check(View& view) {
    const auto before = acknowledged_.load();
    const auto found = view.find("containers/a");
    ASSERT_GE(round_of(found), before);
    const auto instance = view.latest_instance(key_);
    ASSERT_TRUE(instance || before == 0);
    if (instance) {
      ASSERT_GE(std::stoi(instance->content), before);
    }
    if (const auto odd = view.find("containers/odd")) {
      ASSERT_GE(round_of(odd), before) << "erased already";
    }
    ++reads_;
  }

  Store& store_;
  std::uint64_t key_;
  std::size_t size_;
  std::atomic<int> acknowledged_{0};
  std::atomic<bool> is_over_{false};
  std::atomic<std::uint64_t> reads_{0};
};

void race(Store& store, std::uint64_t key, int rounds, std::size_t content_size) {
  Race race(store, key, content_size);
  std::thread first([&] { race.read(); }), second([&] { race.read_in_turns(); });
  race.write(rounds);
  first.join();
  second.join();
  EXPECT_GT(race.reads(), 0u);
}

void start_counter(Transaction& t) {
  auto changed = *t.find("containers/a");
  changed.attributes.set("note", "0");
  t.put(changed);
}

TEST_P(StoreContract, ReadersSeeWhatWasAcknowledged) {
  const auto key = container("a");
  change(start_counter);
  race(*store_, key, 1500, 0);
}

TEST_P(StoreContract, ReadersSeeWhatWasAcknowledgedWithoutCaches) {
  options_.resource_cache = 0;
  reopen();
  const auto key = container("a");
  change(start_counter);
  race(*store_, key, 40, 3u << 20);   // too big for the memory of newest instances
}

TEST_P(StoreContract, AReadInATurnSeesWhatWasAcknowledgedBeforeIt) {
  boost::asio::io_context context(1);
  const auto key = container("a");
  change([&](Transaction& t) { append(t, key, "1"); });
  const auto see = [&](const std::string& expected) {
    store_->read([&](View& view) {
      view.lane("none");   // a look at the disk: there is a snapshot
      const auto found = view.latest_instance(key);
      EXPECT_EQ(found ? found->content : "none", expected);
    }, context);
  };
  see("1");
  change([&](Transaction& t) { append(t, key, "2"); });
  see("2");
  change([&](Transaction& t) { t.evict_instances(key, 0, UINT64_MAX, Time{}); });
  see("none");
  context.poll();
  change([&](Transaction& t) { append(t, key, "3"); });
  see("3");
}

TEST_P(StoreContract, AnInstanceThatIsReadAgainAndAgainGoesWhenItIsErased) {
  const auto key = container("a");
  std::string id;
  change([&](Transaction& t) {
    id = append(t, key, "old")->id;
    append(t, key, "new");
  });
  for (int i = 0; i < 4; ++i) {
    look([&](View& view) {
      const auto found = view.find_instance(key, id);
      ASSERT_TRUE(found);
      EXPECT_EQ(found->content, "old");
    });
  }
  change([&](Transaction& t) { t.erase_instance(key, id); });
  look([&](View& view) { EXPECT_FALSE(view.find_instance(key, id)); });
}

// A view that began before some instances came shows all of them or none up to a point, but no newer one without an older.
TEST_P(StoreContract, AScanHasNoHoles) {
  const auto key = container("a");
  change([&](Transaction& t) { append(t, key, "1"); });
  look([&](View& view) {
    view.lane("none");   // a look at the disk: the snapshot begins
    change([&](Transaction& t) {
      append(t, key, "2");
      append(t, key, "3");
    });
    std::string rising, falling;
    view.scan_instances_after(key, 0, [&](const model::InstancePtr& found) { return rising += found->content, true; });
    EXPECT_EQ(rising, std::string("123").substr(0, rising.size()));
    change([&](Transaction& t) {
      append(t, key, "4");
      append(t, key, "5");
    });
    view.scan_instances(key, [&](const model::InstancePtr& found) { return falling += found->content, true; });
    EXPECT_EQ(falling, std::string("54321").substr(5 - falling.size()));
  });
}

}  // namespace
}  // namespace nscl::store::contract
