// SPDX-License-Identifier: Apache-2.0
// What device management keeps for OMA-DM alone.
#include "store_contract.h"

namespace nscl::store::contract {
namespace {

TEST_P(StoreContract, KeepsTheNoncesOfEachDevice) {
  const std::string octets("\0\xFF\0n", 4);
  change([&](Transaction& t) {
    t.manage().put_nonces({.device = "a", .ours = octets, .theirs = "first"});
    t.manage().put_nonces({.device = "a", .ours = octets, .theirs = {}});
    t.manage().put_nonces({.device = "b", .ours = {}, .theirs = octets});
  });
  look([&](View& view) {
    const auto a = view.management().nonces("a"), b = view.management().nonces("b"), none = view.management().nonces("c");
    EXPECT_EQ(a.device, "a");
    EXPECT_EQ(a.ours, octets);
    EXPECT_EQ(a.theirs, "");
    EXPECT_EQ(b.theirs, octets);
    EXPECT_TRUE(none.ours.empty() && none.theirs.empty());
  });
}

TEST_P(StoreContract, KeepsOneBootstrapOfEachDevice) {
  const std::string octets("\0\xFF\0p", 4);
  const Time now = clock_.now();
  change([&](Transaction& t) {
    t.manage().put_bootstrap({.device = "a", .address = "udp://1.2.3.4", .push = "older", .created = now - std::chrono::hours(1)});
    t.manage().put_bootstrap({.device = "a", .address = "tel:+49", .push = octets, .created = now});
    t.manage().put_bootstrap({.device = "b", .address = "tel:+1", .push = "b", .created = now});
  });
  look([&](View& view) {
    const auto found = view.management().bootstrap("a");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->device, "a");
    EXPECT_EQ(found->address, "tel:+49");
    EXPECT_EQ(found->push, octets);
    EXPECT_EQ(found->created, now);
    EXPECT_FALSE(view.management().bootstrap("c"));
  });
  change([](Transaction& t) {
    EXPECT_TRUE(t.manage().erase_bootstrap("a"));
    EXPECT_FALSE(t.manage().erase_bootstrap("a"));
  });
  look([](View& view) {
    EXPECT_FALSE(view.management().bootstrap("a"));
    EXPECT_TRUE(view.management().bootstrap("b"));
  });
}

}  // namespace
}  // namespace nscl::store::contract
