// SPDX-License-Identifier: Apache-2.0
// What the requests of a listener may claim to come from, by key, certificate or credential (security.md 3.6).
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <nscl/base/bytes.h>
#include <nscl/net/tls.h>

#include "../security/fake_store.h"
#include "identify.h"

namespace nscl::http {
namespace {

class IdentifierTest : public testing::Test {
 protected:
  void SetUp() override {
    store.set({.name = "meter", .entity = "applications/meter", .verifier = security::hash_password("secret", 10), .certificate = "URI:urn:meter"});
    restart({.basic = false, .bearer = false, .certificate = false});
  }
  void restart(Authentication ways) {
    identifier.reset();
    identifier = std::make_unique<Identifier>(credentials, store, audit, ways, [](store::View&, std::string_view uri) { return uri.starts_with("http://gw2.example"); },
                                              [this](std::string_view entity) { return !quarantined.empty() && entity.starts_with(quarantined); });
  }
  void have_key_of(const std::string& entity) {
    auto holder = std::make_shared<net::PskHolder>();
    holder->identity = "id";
    holder->entity = entity;
    peer.psk = holder;
    request.tls = &peer;
  }
  void register_scl(const std::string& id, const std::string& link) {
    model::Resource scl;
    scl.path = "scls/" + id;
    scl.attributes.set("link", link);
    store.set(std::move(scl));
  }
  void claim(std::string_view user, std::string_view from = {}) {
    authorization = user.empty() ? "" : "Basic " + base64_encode(user);
    request.authorization = authorization;
    request.from = from;
  }
  /// The entity of the requestor, or the status of the refusal.
  std::string identify() {
    request.host = "h";
    request.peer = "192.0.2.1";
    if (const auto known = identifier->known(request)) return known->entity;
    std::string result;
    boost::asio::co_spawn(context, identifier->identify(request, policy, form), [&](const std::exception_ptr& problem, Identity found) {
      ASSERT_FALSE(problem);
      is_closed = !found && found.error().close;
      challenges.clear();
      for (const auto& [name, value] : found ? decltype(net::WebResponse::fields){} : found.error().fields) {
        if (name == "WWW-Authenticate") challenges.push_back(value);
      }
      has_challenge = !found && !found.error().fields.empty() && found.error().fields.back().first == "WWW-Authenticate";
      result = found ? (*found)->entity : std::to_string(found.error().status);
    });
    context.restart();
    context.run();
    return result;
  }

