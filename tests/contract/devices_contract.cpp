// SPDX-License-Identifier: Apache-2.0
// Devices and nodes.
#include "store_contract.h"

namespace nscl::store::contract {
namespace {

Device m2m_device(std::string hardware, std::string node = {}, std::string voucher = {}) {
  return {.hardware = std::move(hardware), .node = std::move(node), .voucher = std::move(voucher)};
}

TEST_P(StoreContract, KeepsDevicesAsTheyAre) {
  auto whole = m2m_device("urn:dev:1", "a0", "v.1");
  whole.state = DeviceState::approved;
  whole.scl_id = "gw1";
  whole.environment = "tee";
  whole.last_attempt = Time{std::chrono::seconds{3}};
  whole.first_attempt = Time{std::chrono::seconds{1}};
  whole.attempts = 2;
  whole.changed = Time{std::chrono::seconds{2}};
  change([&](Transaction& t) { t.put_device(whole); });
  reopen();
  look([&](View& view) {
    for (const auto& found : {view.find_device("urn:dev:1"), view.find_device_of_node("a0"), view.find_device_of_voucher("v.1")}) {
      ASSERT_TRUE(found);
      EXPECT_EQ(found->hardware, whole.hardware);
      EXPECT_EQ(found->state, whole.state);
      EXPECT_EQ(found->node, whole.node);
      EXPECT_EQ(found->scl_id, whole.scl_id);
      EXPECT_EQ(found->environment, whole.environment);
      EXPECT_EQ(found->voucher, whole.voucher);
      EXPECT_EQ(found->last_attempt, whole.last_attempt);
      EXPECT_EQ(found->first_attempt, whole.first_attempt);
      EXPECT_EQ(found->attempts, whole.attempts);
      EXPECT_EQ(found->changed, whole.changed);
    }
    EXPECT_FALSE(view.find_device("URN:dev:1"));
    EXPECT_FALSE(view.find_device_of_node(""));
    EXPECT_FALSE(view.find_device_of_voucher(""));
    EXPECT_FALSE(view.find_device_of_scl(""));
  });
}

TEST_P(StoreContract, FindsTheDeviceOfAnScl) {
  const auto carrying = [](std::string hardware, std::string scl, DeviceState state = DeviceState::expected) {
    return Device{.hardware = std::move(hardware), .state = state, .scl_id = std::move(scl)};
  };
  change([&](Transaction& t) {
    for (const Device& each : {carrying("a", "gw1", DeviceState::blocked), carrying("b", "gw1", DeviceState::waiting), carrying("c", ""),
                               carrying("d", "gw2", DeviceState::blocked)}) {
      t.put_device(each);
    }
    EXPECT_EQ(t.find_device_of_scl("gw1")->hardware, "b") << "what was put a moment ago";
  });
  look([](View& view) {
    EXPECT_EQ(view.find_device_of_scl("gw1")->hardware, "b");
    EXPECT_FALSE(view.find_device_of_scl("gw2")) << "a blocked one carries none";
    EXPECT_FALSE(view.find_device_of_scl("GW1"));
    EXPECT_FALSE(view.find_device_of_scl(""));
  });
}

TEST_P(StoreContract, ListsDevicesInPiecesAndKeepsThemApart) {
  change([](Transaction& t) {
    for (const char* hardware : {"b", "a", "c"}) t.put_device(m2m_device(hardware));
    t.put_device(m2m_device("d", "n1", "v1"));
  });
  look([](View& view) {
    const auto first = view.devices("", 2), rest = view.devices("b", 10);
    ASSERT_EQ(first.size(), 2u);
    EXPECT_EQ(first[0].hardware, "a");
    ASSERT_EQ(rest.size(), 2u);
    EXPECT_EQ(rest[1].hardware, "d");
  });
  EXPECT_FALSE(try_change([](Transaction& t) -> Result<void> { return t.put_device(m2m_device("e", "n1")), Result<void>{}; }));
  look([](View& view) { EXPECT_EQ(view.find_device_of_node("n1")->hardware, "d"); });
}

TEST_P(StoreContract, KeepsNodes) {
  change([](Transaction& t) {
    t.put_node({"a0", 1, 2, "00000000000000ff"});
    t.put_node({"a0", 3, 4, ""});
  });
  reopen();
  look([](View& view) {
    const auto node = view.find_node("a0");
    ASSERT_TRUE(node);
    EXPECT_EQ(node->root_index, 3u);
    EXPECT_EQ(node->connection_index, 4u);
    EXPECT_EQ(node->connection, "");
    EXPECT_FALSE(view.find_node("a1"));
  });
}

}  // namespace
}  // namespace nscl::store::contract
