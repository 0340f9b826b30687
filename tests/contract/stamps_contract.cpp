// SPDX-License-Identifier: Apache-2.0
// Stamps: unique and increasing over the whole life of a store, whatever the clock does.
#include "store_contract.h"

namespace nscl::store::contract {
namespace {

using namespace std::chrono_literals;

TEST_P(StoreContract, StampsAreWholeMillisecondsWhileThePaceAllows) {
  clock_.set(Time{1'700'000'000'123'456us});
  change([&](Transaction& t) {
    EXPECT_EQ(t.stamp(), Time{1'700'000'000'123'000us});
    EXPECT_EQ(t.stamp(), Time{1'700'000'000'123'001us});
    clock_.advance(1ms);
    EXPECT_EQ(t.stamp(), Time{1'700'000'000'124'000us});
  });
}

TEST_P(StoreContract, StampsIncreaseThoughTheClockGoesBack) {
  Time last{};
  const auto next = [&](Transaction& t) {
    const auto stamp = t.stamp();
    EXPECT_GT(stamp, last);
    last = stamp;
  };
  change([&](Transaction& t) {
    create(t, "containers/a", "container");
    for (int i = 0; i < 5000; ++i) next(t);
  });
  clock_.advance(-24h);
  change([&](Transaction& t) {
    create(t, "containers/b", "container");
    next(t);
  });
  reopen();
  change(next);
  try_change([&](Transaction& t) -> Result<void> {
    next(t);
    return failure(Status::conflict, "stamps of a failed job are not given out again");
  });
  change(next);
  clock_.advance(48h);
  change([&](Transaction& t) { EXPECT_EQ(t.stamp(), std::chrono::floor<std::chrono::milliseconds>(clock_.now())); });
}

TEST_P(StoreContract, StampsOfAppendsSurviveAReopen) {
  const auto key = container("a");
  Time last{};
  change([&](Transaction& t) { last = append(t, key, "x")->creation_time; });
  clock_.advance(-1h);
  reopen();
  change([&](Transaction& t) { EXPECT_GT(append(t, key, "x")->creation_time, last); });
}

}  // namespace
}  // namespace nscl::store::contract