  security::FakeStore store;
  security::Credentials credentials{store, {}};
  security::Audit audit{store, system_clock(), security::AuditKey::make(), std::chrono::seconds(0)};
  core::Policy policy;
  ResponseForm form;
  boost::asio::io_context context;
  net::TlsPeer peer;
  net::WebRequest request;
  std::string authorization;
  std::unique_ptr<Identifier> identifier;
  bool is_closed = false, has_challenge = false;
  std::vector<std::string> challenges;
  std::string quarantined;
};

TEST_F(IdentifierTest, T19_AKeyThatIsInUseElsewhereIsRefusedWhereThatIsWanted) {
  have_key_of("scls/gw1");
  std::optional<security::Presence::Stay> elsewhere(std::in_place, credentials.presence(), "id", "192.0.2.9");
  EXPECT_EQ(identify(), "scls/gw1") << "recorded only";
  peer = {};
  restart({.from_one_address = true});
  have_key_of("scls/gw1");
  EXPECT_EQ(identify(), "403");
  EXPECT_TRUE(is_closed);
  peer = {};
  elsewhere.reset();
  have_key_of("scls/gw1");
  EXPECT_EQ(identify(), "scls/gw1");
}

TEST_F(IdentifierTest, NothingIsTakenFromWhoIsQuarantined) {
  store.set({.name = "gw1", .entity = "scls/gw1", .verifier = security::hash_password("secret", 10)});
  register_scl("gw1", "http://gw1.example/m2m");
  have_key_of("scls/gw1");
  EXPECT_EQ(identify(), "scls/gw1");
  quarantined = "scls/gw1";
  EXPECT_EQ(identify(), "403") << "though it was known before";
  claim("", "http://gw1.example/m2m/applications/a");
  EXPECT_EQ(identify(), "403");
  request.tls = nullptr;
  restart({});
  claim("gw1:secret");
  EXPECT_EQ(identify(), "403");
  claim("gw1:secret", "http://gw1.example/m2m/applications/a");
  EXPECT_EQ(identify(), "403");
  claim("meter:secret");
  EXPECT_EQ(identify(), "applications/meter");
  quarantined.clear();
  claim("gw1:secret");
  EXPECT_EQ(identify(), "scls/gw1");
}

TEST_F(IdentifierTest, AKeyIsItsEntityWhereNothingIsClaimed) {
  have_key_of("scls/gw1");
  EXPECT_EQ(identify(), "scls/gw1");
  claim("admin:admin");   // OM2M's text names no entity
  EXPECT_EQ(identify(), "scls/gw1");
}

TEST_F(IdentifierTest, AKeyCoversItsSclAndWhatLiesAtOrBelowItsLink) {
  have_key_of("scls/gw1");
  register_scl("gw1", "http://gw1.example/m2m");
  for (const auto& [from, entity] : {std::pair{"http://h/m2m/scls/gw1", "scls/gw1"}, {"http://gw1.example/m2m", "scls/gw1"},
                                     {"http://gw1.example/m2m/applications/a", "http://gw1.example/m2m/applications/a"},
                                     {"/m2m/scls/gw1/applications/a", "scls/gw1/applications/a"}}) {
    claim("", from);
    EXPECT_EQ(identify(), entity) << from;
    const std::string quoted = std::string(from) == "/m2m/scls/gw1/applications/a" ? "%2Fm2m%2Fscls%2Fgw1%2Fapplications%2Fa:" : std::string(from) + ":";
    claim(quoted);
    EXPECT_EQ(identify(), entity) << quoted;
  }
}

// A3
TEST_F(IdentifierTest, AKeyCoversNobodyElseAndTheThirdSuchClaimEndsTheConnection) {
  have_key_of("scls/gw1");
  register_scl("gw1", "http://gw1.example/m2m");
  register_scl("gw2", "http://gw2.example/m2m");
  const char* foreign[] = {"http://h/m2m/scls/gw2", "http://gw2.example/m2m/applications/a", "http://h/m2m"};
  for (int i = 0; i < 3; ++i) {
    claim("", foreign[i]);
    EXPECT_EQ(identify(), "401") << foreign[i];
    EXPECT_EQ(is_closed, i == 2) << i;
    EXPECT_FALSE(has_challenge);
  }
  for (const char* from : {"http://h/m2m/scls/gw1%2f..%2fgw2", "HTTP://H./m2m/scls/gw2", "/m2m/scls/gw1/../gw2", "http://gw1.example.evil/m2m",
                           "http://gw1.example/m2mx", "/m2m/applications/a"}) {
    claim("", from);
    EXPECT_EQ(identify(), "401") << from;
    claim(std::string(from) + ":");
    EXPECT_EQ(identify(), "401") << from;
  }
  claim("http://gw1.example/m2m:", "http://gw2.example/m2m");
  EXPECT_EQ(identify(), "401") << "each claim must be covered";
}

TEST_F(IdentifierTest, AnSclThatIsNotRegisteredIsBelievedTheUriItCallsItselfUnlessItIsAnothers) {
  have_key_of("scls/gw1");
  claim("", "http://gw1.example/m2m");
  EXPECT_EQ(identify(), "scls/gw1");
  claim("", "http://gw2.example/m2m/applications/a");
  EXPECT_EQ(identify(), "401");
  have_key_of("applications/a");
  peer.attachment.reset();
  claim("", "http://gw1.example/m2m");
  EXPECT_EQ(identify(), "401");
}

TEST_F(IdentifierTest, ACertificateIsThePrincipalThatHasItsName) {
  restart({});
  peer.names = {"DNS:meter.example", "URI:urn:meter"};
  request.tls = &peer;
  EXPECT_EQ(identify(), "applications/meter");
  store.remove("meter");
  credentials.poll_changes();
  EXPECT_EQ(identify(), "401");
  EXPECT_TRUE(has_challenge);
}

TEST_F(IdentifierTest, ACertificateSaysNothingWhereItIsNotAdmittedOrACredentialIsShown) {
  peer.names = {"URI:urn:meter"};
  request.tls = &peer;
  EXPECT_EQ(identify(), "401");
  restart({});
  claim("meter:wrong");
  EXPECT_EQ(identify(), "401");
}

TEST_F(IdentifierTest, OnlyTheAdmittedWaysAreJudged) {
  claim("meter:secret");
  EXPECT_EQ(identify(), "401");
  EXPECT_FALSE(has_challenge);
  restart({.basic = true, .bearer = false, .certificate = false});
  EXPECT_EQ(identify(), "applications/meter");
  EXPECT_EQ(identify(), "applications/meter") << "remembered";
  restart({.basic = false, .bearer = true, .certificate = true});
  EXPECT_EQ(identify(), "401") << "remembered, and not admitted";
}

TEST_F(IdentifierTest, AsksForDigestBeforeBasicWhereItIsAdmitted) {
  restart({.digest = true});
  EXPECT_EQ(identify(), "401");
  ASSERT_EQ(challenges.size(), 2u);
  EXPECT_EQ(challenges[0].substr(0, 13), "Digest realm=");
  EXPECT_EQ(challenges[1].substr(0, 12), "Basic realm=");
  authorization = "Digest username=\"meter\"";
  request.authorization = authorization;
  EXPECT_EQ(identify(), "401");
}

TEST_F(IdentifierTest, WhatWasFoundOutWithTheHeadHoldsForTheRequest) {
  restart({.digest = true});
  request.admitted = std::make_shared<const security::Requestor>(security::Requestor{"meter", "applications/meter"});
  EXPECT_EQ(identify(), "applications/meter");
}

TEST_F(IdentifierTest, SignaturesNeedTheBodyWhereTheyAreAdmitted) {
  authorization = "NSCL-HMAC id=i,ts=1,nonce=0123456789abcdef,mac=" + std::string(64, '0');
  request.authorization = authorization;
  restart({.hmac = false});
  EXPECT_FALSE(identifier->depends_on_body(request));
  restart({});
  EXPECT_TRUE(identifier->depends_on_body(request));
  EXPECT_EQ(identify(), "401") << "nobody has such a key";
  request.authorization = std::string_view(authorization).substr(0, 30);
  EXPECT_FALSE(identifier->depends_on_body(request)) << "malformed: refused before the body is read";
  EXPECT_EQ(identify(), "401");
}

}  // namespace
}  // namespace nscl::http
