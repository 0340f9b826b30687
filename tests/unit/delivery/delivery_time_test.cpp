// SPDX-License-Identifier: Apache-2.0
// What delivery promises about time (docs/delivery.md), shown by a clock that the test turns.
#include "delivery_fixture.h"

namespace nscl::delivery {
namespace {

using model::Verb;

using DeliveryTime = DeliveryFixture;

// ---- notifications

TEST_F(DeliveryTime, AFailedNotificationIsTriedAgainAfterTwiceTheTimeUpToABound) {
  make_container("c");
  answer_all(Status::service_unavailable);
  subscribe("containers/c", "s", receiver);
  for (const auto pause : {10s, 20s, 40s, 80s, 160s, 320s, 600s, 600s}) expect_next_after(pause);
  EXPECT_EQ(times_at(receiver), (Seconds{0, 10, 30, 70, 150, 310, 630, 1230, 1830}));
}

TEST_F(DeliveryTime, ASuccessEndsTheRowOfFailures) {
  make_container("c");
  answer_all(Status::service_unavailable);
  subscribe("containers/c", "s", receiver);
  for (const auto pause : {10s, 20s}) expect_next_after(pause);
  outside_.answer = {};
  expect_next_after(40s);
  advance(3600s);
  EXPECT_EQ(sent_to(receiver).size(), 4u);   // it was told
  answer_all(Status::service_unavailable);
  touch_container("c", "x");
  EXPECT_EQ(sent_to(receiver).size(), 5u);
  expect_next_after(10s);
}

TEST_F(DeliveryTime, RetryAfterIsObeyedWhereItIsLonger) {
  make_container("c");
  answer_all(Status::service_unavailable, 25);
  subscribe("containers/c", "s", receiver);
  expect_next_after(25s);
  expect_next_after(25s);
  expect_next_after(40s);
}

TEST_F(DeliveryTime, AReceiverThatFailedTenTimesAndForTheTimeToGiveUpLosesItsSubscription) {
  make_container("c");
  answer_all(Status::service_unavailable);
  subscribe("containers/c", "s", receiver);
  for (const auto pause : {10s, 20s, 40s, 80s, 160s, 320s, 600s, 600s, 600s, 600s}) expect_next_after(pause);
  EXPECT_EQ(times_at(receiver).back(), 3030);   // the eleventh failure, and the hour is not over
  EXPECT_EQ(status_at("containers/c/subscriptions/s"), Status::ok);
  expect_next_after(600s);
  EXPECT_EQ(status_at("containers/c/subscriptions/s"), Status::not_found);
  touch_container("c", "x");
  advance(3600s);
  EXPECT_EQ(sent_to(receiver).size(), 12u);
}

TEST_F(DeliveryTime, AReceiverIsNotGivenUpBeforeItFailedTenTimes) {
  use({.give_up = 60s});
  make_container("c");
  answer_all(Status::service_unavailable);
  subscribe("containers/c", "s", receiver);
  for (const auto pause : {10s, 20s, 40s, 80s, 160s, 320s, 600s, 600s}) expect_next_after(pause);
  EXPECT_EQ(sent_to(receiver).size(), 9u);
  EXPECT_EQ(status_at("containers/c/subscriptions/s"), Status::ok);
  expect_next_after(600s);
  EXPECT_EQ(status_at("containers/c/subscriptions/s"), Status::not_found);
}

TEST_F(DeliveryTime, ChangesInThePauseOfASubscriptionAreToldTogetherAfterIt) {
  make_container("c");
  const auto add = [this](const std::string& id) {
    make("containers/c/contentInstances", "<contentInstance id=\"" + id + "\"><content contentType=\"text/plain\"><textContent>x</textContent></content></contentInstance>");
  };
  subscribe("containers/c/contentInstances", "s", receiver, "<minimalTimeBetweenNotifications>5000</minimalTimeBetweenNotifications>");
  EXPECT_TRUE(outside_.sent.empty());   // there is no instance yet
  add("one");
  EXPECT_EQ(sent_to(receiver).size(), 1u);
  advance(1s);
  add("two");
  advance(2s);
  add("three");
  advance(1s);
  EXPECT_EQ(sent_to(receiver).size(), 1u);
  advance(1s);
  ASSERT_EQ(times_at(receiver), (Seconds{0, 5}));
  const auto text = told(sent_to(receiver)[1].content).text;
  const auto holds = [&text](const std::string& id) { return text.find("contentInstance m2m:id=\"" + id + "\"") != text.npos; };
  EXPECT_FALSE(holds("one")) << text;   // told before
  EXPECT_TRUE(holds("two") && holds("three")) << text;
  advance(60s);
  EXPECT_EQ(sent_to(receiver).size(), 2u);
}

TEST_F(DeliveryTime, NothingIsSentWhileItsArrivalCouldNotBeWritten) {
  make_container("c");
  subscribe("containers/c", "s", receiver);
  ASSERT_EQ(sent_to(receiver).size(), 1u);
  store_->is_sick = true;
  touch_container("c", "x");
  advance(600s);
  EXPECT_EQ(sent_to(receiver).size(), 1u);
  store_->is_sick = false;
  advance(1s);
  EXPECT_EQ(sent_to(receiver).size(), 2u);
}

TEST_F(DeliveryTime, AReceiverThatRefusesLosesItsSubscriptionAtOnce) {
  make_container("c");
  for (const auto status : {Status::bad_request, Status::permission_denied, Status::forbidden, Status::not_found, Status::method_not_allowed, Status::not_acceptable,
                            Status::conflict, Status::deleted, Status::unsupported_media_type, Status::precondition_failed}) {
    outside_.sent.clear();
    answer_all(status);
    subscribe("containers/c", "s", receiver);
    EXPECT_EQ(sent_to(receiver).size(), 1u) << name_of(status);
    EXPECT_EQ(status_at("containers/c/subscriptions/s"), Status::not_found) << name_of(status);
    touch_container("c", std::string(name_of(status)));
    advance(3600s);
    EXPECT_EQ(sent_to(receiver).size(), 1u) << name_of(status);
  }
}

TEST_F(DeliveryTime, AReceiverThatTimesOutOrCannotBeReachedDoesNotRefuse) {
  make_container("c");
  outside_.answer = [](const OutgoingRequest& request) -> OutgoingResult {
    if (request.uri == receiver) return answer_with(Status::request_timeout);
    return unreachable();
  };
  subscribe("containers/c", "s", receiver);
  subscribe("containers/c", "t", "http://nobody.example/told");
  expect_next_after(10s);
  expect_next_after(20s);
  EXPECT_EQ(times_at("http://nobody.example/told"), (Seconds{0, 10, 30}));
}

TEST_F(DeliveryTime, TheEndOfASubscriptionsTimeIsToldOnce) {
  make_container("c");
  subscribe("containers/c", "s", receiver, "<expirationTime>" + iso(start_of_test + 120s) + "</expirationTime>");
  advance(119s);
  EXPECT_EQ(statuses_at(receiver), (Texts{"STATUS_OK"}));
  advance(1s);
  EXPECT_EQ(statuses_at(receiver), (Texts{"STATUS_OK", "STATUS_EXPIRED"}));
  EXPECT_EQ(status_at("containers/c/subscriptions/s"), Status::not_found);
  touch_container("c", "x");
  advance(3600s);
  EXPECT_EQ(sent_to(receiver).size(), 2u);
}

// ---- requests for sleeping SCLs

const std::string asker = "http://asker.example/answers";
const std::string target = "http://gw.example/m2m/applications/a";

class Sleeping : public DeliveryFixture {
 protected:
  /// Asks the SCL `gw` for something that may take so long.
  Status ask(const std::string& correlation_id, std::chrono::seconds tolerance, const std::string& uri = target) {
    auto made = request_elsewhere(Verb::retrieve, uri);
    made.delivery.correlation_id = correlation_id;
    made.delivery.contact_uri = asker;
    made.delivery.deadline = clock_.now() + tolerance;
    const auto status = send(std::move(made)).status;
    settle();
    return status;
  }

