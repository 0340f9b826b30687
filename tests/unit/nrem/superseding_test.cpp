// SPDX-License-Identifier: Apache-2.0
// UPDATEs of what an older one, which waits, changes too (rem.md 5.3 rule 8).
#include "objects_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;

class Superseding : public ObjectsFixture {
 protected:
  void SetUp() override {
    ObjectsFixture::SetUp();
    end_session();
  }
  std::vector<std::string> waiting() {
    std::vector<std::string> out;
    for (const auto& each : pending()) {
      std::string text;
      const auto task = task_from_json(each.body).value();
      if (const auto* set = std::get_if<SetLeaves>(&task)) {
        for (const auto& leaf : set->leaves) text += leaf.path.substr(leaf.path.rfind('.') + 1) + "=" + leaf.value + " ";
      } else {
        text = "another";
      }
      out.push_back(std::move(text));
    }
    return out;
  }
  std::string shown() { return text_between(retrieve(scl_mo), "regExpirationDuration>", "<"); }
  using Waiting = std::vector<std::string>;
};

TEST_F(Superseding, theNewerIsSentAndBothAreToldItsOutcome) {
  handle(with_contact(update("regExpirationDuration", "PT1H"), "c1"));
  const auto older = pending().front().id;
  EXPECT_EQ(handle(with_contact(update("regExpirationDuration", "PT2H"), "c2")).status, Status::accepted);
  EXPECT_EQ(waiting(), Waiting{"RegExpirationDuration=7200 "});
  EXPECT_EQ(operation(older).state, store::OperationState::cancelled);
  EXPECT_EQ(report_from_json(operation(older).outcome)->code, "SUPERSEDED");
  begin();
  EXPECT_EQ(set_next().front().value, "7200");
  EXPECT_FALSE(next());
  ASSERT_EQ(listener_.answers.size(), 2u);
  for (const auto& answer : listener_.answers) EXPECT_EQ(answer.confirm.status, Status::ok);
  EXPECT_NE(listener_.answers.front().contact, listener_.answers.back().contact);
  EXPECT_EQ(shown(), "PT2H");
}

TEST_F(Superseding, aFailureIsTheOutcomeOfBoth) {
  handle(with_contact(update("regExpirationDuration", "PT1H"), "c1"));
  handle(with_contact(update("regExpirationDuration", "PT2H"), "c2"));
  begin();
  set_next({.end = Report::End::failed, .status = Status::bad_request, .code = "9007", .text = "CWMP 9007"});
  end_session();
  ASSERT_EQ(listener_.answers.size(), 2u);
  for (const auto& answer : listener_.answers) EXPECT_EQ(answer.confirm.status, Status::bad_request);
  EXPECT_EQ(shown(), "PT60S");
}

TEST_F(Superseding, requestsThatWaitAreAnsweredByTheNewer) {
  begin();
  const auto one = begin_request(update("regExpirationDuration", "PT1H"));
  const auto other = begin_request(update("regExpirationDuration", "PT2H"));
  for (int turns = 0; turns < 500 && waiting() != Waiting{"RegExpirationDuration=7200 "}; ++turns) turn();   // until both are written
  ASSERT_EQ(waiting(), Waiting{"RegExpirationDuration=7200 "});
  EXPECT_FALSE(*one);
  set_next();
  wait_for(one);
  wait_for(other);
  EXPECT_EQ((*one)->status, Status::ok);
  EXPECT_EQ((*other)->status, Status::ok);
}

TEST_F(Superseding, aPartIsTakenOutOfTheOlder) {
  handle(with_contact(replace("<m:regExpirationDuration>PT1H</m:regExpirationDuration><m:maxNumberOfDiscovRecords>5</m:maxNumberOfDiscovRecords>"), "c1"));
  set_duration("PT2H");
  EXPECT_EQ(waiting(), (Waiting{"MaxNumberOfDiscovRecords=5 ", "RegExpirationDuration=7200 "}));
  begin();
  set_next();
  end_session();
  EXPECT_EQ(listener_.answers.size(), 1u);
  EXPECT_NE(retrieve(scl_mo).find("maxNumberOfDiscovRecords>5<"), std::string::npos);
  EXPECT_EQ(shown(), "PT60S") << "the device has not been told yet";
  begin();
  set_next();
  end_session();
  EXPECT_EQ(shown(), "PT2H");
  EXPECT_NE(retrieve(scl_mo).find("maxNumberOfDiscovRecords>5<"), std::string::npos);
}

