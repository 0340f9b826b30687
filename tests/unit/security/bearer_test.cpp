// SPDX-License-Identifier: Apache-2.0
// Credentials that need no scrypt: tokens, sessions, certificates, keys.
#include <gtest/gtest.h>

#include <nscl/security/credentials.h>
#include <nscl/security/token.h>

#include "fake_store.h"

namespace nscl::security {
namespace {

class Bearer : public testing::Test {
 protected:
  void SetUp() override {
    store.set({.name = "meter", .entity = "applications/meter", .verifier = std::string(no_password), .certificate = "URI:urn:meter"});
    made = make_token();
    made.kept.principal = "meter";
    made.kept.scope = "READ";
    made.kept.networks = "10.0.0.0/8";
    store.set(made.kept);
    credentials = std::make_unique<Credentials>(store, Credentials::Options{.usual = {"", {2, 2}, {}}, .special = {}});
  }
  Credentials::Verdict verify(const std::string& authorization, std::string_view peer = "10.0.0.1") {
    Credentials::Verdict verdict = tl::unexpected(Refusal::missing);
    credentials->verify({authorization, "h", peer}, context, [&](Credentials::Verdict found) { verdict = std::move(found); });
    context.restart();
    context.run();
    return verdict;
  }

  FakeStore store;
  NewToken made;
  boost::asio::io_context context;
  std::unique_ptr<Credentials> credentials;
};

TEST_F(Bearer, TokensStandForTheirPrincipalWithinTheirScope) {
  const auto verdict = verify("Bearer " + made.text);
  ASSERT_TRUE(verdict);
  EXPECT_EQ((*verdict)->principal, "meter");
  EXPECT_EQ((*verdict)->entity, "applications/meter");
  EXPECT_TRUE((*verdict)->is_granted(Flag::read, "x"));
  EXPECT_FALSE((*verdict)->is_granted(Flag::create, "x"));
  EXPECT_EQ(credentials->remembered({"Bearer " + made.text, "h", "10.0.0.1"}), *verdict);
}

// A8
TEST_F(Bearer, TokensAreRefusedFromElsewhereAlsoOnceTheyAreRemembered) {
  EXPECT_FALSE(verify("Bearer " + made.text, "192.0.2.1"));
  ASSERT_TRUE(verify("Bearer " + made.text));
  EXPECT_FALSE(credentials->remembered({"Bearer " + made.text, "h", "192.0.2.1"}));
  EXPECT_FALSE(verify("Bearer " + made.text, "192.0.2.1"));
}

// A8
TEST_F(Bearer, WrongAndOverdueTokensAreRefused) {
  EXPECT_FALSE(verify("Bearer " + made.text + "x"));
  EXPECT_FALSE(verify("Bearer nscl_nobody_secret"));
  EXPECT_FALSE(verify("Bearer "));
  made.kept.not_after = std::chrono::time_point_cast<Time::duration>(std::chrono::system_clock::now());
  store.set(made.kept);
  EXPECT_FALSE(verify("Bearer " + made.text));
}

TEST_F(Bearer, TokensThatChangeAreForgotten) {
  ASSERT_TRUE(verify("Bearer " + made.text));
  credentials->poll_changes();
  EXPECT_TRUE(credentials->remembered({"Bearer " + made.text, "h", "10.0.0.1"}));
  made.kept.digest += "x";
  store.set(made.kept);
  credentials->poll_changes();
  EXPECT_FALSE(credentials->remembered({"Bearer " + made.text, "h", "10.0.0.1"}));
}

TEST_F(Bearer, APrincipalWithoutPasswordHasNone) {
  EXPECT_FALSE(verify("Basic bWV0ZXI6"));      // meter:
  EXPECT_FALSE(verify("Basic bWV0ZXI6IQ=="));  // meter:!
}

TEST_F(Bearer, SessionsStandForWhoOpenedThemUntilItsPasswordIsAnother) {
  const auto requestor = credentials->by_certificate({"URI:urn:meter"});
  const auto field = "Bearer " + credentials->open_session(requestor, "10.0.0.1");
  EXPECT_EQ(credentials->remembered({field, "h", "10.0.0.1"}), requestor);
  EXPECT_FALSE(credentials->remembered({field, "h", "10.0.0.2"}));
  store.set({.name = "other", .entity = "applications/other", .verifier = "x"});
  credentials->poll_changes();
  EXPECT_TRUE(credentials->remembered({field, "h", "10.0.0.1"})) << "another principal changed";
  store.set({.name = "meter", .entity = "applications/meter", .verifier = "another", .certificate = "URI:urn:meter"});
  credentials->poll_changes();
  EXPECT_FALSE(credentials->remembered({field, "h", "10.0.0.1"}));
  EXPECT_FALSE(verify(field));
}

// What ends a token or a key would not end their sessions.
TEST_F(Bearer, TokensAndKeysOpenNoSessions) {
  const auto verdict = verify("Bearer " + made.text);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(credentials->open_session(*verdict, "10.0.0.1"), "");
  EXPECT_EQ(credentials->open_session(credentials->by_key("scls/gw1"), "10.0.0.1"), "");
}

TEST_F(Bearer, CertificatesStandForThePrincipalThatHasTheName) {
  const auto found = credentials->by_certificate({"DNS:x", "URI:urn:meter"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->principal, "meter");
  EXPECT_FALSE(found->grant);
  EXPECT_FALSE(credentials->by_certificate({"urn:meter", "URI:urn:METER", ""}));
  const auto before = credentials->generation();
  store.remove("meter");
  credentials->poll_changes();
  EXPECT_NE(credentials->generation(), before);
  EXPECT_FALSE(credentials->by_certificate({"URI:urn:meter"}));
}

TEST_F(Bearer, KeysStandForTheirEntityWithTheUsualAllowance) {
  const auto found = credentials->by_key("scls/gw1");
  EXPECT_EQ(found->principal, "scls/gw1");
  EXPECT_EQ(found->entity, "scls/gw1");
  EXPECT_FALSE(found->is_operator);
  ASSERT_TRUE(found->allowance);
  EXPECT_EQ(credentials->by_key("scls/gw1")->allowance, found->allowance);
  credentials->set_limits({}, {});
  EXPECT_FALSE(credentials->by_key("scls/gw1")->allowance);
}

}  // namespace
}  // namespace nscl::security