  /// What the asker was told: "<correlationID> <status>".
  Texts answers() const {
    Texts all;
    for (const auto& one : sent_to(asker)) all.push_back(one.request.correlation_id + " " + told(one.content).status);
    return all;
  }
};

TEST_F(Sleeping, ARequestForAnSclThatSleepsLeavesWhenItWakesAndIsAnsweredThen) {
  make_scl("gw", "OFFLINE");
  EXPECT_EQ(ask("r1", 3600s), Status::accepted);
  advance(600s);
  EXPECT_TRUE(outside_.sent.empty());
  outside_.answer = [](const OutgoingRequest& request) -> OutgoingResult { return answer_with(Status::ok, request.uri == target ? "<made/>" : ""); };
  set_reach("gw", "ONLINE");
  ASSERT_EQ(times_at(target), (Seconds{600}));
  EXPECT_EQ(sent_to(target)[0].request.correlation_id, "r1");
  EXPECT_EQ(answers(), (Texts{"r1 STATUS_OK"}));
  EXPECT_EQ(told(sent_to(asker)[0].content).text, "<made/>");
  advance(4000s);
  EXPECT_EQ(outside_.sent.size(), 2u);
}

TEST_F(Sleeping, ARequestWhoseToleranceEndsFirstIsAnsweredThenAndNotSentAfterIt) {
  make_scl("gw", "OFFLINE");
  outside_.answer = [](const OutgoingRequest& request) -> OutgoingResult {
    if (request.uri.starts_with("http://gw.example")) return unreachable();
    return answer_with(Status::ok);
  };
  EXPECT_EQ(ask("short", 100s), Status::accepted);
  EXPECT_EQ(ask("long", 1000s, "http://gw.example/m2m/applications/b"), Status::accepted);
  advance(94s);
  EXPECT_TRUE(outside_.sent.empty());
  advance(1s);
  EXPECT_EQ(times_at(target), (Seconds{95}));   // the last chance, whatever is known of the SCL
  advance(4s);
  EXPECT_TRUE(answers().empty());
  advance(1s);
  EXPECT_EQ(answers(), (Texts{"short STATUS_GATEWAY_TIMEOUT"}));
  outside_.answer = {};
  set_reach("gw", "ONLINE");
  advance(3600s);
  EXPECT_EQ(times_at(target), (Seconds{95}));
  EXPECT_EQ(times_at("http://gw.example/m2m/applications/b"), (Seconds{100}));
  EXPECT_EQ(answers(), (Texts{"short STATUS_GATEWAY_TIMEOUT", "long STATUS_OK"}));
}

TEST_F(Sleeping, ARequestLeavesWhenTheScheduleOfItsSclOpensAndNotAMinuteBefore) {
  make_scl("gw", "ONLINE", "<schedule><scheduleString id=\"s\">0-59 12 * * *</scheduleString></schedule>");
  EXPECT_EQ(ask("noon", 8h), Status::accepted);
  advance_to(start_of_test + 1h + 59min);
  EXPECT_TRUE(outside_.sent.empty());
  advance(59s);
  EXPECT_TRUE(outside_.sent.empty());
  advance(1s);
  EXPECT_EQ(times_at(target), (Seconds{7200}));
  EXPECT_EQ(answers(), (Texts{"noon STATUS_OK"}));
}

TEST_F(Sleeping, RequestsForAnSclThatExpiresAreAnsweredNotFound) {
  make_scl("gw", "OFFLINE", "<expirationTime>" + iso(start_of_test + 300s) + "</expirationTime>");
  EXPECT_EQ(ask("r1", 3600s), Status::accepted);
  EXPECT_EQ(ask("r2", 3600s, "http://gw.example/m2m/applications/b"), Status::accepted);
  advance(299s);
  EXPECT_TRUE(outside_.sent.empty());
  advance(1s);
  EXPECT_EQ(answers(), (Texts{"r1 STATUS_NOT_FOUND", "r2 STATUS_NOT_FOUND"}));
  advance(3600s);
  EXPECT_EQ(outside_.sent.size(), 2u);
}

// ---- announcements

const std::string annc_collection = "http://b.example/m2m/scls/nscl/applications";
const std::string annc = annc_collection + "/aAnnc";

class Announcing : public DeliveryFixture {
 protected:
  void announce_application() {
    make_scl("b", "ONLINE");
    outside_.sent.clear();
    make("applications", "<application appId=\"a\"><announceTo><sclList><reference>http://b.example/m2m</reference></sclList></announceTo></application>");
  }

