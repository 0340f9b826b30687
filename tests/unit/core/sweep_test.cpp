// SPDX-License-Identifier: Apache-2.0
// The sweeper and a clock that is turned (D8): two clocks that the test moves, and a view with as much to expire as it says.
#include <nscl/core/sweep.h>

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include <nscl/resources/all.h>

namespace nscl::core {
namespace {

using namespace std::chrono_literals;

constexpr Time start = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5};
constexpr ClockWatch::Monotonic boot{1000s};

/// Both clocks go on together, as they do; one of them can be turned.
struct Clocks {
  ClockWatch watch;
  Time now = start;
  ClockWatch::Monotonic monotonic = boot;

  bool pass(std::chrono::seconds time) {
    now += time;
    monotonic += time;
    return watch.is_doubtful(now, monotonic);
  }
  bool turn(Time::duration by) {
    now += by;
    return pass(1s);
  }
};

TEST(ClockWatch, D8_time_that_passes_is_believed) {
  Clocks clocks;
  EXPECT_FALSE(clocks.pass(1s));
  EXPECT_FALSE(clocks.pass(24h));   // the sweeper itself may have been late
}

TEST(ClockWatch, D8_a_step_forward_is_doubted_for_five_minutes) {
  Clocks clocks;
  clocks.pass(1s);
  EXPECT_TRUE(clocks.turn(24h * 365));
  EXPECT_TRUE(clocks.pass(299s));
  EXPECT_FALSE(clocks.pass(1s));
  EXPECT_FALSE(clocks.pass(1h));
  EXPECT_TRUE(clocks.turn(2min));
}

TEST(ClockWatch, D8_a_correction_is_no_step) {
  Clocks clocks;
  clocks.pass(1s);
  EXPECT_FALSE(clocks.turn(60s));
  EXPECT_FALSE(clocks.turn(-60s));
}

TEST(ClockWatch, D8_many_small_steps_are_one) {
  Clocks clocks;
  clocks.pass(1s);
  EXPECT_FALSE(clocks.turn(40s));
  EXPECT_TRUE(clocks.turn(40s));
}

TEST(ClockWatch, D8_a_step_back_expires_nothing_and_the_way_forward_again_is_doubted) {
  Clocks clocks;
  clocks.pass(1s);
  EXPECT_FALSE(clocks.turn(-24h * 365));
  EXPECT_TRUE(clocks.turn(24h * 365));
}

TEST(ClockWatch, D8_a_step_back_takes_no_doubt_away) {
  Clocks clocks;
  clocks.pass(1s);
  EXPECT_TRUE(clocks.turn(24h * 365));
  EXPECT_TRUE(clocks.turn(-1h));
}

class StillClock final : public Clock {
 public:
  Time now() const override { return start; }
};

/// A store with containers that expire an hour after the start.
class SweepTest : public testing::Test {
 protected:
  SweepTest() {
    auto name = (std::filesystem::temp_directory_path() / "nscl-sweep-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary directory");
    directory_ = name;
    store::Options options;
    options.directory = directory_ / "data";
    store_ = store::open_sqlite(options, registry_, clock_);
  }
  ~SweepTest() override {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  void add(int count) {
    const auto put = [&](store::Transaction& transaction) -> Result<void> {
      for (int i = 0; i < count; ++i) {
        model::Resource resource;
        resource.path = "containers/c" + std::to_string(added_++);
        resource.type = registry_.find("container");
        resource.expiration_time = start + 1h;
        transaction.put(std::move(resource));
      }
      return {};
    };
    ASSERT_TRUE(store_->write_and_wait(put));
  }

  std::size_t expired(bool is_clock_doubtful) {
    std::size_t count = 0;
    store_->read([&](store::View& view) { count = find_work(view, Policy{}, start + 2h, is_clock_doubtful).expired.size(); });
    return count;
  }

 private:
  const StillClock clock_;
  const model::Registry registry_{resources::all()};
  std::filesystem::path directory_;
  std::unique_ptr<store::Store> store_;
  int added_ = 0;
};

TEST_F(SweepTest, D8_a_doubtful_clock_expires_a_hundred_and_no_more) {
  add(100);
  EXPECT_EQ(expired(true), 100u);
  add(1);
  EXPECT_EQ(expired(true), 0u);
  EXPECT_EQ(expired(false), 101u);
}

}  // namespace
}  // namespace nscl::core