TEST_F(Superseding, whatOnlyTheOlderSaidOfTheTreeIsKept) {
  handle(replace("<m:description>mine</m:description><m:regExpirationDuration>PT1H</m:regExpirationDuration>"));
  set_duration("PT2H");
  EXPECT_EQ(waiting(), Waiting{"RegExpirationDuration=7200 "});
  begin();
  set_next();
  end_session();
  EXPECT_EQ(shown(), "PT2H");
  EXPECT_NE(retrieve(scl_mo).find("description>mine<"), std::string::npos) << retrieve(scl_mo);
}

TEST_F(Superseding, differentAttributesAreSetInTheirOrder) {
  set_duration("PT1H");
  handle(update("maxNumberOfDiscovRecords", "5"));
  EXPECT_EQ(waiting(), (Waiting{"RegExpirationDuration=3600 ", "MaxNumberOfDiscovRecords=5 "}));
}

TEST_F(Superseding, theOldValueIsAChangeOfWhatIsGoingToBe) {
  set_duration("PT1H");
  EXPECT_EQ(set_duration("PT60S").status, Status::accepted) << "it is the value that is shown, and not the one that would be";
  EXPECT_EQ(waiting(), Waiting{"RegExpirationDuration=60 "});
}

TEST_F(Superseding, aWholeResourceSaysWhatBecomesOfEachAttribute) {
  set_duration("PT1H");
  handle(replace("<m:regExpirationDuration>PT60S</m:regExpirationDuration><m:maxNumberOfDiscovRecords>5</m:maxNumberOfDiscovRecords>"));
  const auto now = waiting();
  ASSERT_EQ(now.size(), 1u);
  EXPECT_NE(now.front().find("RegExpirationDuration=60 "), std::string::npos) << now.front();
  EXPECT_NE(now.front().find("MaxNumberOfDiscovRecords=5 "), std::string::npos) << now.front();
}

TEST_F(Superseding, aWholeResourceTakesAwayWhatOnlyTheOlderGave) {
  handle(replace("<m:description>older</m:description><m:regExpirationDuration>PT1H</m:regExpirationDuration>"));
  handle(replace("<m:regExpirationDuration>PT2H</m:regExpirationDuration>"));
  EXPECT_EQ(waiting(), Waiting{"RegExpirationDuration=7200 "});
  begin();
  set_next();
  end_session();
  EXPECT_EQ(shown(), "PT2H");
  EXPECT_EQ(retrieve(scl_mo).find("description>"), std::string::npos) << retrieve(scl_mo);
}

TEST_F(Superseding, whatTheTreeAloneHasIsNotChangedBack) {
  handle(replace("<m:description>older</m:description><m:regExpirationDuration>PT1H</m:regExpirationDuration>"));
  EXPECT_EQ(handle(update("description", "newer")).status, Status::ok);
  begin();
  set_next();
  end_session();
  EXPECT_EQ(shown(), "PT1H");
  EXPECT_NE(retrieve(scl_mo).find("description>newer<"), std::string::npos) << retrieve(scl_mo);
}

TEST_F(Superseding, whatASessionHasIsDoneFirst) {
  set_duration("PT1H");
  begin();
  const auto first = next();
  const auto answer = begin_request(update("regExpirationDuration", "PT2H"));
  finish(*first, {});
  EXPECT_EQ(set_next().front().value, "7200");
  wait_for(answer);
  EXPECT_EQ(shown(), "PT2H");
}

TEST_F(Superseding, anActionInBetweenFindsWhatTheOlderMade) {
  set_duration("PT1H");
  EXPECT_EQ(execute(scl_mo + "/sclMoAction/reRegistration").status, Status::accepted);
  set_duration("PT2H");
  EXPECT_EQ(waiting(), (Waiting{"RegExpirationDuration=3600 ", "Reregistration=true ", "RegExpirationDuration=7200 "}));
}

TEST_F(Superseding, isBoundedByWhatMayWait) {
  NremOptions options;
  options.queue = 3;
  restart(options);
  for (const std::string id : {"a", "b", "c"}) EXPECT_EQ(handle(with_contact(update("regExpirationDuration", "PT1H"), id)).status, Status::accepted);
  EXPECT_EQ(handle(with_contact(update("regExpirationDuration", "PT1H"), "d")).status, Status::service_unavailable);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(set_duration("PT2H").status, Status::accepted) << "nobody waits for these";
  EXPECT_EQ(pending().size(), 1u);
}

}  // namespace
}  // namespace nscl::rem