  /// The target takes announcements, and lets each of them live for so long.
  void take_for(std::chrono::seconds life) {
    outside_.answer = [this, life](const OutgoingRequest& request) -> OutgoingResult {
      const auto body = "<applicationAnnc id=\"aAnnc\"><link>http://here.example:8080/m2m/applications/a</link><searchStrings/><expirationTime>" + iso(clock_.now() + life) +
                        "</expirationTime></applicationAnnc>";
      const bool is_new = request.verb == Verb::create;
      auto answer = answer_with(is_new ? Status::created : Status::ok, body);
      if (is_new) answer.location = annc;
      return answer;
    };
  }
};

TEST_F(Announcing, AnAnnouncementIsOfferedAgainUntilItsTargetTakesIt) {
  answer_all(Status::service_unavailable);
  announce_application();
  for (const auto pause : {10s, 20s, 40s, 80s, 160s, 320s, 600s, 600s}) expect_next_after(pause, annc_collection);
  outside_.answer = {};
  expect_next_after(600s, annc_collection);
  for (const auto& one : outside_.sent) EXPECT_EQ(one.request.verb, Verb::create);
  EXPECT_NE(outside_.sent.back().content.find("http://here.example:8080/m2m/applications/a<"), std::string::npos) << outside_.sent.back().content;
  advance(3600s);
  EXPECT_EQ(outside_.sent.size(), 10u);
}

TEST_F(Announcing, ATargetThatCannotBeReachedIsCalledAgainAfterItsRestAndAtOnceWhenItComesBack) {
  outside_.answer = [](const OutgoingRequest&) -> OutgoingResult { return unreachable(); };
  announce_application();
  for (const auto pause : {10s, 20s, 40s, 80s, 160s}) advance(pause);
  EXPECT_EQ(times_at(annc_collection), (Seconds{0, 30, 70, 150, 310}));   // at 10 its m2mPoc is NOT_REACHABLE, for half a minute
  advance(100s);
  EXPECT_EQ(times_at(annc_collection).size(), 5u);
  outside_.answer = {};
  set_reach("b", "ONLINE");
  EXPECT_EQ(times_at(annc_collection).back(), 410);
  advance(3600s);
  EXPECT_EQ(outside_.sent.size(), 6u);
}

TEST_F(Announcing, AnAnnouncementIsRenewedWhenHalfOfItsTimeIsOver) {
  take_for(1000s);
  announce_application();
  EXPECT_EQ(times_at(annc_collection), (Seconds{0}));
  expect_next_after(500s, annc);
  EXPECT_EQ(outside_.sent.back().request.verb, Verb::update);
  take_for(80s);
  expect_next_after(500s, annc);
  expect_next_after(60s, annc);   // more often it would be a burden
  EXPECT_EQ(outside_.sent.size(), 4u);
}

TEST_F(Announcing, AnAnnouncementThatLivesAsLongAsItsOriginalIsNotRenewed) {
  announce_application();
  advance(24h);
  EXPECT_EQ(times_at(annc_collection), (Seconds{0}));
  EXPECT_TRUE(times_at(annc).empty());
}

}  // namespace
}  // namespace nscl::delivery
