// SPDX-License-Identifier: Apache-2.0
// Keys, tokens and the certificates of principals.
#include "store_contract.h"

namespace nscl::store::contract {
namespace {

Key key(std::string identity, std::string node = {}, std::uint64_t index = 0) {
  Key made;
  made.identity = std::move(identity);
  made.node = std::move(node);
  made.index = index;
  made.entity = "scls/gw1";
  made.derivation = "NSCL-1";
  made.wrap_key = "1";
  made.wrapped = std::string("\0wrapped\xff", 9);
  return made;
}

TEST_P(StoreContract, KeepsKeysAsTheyAre) {
  auto whole = key("n.a0.1", "a0", 7);
  whole.kind = KeyKind::root;
  whole.state = KeyState::pending;
  whole.environment = "tee";
  whole.generation = 3;
  whole.not_before = Time{std::chrono::seconds{1'000}};
  whole.not_after = Time{std::chrono::seconds{2'000}};
  change([&](Transaction& t) { t.put_key(whole); });
  reopen();
  look([&](View& view) {
    const auto found = view.find_key("n.a0.1");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->kind, KeyKind::root);
    EXPECT_EQ(found->state, KeyState::pending);
    EXPECT_EQ(found->node, "a0");
    EXPECT_EQ(found->entity, "scls/gw1");
    EXPECT_EQ(found->environment, "tee");
    EXPECT_EQ(found->derivation, "NSCL-1");
    EXPECT_EQ(found->index, 7u);
    EXPECT_EQ(found->generation, 3u);
    EXPECT_EQ(found->not_before, whole.not_before);
    EXPECT_EQ(found->not_after, whole.not_after);
    EXPECT_EQ(found->wrap_key, "1");
    EXPECT_EQ(found->wrapped, whole.wrapped);
    EXPECT_FALSE(view.find_key("N.A0.1"));
  });
  change([](Transaction& t) {
    EXPECT_TRUE(t.erase_key("n.a0.1"));
    EXPECT_FALSE(t.erase_key("n.a0.1"));
  });
  look([](View& view) { EXPECT_FALSE(view.find_key("n.a0.1")); });
}

TEST_P(StoreContract, ListsKeysInPiecesAndByNode) {
  change([](Transaction& t) {
    for (const char* identity : {"b", "a", "c"}) t.put_key(key(identity));
    t.put_key(key("n1", "node", 1));
    t.put_key(key("n2", "node", 2));
  });
  look([](View& view) {
    const auto first = view.keys("", 2), rest = view.keys("b", 10);
    ASSERT_EQ(first.size(), 2u);
    EXPECT_EQ(first[0].identity, "a");
    EXPECT_EQ(first[1].identity, "b");
    ASSERT_EQ(rest.size(), 3u);
    EXPECT_EQ(rest[0].identity, "c");
    const auto of_node = view.keys_of_node("node");
    ASSERT_EQ(of_node.size(), 2u);
    EXPECT_EQ(of_node[0].index, 2u);
    EXPECT_TRUE(view.keys_of_node("").empty());
  });
}

TEST_P(StoreContract, TellsWhichKeysChanged) {
  change([](Transaction& t) {
    t.put_key(key("a"));
    t.put_key(key("b"));
  });
  std::uint64_t seen = 0;
  look([&](View& view) {
    const auto all = view.keys_changed_after(0, 10);
    ASSERT_EQ(all.size(), 2u);
    seen = all.back().change;
    EXPECT_EQ(view.last_key_change(), seen);
    EXPECT_TRUE(view.keys_changed_after(seen, 10).empty());
  });
  change([](Transaction& t) {
    auto revoked = *t.find_key("a");
    revoked.state = KeyState::revoked;
    t.put_key(revoked);
  });
  look([&](View& view) {
    const auto changed = view.keys_changed_after(seen, 10);
    ASSERT_EQ(changed.size(), 1u);
    EXPECT_EQ(changed[0].identity, "a");
    EXPECT_EQ(changed[0].state, KeyState::revoked);
  });
}

TEST_P(StoreContract, FindsKeysWhoseTimeIsOver) {
  const auto at = [](int seconds) { return Time{std::chrono::seconds{seconds}}; };
  change([&](Transaction& t) {
    auto retiring = key("old");
    retiring.state = KeyState::retiring;
    retiring.not_after = at(100);
    t.put_key(retiring);
    retiring.identity = "older";
    retiring.not_after = at(50);
    t.put_key(retiring);
    t.put_key(key("eternal"));
  });
  look([&](View& view) {
    EXPECT_TRUE(view.keys_over(KeyState::retiring, at(49), 10).empty());
    const auto over = view.keys_over(KeyState::retiring, at(100), 10);
    ASSERT_EQ(over.size(), 2u);
    EXPECT_EQ(over[0].identity, "older");
    EXPECT_TRUE(view.keys_over(KeyState::active, never, 10).empty());
  });
}

TEST_P(StoreContract, FindsKeysThatPendForLong) {
  const auto at = [](int seconds) { return Time{std::chrono::seconds{seconds}}; };
  change([&](Transaction& t) {
    auto pending = key("newer");
    pending.state = KeyState::pending;
    pending.not_before = at(100);
    t.put_key(pending);
    pending.identity = "older";
    pending.not_before = at(50);
    t.put_key(pending);
    t.put_key(key("used"));
  });
  look([&](View& view) {
    EXPECT_TRUE(view.keys_pending_since(at(49), 10).empty());
    const auto found = view.keys_pending_since(at(100), 10);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].identity, "older");
    EXPECT_EQ(view.keys_pending_since(at(100), 1).size(), 1u);
  });
}

TEST_P(StoreContract, KeepsTokensAndCountsThemAsPrincipals) {
  const auto version = [&] {
    std::string text;
    look([&](View& view) { text = view.fact("principals_version").value_or("none"); });
    return text;
  };
  const auto before = version();
  const Token token{"id", "metering", std::string("\0\xff", 2), "READ /m2m", "10.0.0.0/8", Time{std::chrono::seconds{5}}, never, "of the reader"};
  change([&](Transaction& t) { t.put_token(token); });
  EXPECT_NE(version(), before);
  reopen();
  look([&](View& view) {
    const auto found = view.find_token("id");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->principal, "metering");
    EXPECT_EQ(found->digest, token.digest);
    EXPECT_EQ(found->scope, token.scope);
    EXPECT_EQ(found->networks, token.networks);
    EXPECT_EQ(found->created, token.created);
    EXPECT_EQ(found->not_after, never);
    EXPECT_EQ(found->name, token.name);
    EXPECT_EQ(view.tokens().size(), 1u);
  });
  const auto with_token = version();
  change([](Transaction& t) {
    EXPECT_TRUE(t.erase_token("id"));
    EXPECT_FALSE(t.erase_token("id"));
  });
  EXPECT_NE(version(), with_token);
}

TEST_P(StoreContract, ErasesTheTokensOfAPrincipalWithIt) {
  change([](Transaction& t) {
    t.put_principal({"metering", "applications/metering", "", false});
    t.put_token({.id = "1", .principal = "metering"});
    t.put_token({.id = "2", .principal = "other"});
  });
  change([](Transaction& t) { t.erase_principal("metering"); });
  look([](View& view) {
    EXPECT_FALSE(view.find_token("1"));
    EXPECT_TRUE(view.find_token("2"));
  });
}

TEST_P(StoreContract, FindsPrincipalsByCertificateAndGivesNoNameToTwo) {
  change([](Transaction& t) { t.put_principal({"meter", "applications/meter", "", false, "URI:urn:meter"}); });
  change([](Transaction& t) { t.put_principal({"meter", "applications/meter2", "", false, "URI:urn:meter"}); });
  look([](View& view) {
    EXPECT_EQ(view.find_principal_by_certificate("URI:urn:meter")->entity, "applications/meter2");
    EXPECT_FALSE(view.find_principal_by_certificate("URI:urn:METER"));
    EXPECT_FALSE(view.find_principal_by_certificate(""));
  });
  EXPECT_FALSE(try_change([](Transaction& t) -> Result<void> {
    t.put_principal({"thief", "applications/thief", "", false, "URI:urn:meter"});
    return {};
  }));
  look([](View& view) { EXPECT_EQ(view.find_principal_by_certificate("URI:urn:meter")->name, "meter"); });
}

}  // namespace
}  // namespace nscl::store::contract
