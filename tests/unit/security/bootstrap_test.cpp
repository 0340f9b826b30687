// SPDX-License-Identifier: Apache-2.0
// The bootstrap: each situation and its answer, indexes, lost answers, races (B1 to B4).
#include <set>

#include "provisioning_fixture.h"

namespace nscl::security {
namespace {

using namespace std::chrono_literals;
using store::DeviceState;
using store::KeyKind;
using store::KeyState;

class BootstrapTest : public ProvisioningTest {
 protected:
  void SetUp() override {
    ProvisioningTest::SetUp();
    ASSERT_TRUE(expect("urn:dev:1"));
  }
  Result<void> block() {
    return write([&](store::Transaction& t) { return block_device(*keystore, t, "urn:dev:1", clock.now()); });
  }
  Result<void> approve() {
    return write([&](store::Transaction& t) { return approve_device(t, "urn:dev:1", clock.now()); });
  }
  Result<void> erase(const std::string& identity, std::uint64_t index) {
    const auto by = proof(identity);
    return write([&](store::Transaction& t) { return bootstrap->erase(t, by, index); });
  }
  Answer bootstrapped() {
    const auto answer = post("urn:dev:1");
    use(answer.identity);
    clock.advance(2h);
    return answer;
  }
};

TEST_F(BootstrapTest, AnExpectedDeviceIsGivenANodeAndAKey) {
  const auto answer = post("urn:dev:1");
  ASSERT_EQ(answer.status, 201);
  EXPECT_EQ(answer.identity, "n." + answer.node + ".1");
  EXPECT_EQ(answer.key.size(), 32u);
  EXPECT_EQ(answer.scl_id, "gw1");
  EXPECT_EQ(answer.not_after, clock.now() + 24h * 1825);
  EXPECT_EQ(answer.node.size(), 32u);
  EXPECT_EQ(answer.node[12], '4') << "the layout of a UUID of version 4";
  EXPECT_NE(std::string("89ab").find(answer.node[16]), std::string::npos);
  EXPECT_EQ(found(answer.identity), answer.key);
  EXPECT_EQ(state_of(answer.identity), KeyState::pending);
  EXPECT_EQ(row(answer.identity)->entity, "scls/gw1");
}

TEST_F(BootstrapTest, ADeviceWithoutANameOfItsSclIsCalledAsItsNode) {
  ASSERT_TRUE(expect("urn:dev:2", ""));
  const auto answer = post("urn:dev:2");
  EXPECT_EQ(answer.scl_id, answer.node);
}

TEST_F(BootstrapTest, TheFirstUseMakesItBootstrapped) {
  const auto answer = post("urn:dev:1");
  EXPECT_EQ(device("urn:dev:1").state, DeviceState::expected);
  use(answer.identity);
  EXPECT_EQ(device("urn:dev:1").state, DeviceState::bootstrapped);
  EXPECT_EQ(state_of(answer.identity), KeyState::active);
}

TEST_F(BootstrapTest, B1_UnknownAndBlockedAreToldTheSame) {
  NextKey next{std::string(32, 'b'), 1};
  Bootstrap::Refusal unknown, blocked;
  ASSERT_TRUE(block());
  ASSERT_TRUE(write([&](store::Transaction& t) -> Result<void> {
    unknown = bootstrap->attempt(t, "urn:dev:9", {}, next, *method, Secret(wrapping))->refusal;
    blocked = bootstrap->attempt(t, "urn:dev:1", {}, next, *method, Secret(wrapping))->refusal;
    return {};
  }));
  EXPECT_EQ(unknown.error.status, Status::forbidden);
  EXPECT_EQ(unknown.error.detail, blocked.error.detail);
  EXPECT_EQ(blocked.error.status, Status::forbidden);
}

TEST_F(BootstrapTest, B2_APendingKeyIsReplacedByOneWithAnotherIndexOfTheSameNode) {
  const auto first = post("urn:dev:1");
  clock.advance(61s);
  const auto second = post("urn:dev:1");
  ASSERT_EQ(second.status, 201);
  EXPECT_EQ(second.node, first.node);
  EXPECT_EQ(second.identity, "n." + first.node + ".2");
  EXPECT_NE(second.key, first.key);
  EXPECT_FALSE(row(first.identity));
  EXPECT_EQ(keys_of(first.node).size(), 1u);
}

TEST_F(BootstrapTest, AnIndexIsNotGivenAgainThoughItsKeyIsSwept) {
  const auto first = post("urn:dev:1");
  clock.advance(25h);
  ASSERT_TRUE(write([&](store::Transaction& t) -> Result<void> { return keystore->sweep(t), Result<void>{}; }));
  EXPECT_TRUE(keys_of(first.node).empty());
  EXPECT_EQ(post("urn:dev:1").identity, "n." + first.node + ".2");
}

TEST_F(BootstrapTest, B2_OneAMinuteAndTenADay) {
  EXPECT_EQ(post("urn:dev:1").status, 201);
  clock.advance(20s);
  auto answer = post("urn:dev:1");
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.retry_after, 40s);
  close();
  open();
  configure({});
  EXPECT_EQ(post("urn:dev:1").status, 429) << "also after a restart";
  for (int i = 1; i < 10; ++i) {
    clock.advance(60s);
    EXPECT_EQ(post("urn:dev:1").status, 201) << i;
  }
  clock.advance(60s);
  answer = post("urn:dev:1");
  EXPECT_EQ(answer.status, 429);
  EXPECT_GT(answer.retry_after, 23h);
  clock.advance(24h);
  EXPECT_EQ(post("urn:dev:1").status, 201);
}

TEST_F(BootstrapTest, AClockThatWasSetBackLocksNobodyOut) {
  EXPECT_EQ(post("urn:dev:1").status, 201);
  clock.advance(-24h * 365);
  EXPECT_EQ(post("urn:dev:1").status, 201);
}

TEST_F(BootstrapTest, NeverAgainIs403) {
  configure({.rebootstrap = Bootstrap::Again::never});
  bootstrapped();
  EXPECT_EQ(post("urn:dev:1").status, 403);
  EXPECT_EQ(device("urn:dev:1").state, DeviceState::bootstrapped);
}

TEST_F(BootstrapTest, AgainWaitsForTheOperator) {
  const auto first = bootstrapped();
  for (int i = 0; i < 3; ++i) {
    const auto answer = post("urn:dev:1");
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(answer.retry_after, 3600s);
    EXPECT_EQ(device("urn:dev:1").state, DeviceState::waiting);
  }
  EXPECT_EQ(state_of(first.identity), KeyState::active) << "who only asks takes nothing away";
  ASSERT_TRUE(approve());
  const auto second = post("urn:dev:1");
  EXPECT_EQ(second.identity, "n." + first.node + ".2");
  EXPECT_EQ(state_of(first.identity), KeyState::active);
  clock.advance(61s);
  const auto third = post("urn:dev:1");
  EXPECT_EQ(third.status, 201) << "a lost answer needs no other approval";
  use(third.identity);
  EXPECT_EQ(state_of(first.identity), KeyState::retiring);
  EXPECT_EQ(device("urn:dev:1").state, DeviceState::bootstrapped);
  clock.advance(61s);
  EXPECT_EQ(post("urn:dev:1").status, 202);
}

TEST_F(BootstrapTest, AlwaysIsAsNew) {
  configure({.rebootstrap = Bootstrap::Again::always});
  const auto first = bootstrapped(), second = bootstrapped();
  EXPECT_EQ(second.status, 201);
  EXPECT_EQ(second.identity, "n." + first.node + ".2");
  EXPECT_EQ(state_of(second.identity), KeyState::active);
}

TEST_F(BootstrapTest, ANodeOfSomebodyElseIsAConflict) {
  ASSERT_TRUE(expect("urn:dev:2", "gw2"));
  const auto other = post("urn:dev:2");
  EXPECT_EQ(post("urn:dev:1", {.node = other.node, .index = {}}).status, 409);
  ASSERT_TRUE(add(root_key(1), octets_a));
  EXPECT_EQ(post("urn:dev:1", {.node = std::string(32, 'a'), .index = {}}).status, 409) << "also one whose key was imported";
  const auto own = post("urn:dev:1", {.node = std::string(32, 'c'), .index = {}});
  EXPECT_EQ(own.status, 201);
  EXPECT_NE(own.node, std::string(32, 'c')) << "the provider gives the id";
  clock.advance(61s);
  EXPECT_EQ(post("urn:dev:1", {.node = own.node, .index = {}}).node, own.node);
}

TEST_F(BootstrapTest, B4_ADocumentWithALowerIndexIsRefused) {
  const auto first = bootstrapped();
  const auto second = renew(first.identity).value();
  EXPECT_EQ(second.identity, "n." + first.node + ".2");
  use(second.identity);
  EXPECT_EQ(post("urn:dev:1", {.node = {}, .index = 1}).status, 401);
  EXPECT_EQ(renew(second.identity, {.node = {}, .index = 1}).error().status, Status::permission_denied);
  EXPECT_TRUE(renew(second.identity, {.node = first.node, .index = 2}));
  EXPECT_EQ(renew(first.identity).error().status, Status::permission_denied) << "and so is the key with it";
}

TEST_F(BootstrapTest, OnlyOneOfTwoAtOnceIsGivenTheNode) {
  configure({.pause = 0s});
  NextKey one, two;
  store->read([&](store::View& view) { one = bootstrap->next(view, "urn:dev:1"), two = bootstrap->next(view, "urn:dev:1"); });
  EXPECT_NE(one.node, two.node);
  const auto first = post("urn:dev:1", {}, one), late = post("urn:dev:1", {}, two);
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(late.status, 409) << "which is tried again";
  EXPECT_EQ(post("urn:dev:1").node, first.node);
  EXPECT_EQ(post("urn:dev:1", {}, {first.node, 2}).status, 409);
}

TEST_F(BootstrapTest, RenewalKeepsTheOldKeyUntilTheNewOneIsUsed) {
  const auto first = bootstrapped();
  const auto lost = renew(first.identity).value(), second = renew(first.identity).value();
  EXPECT_FALSE(row(lost.identity));
  EXPECT_EQ(second.identity, "n." + first.node + ".3");
  EXPECT_EQ(found(first.identity), first.key);
  use(second.identity);
  EXPECT_EQ(state_of(first.identity), KeyState::retiring);
  EXPECT_EQ(row(second.identity)->entity, "scls/gw1");
}

TEST_F(BootstrapTest, ErasingTakesTheIndexAsToken) {
  const auto first = bootstrapped();
  use(root_identity(first.node, 1));
  const auto given = connect(first.identity).value();
  EXPECT_EQ(erase(first.identity, 2).error().status, Status::precondition_failed);
  EXPECT_EQ(erase(first.identity, 0).error().status, Status::permission_denied);
  ASSERT_TRUE(erase(first.identity, 1));
  EXPECT_EQ(found(first.identity), "nobody");
  EXPECT_EQ(state_of(identity_of(given)), KeyState::revoked);
  EXPECT_EQ(device("urn:dev:1").state, DeviceState::expected);
  const auto second = post("urn:dev:1", {.node = first.node, .index = {}});
  EXPECT_EQ(second.status, 201) << "the old Node-ID is nobody's";
  EXPECT_NE(second.node, first.node);
}

TEST_F(BootstrapTest, ManyDevicesHaveNothingInCommon) {
  std::set<std::string> nodes, keys;
  constexpr int count = 300;
  ASSERT_TRUE(write([&](store::Transaction& t) -> Result<void> {
    for (int i = 0; i < count; ++i) {
      const auto hardware = "urn:many:" + std::to_string(i);
      if (auto done = expect_device(t, {.hardware = hardware}, clock.now()); !done) return done;
      const auto outcome = bootstrap->attempt(t, hardware, {}, bootstrap->next(t, hardware), *method, Secret(wrapping));
      if (!outcome) return tl::unexpected(outcome.error());
      const auto answer = answer_of(*outcome->given);
      nodes.insert(answer.node);
      keys.insert(answer.key);
    }
    return {};
  }));
  EXPECT_EQ(nodes.size(), std::size_t{count});
  EXPECT_EQ(keys.size(), std::size_t{count});
}

TEST_F(BootstrapTest, BlockingEndsAllKeys) {
  const auto first = bootstrapped();
  const auto given = connect(first.identity).value();
  ASSERT_TRUE(block());
  EXPECT_EQ(found(first.identity), "nobody");
  EXPECT_EQ(found(identity_of(given)), "nobody");
  EXPECT_EQ(post("urn:dev:1").status, 403);
  ASSERT_TRUE(write([&](store::Transaction& t) { return unblock_device(t, "urn:dev:1", clock.now()); }));
  EXPECT_EQ(post("urn:dev:1").identity, "n." + first.node + ".2");
}

TEST_F(BootstrapTest, AVoucherIsGoodUntilTheFirstUseOfTheKey) {
  method = bootstrap_by_voucher();
  const auto vouch = [&](const std::string& identity) {
    return write([&](store::Transaction& t) { return give_voucher(*keystore, t, "urn:dev:1", identity, Secret(octets_a), clock.now()); });
  };
  ASSERT_TRUE(vouch("v.1"));
  ASSERT_TRUE(vouch("v.2"));
  EXPECT_EQ(state_of("v.1"), KeyState::revoked) << "another voucher replaces it";
  lookup = keystore->lookup({KeyKind::voucher}, context);
  EXPECT_EQ(found("v.2"), octets_a);
  store->read([&](store::View& view) {
    EXPECT_EQ(method->hardware_of(view, {.names = {}, .voucher = "v.2"}), "urn:dev:1");
    EXPECT_EQ(method->hardware_of(view, {.names = {"URI:urn:dev:1"}, .voucher = ""}), std::nullopt);
  });
  const auto answer = post("urn:dev:1");
  EXPECT_EQ(found("v.2"), octets_a) << "the answer may be lost";
  lookup = keystore->lookup({KeyKind::root}, context);
  use(answer.identity);
  EXPECT_EQ(state_of("v.2"), KeyState::revoked);
  EXPECT_EQ(vouch("v.3").error().status, Status::conflict);
}

TEST_F(BootstrapTest, AVoucherLivesThirtyDays) {
  ASSERT_TRUE(write([&](store::Transaction& t) { return give_voucher(*keystore, t, "urn:dev:1", "v.1", Secret(octets_a), clock.now()); }));
  lookup = keystore->lookup({KeyKind::voucher}, context);
  clock.advance(24h * 30 - 1s);
  EXPECT_EQ(found("v.1"), octets_a);
  clock.advance(1s);
  EXPECT_EQ(found("v.1"), "nobody");
}

TEST_F(BootstrapTest, TheHardwareIdIsTheOneNameThatFits) {
  const auto hardware = [&](HardwareRule rule, std::vector<std::string> names) {
    std::optional<std::string> id;
    store->read([&](store::View& view) { id = bootstrap_by_certificate(std::move(rule))->hardware_of(view, {.names = std::move(names), .voucher = "v.1"}); });
    return id.value_or("nobody");
  };
  using enum HardwareRule::Name;
  EXPECT_EQ(hardware({san_uri, "urn:dev:"}, {"DNS:a", "URI:urn:dev:1", "URI:urn:other"}), "urn:dev:1");
  EXPECT_EQ(hardware({san_uri, "urn:dev:"}, {"URI:urn:dev:1", "URI:urn:dev:2"}), "nobody") << "two would leave the choice to the device";
  EXPECT_EQ(hardware({san_uri, "urn:dev:"}, {"URI:urn:other", "CN:urn:dev:1"}), "nobody");
  EXPECT_EQ(hardware({san_dns, ""}, {"DNS:a.example", "URI:urn:dev:1"}), "a.example");
  EXPECT_EQ(hardware({subject_cn, "SN-"}, {"CN:SN-1"}), "SN-1");
  EXPECT_EQ(hardware({san_uri, ""}, {}), "nobody");
  EXPECT_EQ(hardware({san_uri, ""}, {"URI:"}), "nobody");
}

TEST_F(BootstrapTest, TheClearKeyOfVersion1) {
  configure({.v1_clear_key = true});
  const auto answer = post("urn:dev:1");
  EXPECT_EQ(found(answer.identity), answer.key);
}

TEST_F(BootstrapTest, OneSclIsOnOneDevice) {
  const auto unblock = [&](const char* hardware) { return write([&](store::Transaction& t) { return unblock_device(t, hardware, clock.now()); }); };
  const auto second = expect("urn:dev:2", "gw1");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().status, Status::conflict);
  EXPECT_EQ(second.error().detail, "SCL \"gw1\" is that of device \"urn:dev:1\" already");
  ASSERT_TRUE(expect("urn:dev:3", ""));
  ASSERT_TRUE(expect("urn:dev:4", "")) << "those without an id are called as their nodes";
  EXPECT_EQ(expect("urn:dev:5", post("urn:dev:3").node).error().status, Status::conflict) << "and so their nodes are taken too";
  ASSERT_TRUE(block());
  ASSERT_TRUE(expect("urn:dev:2", "gw1")) << "a device can be replaced";
  EXPECT_EQ(unblock("urn:dev:1").error().status, Status::conflict) << "and does not come back beside the other";
  ASSERT_TRUE(write([&](store::Transaction& t) { return block_device(*keystore, t, "urn:dev:2", clock.now()); }));
  EXPECT_TRUE(unblock("urn:dev:1"));
}

TEST_F(BootstrapTest, TheInventoryRefusesWhatItCannotHold) {
  const auto status = [&](store::Device device) {
    const auto done = write([&](store::Transaction& t) { return expect_device(t, std::move(device), clock.now()); });
    return done ? Status::ok : done.error().status;
  };
  EXPECT_EQ(status({.hardware = "urn:dev:1"}), Status::conflict);
  EXPECT_EQ(status({.hardware = ""}), Status::bad_request);
  EXPECT_EQ(status({.hardware = "a b"}), Status::bad_request);
  EXPECT_EQ(status({.hardware = std::string(256, 'a')}), Status::bad_request);
  EXPECT_EQ(status({.hardware = "x", .scl_id = "a/b"}), Status::bad_request);
  EXPECT_EQ(status({.hardware = "x", .environment = "cloud"}), Status::bad_request);
  EXPECT_EQ(status({.hardware = "x", .environment = "tee"}), Status::ok);
}

}  // namespace
}  // namespace nscl::security
