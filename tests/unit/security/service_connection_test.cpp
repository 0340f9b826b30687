// SPDX-License-Identifier: Apache-2.0
// The service connection: what Kmc is made of, how long it lives, and that indexes never go back (B4, B5, B6).
#include "provisioning_fixture.h"

namespace nscl::security {
namespace {

using namespace std::chrono_literals;
using store::KeyKind;
using store::KeyState;

class ServiceConnectionTest : public ProvisioningTest {
 protected:
  void SetUp() override {
    ProvisioningTest::SetUp();
    ASSERT_TRUE(add(root_key(1), octets_a));
  }
  static inline const std::string node = std::string(32, 'a'), root = "n." + node + ".1";

  Result<void> end(const std::string& identity) {
    const auto by = proof(identity);
    return write([&](store::Transaction& t) { return connections->end(t, by); });
  }
};

TEST_F(ServiceConnectionTest, B5_GivesTheKeyThatTheNodeDerivesToo) {
  const auto given = connect(root).value();
  const auto derived = nscl_1().connection_key(Secret(octets_a), std::string(16, '\xaa'), given.connection, given.index, Secret(forward));
  EXPECT_EQ(aes_unwrap(Secret(wrapping), given.wrapped).value().view(), derived.view());
  EXPECT_EQ(opened(identity_of(given)), derived.view());
  EXPECT_EQ(given.index, 1u);
  EXPECT_EQ(given.scl_id, "gw1");
  auto flipped = given.wrapped;
  flipped[20] = static_cast<char>(flipped[20] ^ 1);
  EXPECT_FALSE(aes_unwrap(Secret(wrapping), flipped));
}

TEST_F(ServiceConnectionTest, TheKeyIsPendingForTheNodeAndItsScl) {
  const auto key = row(identity_of(connect(root).value())).value();
  EXPECT_EQ(key.kind, KeyKind::connection);
  EXPECT_EQ(key.state, KeyState::pending);
  EXPECT_EQ(key.node, node);
  EXPECT_EQ(key.entity, "scls/gw1");
  EXPECT_EQ(key.derivation, "NSCL-1");
}

TEST_F(ServiceConnectionTest, RenewalKeepsTheConnectionAndCountsOn) {
  const auto first = connect(root).value();
  use(identity_of(first));
  const auto second = connect(root).value();
  EXPECT_EQ(second.connection, first.connection);
  EXPECT_EQ(second.index, 2u);
  EXPECT_NE(second.wrapped, first.wrapped);
  EXPECT_EQ(state_of(identity_of(first)), KeyState::active) << "until the new one is used";
  use(identity_of(second));
  EXPECT_EQ(state_of(identity_of(first)), KeyState::retiring);
  EXPECT_EQ(row(identity_of(first))->not_after, clock.now() + 60s);
}

TEST_F(ServiceConnectionTest, ALostAnswerLeavesOnePendingKeyWithAnotherIndex) {
  const auto lost = connect(root).value(), again = connect(root).value();
  EXPECT_EQ(again.index, 2u);
  EXPECT_EQ(state_of(identity_of(lost)), KeyState::revoked) << "so that a session that was just made with it ends";
  ASSERT_TRUE(write([&](store::Transaction& t) -> Result<void> { return t.erase_key(identity_of(again)), Result<void>{}; }));
  EXPECT_EQ(connect(root)->index, 3u) << "also if nothing is left of the second";
}

TEST_F(ServiceConnectionTest, LivesADayAndNoLongerThanTheRootKey) {
  EXPECT_EQ(connect(root)->not_after, clock.now() + 24h);
  auto key = row(root).value();
  key.not_after = clock.now() + 1h;
  tamper(key);
  EXPECT_EQ(connect(root)->not_after, clock.now() + 1h);
}

TEST_F(ServiceConnectionTest, AKeyThatAnotherJobHasGivenMeanwhileIsNotGivenTwice) {
  Result<NextKey> next;
  store->read([&](store::View& view) { next = connections->next(view, root); });
  const auto by = proof(root);
  EXPECT_TRUE(connect(by, *next));
  const auto late = connect(by, *next);
  ASSERT_FALSE(late);
  EXPECT_TRUE(is_outdated_next(late.error()));
}

TEST_F(ServiceConnectionTest, B6_TakesARootKeyInForceAndNothingElse) {
  const auto given = connect(root).value();
  EXPECT_EQ(connect(identity_of(given)).error().status, Status::permission_denied);
  EXPECT_EQ(connect("nobody").error().status, Status::permission_denied);
  auto by = proof(root);
  ++by.generation;
  EXPECT_EQ(connect(by, {node, 2}).error().status, Status::permission_denied);
  ASSERT_TRUE(write([&](store::Transaction& t) { return keystore->revoke(t, root); }));
  EXPECT_EQ(connect(root).error().status, Status::permission_denied);
}

TEST_F(ServiceConnectionTest, B4_AnEarlierRootKeyIsRefusedOnceALaterOneWasUsed) {
  const auto next = root_key(2, KeyState::pending);
  ASSERT_TRUE(add(next, octets_b));
  EXPECT_TRUE(connect(root)) << "it was not used";
  EXPECT_TRUE(connect(next.identity)) << "and is used hereby, if the handshake could not say so";
  EXPECT_EQ(state_of(next.identity), KeyState::active);
  EXPECT_EQ(connect(root).error().status, Status::permission_denied);
}

TEST_F(ServiceConnectionTest, EndsByEitherKeyAndTheNextOneIsAnother) {
  for (const bool by_root : {true, false}) {
    const auto given = connect(root).value();
    use(identity_of(given));
    ASSERT_TRUE(end(by_root ? root : identity_of(given)));
    EXPECT_EQ(state_of(identity_of(given)), KeyState::revoked);
    EXPECT_EQ(found(identity_of(given)), "nobody");
    const auto next = connect(root).value();
    EXPECT_NE(next.connection, given.connection);
    EXPECT_GT(next.index, given.index);
  }
  EXPECT_EQ(end("nobody").error().status, Status::permission_denied);
}

TEST_F(ServiceConnectionTest, RevokingTheRootKeyEndsWhatWasDerivedFromIt) {
  const auto given = connect(root).value();
  use(identity_of(given));
  ASSERT_TRUE(write([&](store::Transaction& t) { return keystore->revoke(t, root); }));
  EXPECT_EQ(state_of(identity_of(given)), KeyState::revoked);
}

TEST_F(ServiceConnectionTest, RevokedKeysOfDaysAgoAreForgotten) {
  for (int day = 0; day < 5; ++day) {
    use(identity_of(connect(root).value()));
    clock.advance(24h);
    ASSERT_TRUE(write([&](store::Transaction& t) -> Result<void> { return keystore->sweep(t), Result<void>{}; }));
  }
  EXPECT_LE(keys_of(node).size(), 4u);
  EXPECT_EQ(connect(root)->index, 6u);
}

TEST_F(ServiceConnectionTest, AFloodOfRequestsFillsNothing) {
  Result<ServiceConnections::Given> last;
  for (int i = 0; i < 100; ++i) last = connect(root);
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().status, Status::forbidden);
  EXPECT_LE(keys_of(node).size(), 66u);
  clock.advance(61s);
  EXPECT_TRUE(connect(root));
  EXPECT_LE(keys_of(node).size(), 4u);
}

TEST_F(ServiceConnectionTest, AKeyOfAnApplicationConnectsNoScl) {
  auto key = root_key(1);
  key.identity = "n." + std::string(32, 'b') + ".1";
  key.entity = "applications/a";
  ASSERT_TRUE(add(key, octets_b));
  EXPECT_EQ(connect(key.identity).error().status, Status::forbidden);
}

}  // namespace
}  // namespace nscl::security
