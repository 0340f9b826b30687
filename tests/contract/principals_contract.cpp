// SPDX-License-Identifier: Apache-2.0
// Principals and facts.
#include "store_contract.h"

namespace nscl::store::contract {
namespace {

TEST_P(StoreContract, KeepsPrincipals) {
  change([](Transaction& t) {
    t.put_principal({"gw", "scls/gw", "hash", false});
    t.put_principal({"admin", "admin", "", true});
    EXPECT_EQ(t.find_principal("gw")->entity, "scls/gw");
  });
  change([](Transaction& t) { t.put_principal({"gw", "scls/gw2", "hash2", false}); });
  reopen();
  look([](View& view) {
    const auto all = view.principals();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].name, "admin");
    EXPECT_TRUE(all[0].is_operator);
    EXPECT_EQ(all[1].entity, "scls/gw2");
    EXPECT_EQ(all[1].verifier, "hash2");
    EXPECT_FALSE(all[1].is_operator);
    EXPECT_FALSE(view.find_principal("GW"));
  });
  change([](Transaction& t) {
    EXPECT_TRUE(t.erase_principal("gw"));
    EXPECT_FALSE(t.erase_principal("gw"));
  });
  look([](View& view) { EXPECT_FALSE(view.find_principal("gw")); });
}

TEST_P(StoreContract, KeepsWhatDigestIsJudgedBy) {
  const std::string wrapped("\0wrapped\xff", 9);
  change([&](Transaction& t) { t.put_principal({.name = "gw", .entity = "scls/gw", .verifier = "hash", .digest_key = "k1", .digest = wrapped}); });
  reopen();
  look([&](View& view) {
    EXPECT_EQ(view.find_principal("gw")->digest_key, "k1");
    EXPECT_EQ(view.find_principal("gw")->digest, wrapped);
  });
  change([](Transaction& t) { t.put_principal({.name = "gw", .entity = "scls/gw", .verifier = "hash2"}); });
  look([](View& view) { EXPECT_EQ(view.find_principal("gw")->digest, ""); });
}

TEST_P(StoreContract, CountsChangesOfPrincipals) {
  const auto version = [&] {
    std::string text;
    look([&](View& view) { text = view.fact("principals_version").value_or("none"); });
    return text;
  };
  const auto at_first = version();
  change([](Transaction& t) { t.put_principal({"a", "a", "", false}); });
  const auto after_put = version();
  EXPECT_NE(after_put, at_first);
  change([](Transaction& t) { t.erase_principal("a"); });
  const auto after_erase = version();
  EXPECT_NE(after_erase, after_put);
  change([](Transaction& t) { t.erase_principal("nobody"); });
  EXPECT_EQ(version(), after_erase);
}

TEST_P(StoreContract, KeepsFacts) {
  look([](View& view) { EXPECT_FALSE(view.fact("f")); });
  change([](Transaction& t) { t.put_fact("f", "1"); });
  change([](Transaction& t) {
    EXPECT_EQ(t.fact("f"), "1");
    t.put_fact("f", "");
  });
  reopen();
  look([](View& view) { EXPECT_EQ(view.fact("f"), ""); });
}

}  // namespace
}  // namespace nscl::store::contract
