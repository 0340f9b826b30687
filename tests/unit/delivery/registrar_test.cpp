// SPDX-License-Identifier: Apache-2.0
// Registration of this SCL at another (docs/delivery.md, Other NSCLs), on a clock that the test turns.
#include "delivery_fixture.h"

namespace nscl::delivery {
namespace {

using model::Verb;

class Registering : public DeliveryFixture {
 protected:
  Registering() {
    set_base_uri("http://here.example:8080");
    outside_.answer = [this](const OutgoingRequest& request) { return peer_.answer(request); };
  }

  static Options with_peer(bool registers) {
    Options options;
    options.peers.push_back({.id = "b", .own_id = "own", .credential = "us:secret", .registers = registers, .uri = peer_base, .lifetime = 7200s});
    return options;
  }

  const Texts registration_{"UPDATE /scls/own", "CREATE /scls", "UPDATE /scls/own/m2mPocs/m2mPoc1", "CREATE /scls/own/m2mPocs", "RETRIEVE "};
  const Texts refresh_{"UPDATE /scls/own", "UPDATE /scls/own/m2mPocs/m2mPoc1", "RETRIEVE "};
  ScriptedPeer peer_{clock_};
};

TEST_F(Registering, ARegistrationIsMadeInTheOrderOfAGatewaysAndThePeerStandsHereThen) {
  use(with_peer(true));
  for (const auto& one : outside_.sent) EXPECT_EQ(one.request.credential, "us:secret");
  EXPECT_EQ(steps(peer_base), registration_);
  const auto scl = send(request(Verb::retrieve, "scls/b"));
  ASSERT_EQ(scl.status, Status::ok);
  for (const auto* part : {"of/b", "link>http://b.example:8080/m2m<", "reference>http://b.example:8080/m2m<", "2026-01-05T12:00:00Z"}) {
    EXPECT_NE(scl.content->find(part), std::string::npos) << part << " in " << *scl.content;
  }
}

TEST_F(Registering, ARegistrationIsRefreshedWhenHalfOfItsTimeIsOver) {
  peer_.life = 1000s;
  use(with_peer(true));
  steps(peer_base);
  for (int i = 0; i < 3; ++i) {
    advance(498s);   // the peer counts in whole seconds
    EXPECT_TRUE(outside_.sent.empty());
    advance(2s);
    EXPECT_EQ(steps(peer_base), refresh_);
  }
  EXPECT_EQ(status_at("scls/b"), Status::ok);   // its time has been prolonged here, too
}

TEST_F(Registering, ARegistrationIsRefreshedEveryHalfHourHoweverLongItLives) {
  use(with_peer(true));
  steps(peer_base);
  advance(1799s);
  EXPECT_TRUE(outside_.sent.empty());
  advance(1s);
  EXPECT_EQ(steps(peer_base), refresh_);
}

TEST_F(Registering, ARegistrationThatFailsIsTriedAgainWithTwiceThePause) {
  peer_.is_away = true;
  use(with_peer(true));
  for (const auto pause : {10s, 20s, 40s}) expect_next_after(pause, peer_base + "/scls/own");
  EXPECT_EQ(status_at("scls/b"), Status::not_found);
  steps(peer_base);
  peer_.is_away = false;
  advance(79s);
  EXPECT_TRUE(outside_.sent.empty());
  advance(1s);
  EXPECT_EQ(steps(peer_base), registration_);
  EXPECT_EQ(status_at("scls/b"), Status::ok);
  peer_.is_away = true;
  advance(1800s);
  steps(peer_base);
  expect_next_after(10s, peer_base + "/scls/own");   // the pauses begin anew after a success
}

TEST_F(Registering, APeerThatForgotThisSclIsRegisteredAtAnewAndLosesWhatItHadHere) {
  use(with_peer(true));
  make("scls/b/applications", "<applicationAnnc id=\"xAnnc\"><link>http://b.example:8080/m2m/applications/x</link><searchStrings/></applicationAnnc>");
  steps(peer_base);
  peer_.knows_us = peer_.knows_poc = false;
  advance(1800s);
  EXPECT_EQ(steps(peer_base), registration_);
  EXPECT_EQ(status_at("scls/b"), Status::ok);
  EXPECT_EQ(status_at("scls/b/applications/xAnnc"), Status::not_found);
}

TEST_F(Registering, ANsclThatMovedIsRegisteredAtAnewAndTheOldOneIsForgotten) {
  use(with_peer(true));
  make("scls/b/applications", "<applicationAnnc id=\"xAnnc\"><link>" + peer_base + "/applications/x</link><searchStrings/></applicationAnnc>");
  peer_.knows_us = peer_.knows_poc = false;
  auto moved = with_peer(true);
  moved.peers.front().uri = "http://elsewhere.example/m2m";
  outside_.sent.clear();
  outside_.answer = [this](OutgoingRequest asked) {
    asked.uri.replace(0, std::string("http://elsewhere.example/m2m").size(), peer_base);
    return peer_.answer(asked);
  };
  use(std::move(moved));
  EXPECT_EQ(steps("http://elsewhere.example/m2m"), registration_);
  EXPECT_NE(send(request(Verb::retrieve, "scls/b")).content->find("link>http://elsewhere.example/m2m<"), std::string::npos);
  EXPECT_EQ(status_at("scls/b/applications/xAnnc"), Status::not_found);
}

TEST_F(Registering, AnNsclThatIsToRegisterNoMoreDeregisters) {
  use(with_peer(true));
  steps(peer_base);
  peer_.is_away = true;
  use(with_peer(false));
  EXPECT_EQ(steps(peer_base), (Texts{"DELETE /scls/own"}));
  EXPECT_EQ(status_at("scls/b"), Status::ok);   // it is not done yet
  peer_.is_away = false;
  advance(10s);
  EXPECT_EQ(steps(peer_base), (Texts{"DELETE /scls/own"}));
  EXPECT_EQ(status_at("scls/b"), Status::not_found);
  advance(24h);
  EXPECT_TRUE(outside_.sent.empty());
}

}  // namespace
}  // namespace nscl::delivery
