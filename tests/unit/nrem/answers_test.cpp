// SPDX-License-Identifier: Apache-2.0
// Requests that are answered 202 and named a contact are told their outcome there (rem.md 2.8).
#include "objects_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;

class Answers : public ObjectsFixture {
 protected:
  const std::vector<Listener::Answer>& answers() const { return listener_.answers; }
  void expect_told(Status status, const std::string& id = "c1") {
    ASSERT_EQ(answers().size(), 1u);
    EXPECT_EQ(answers().front().correlation_id, id);
    EXPECT_EQ(answers().front().contact, "http://app.example/" + id);
    EXPECT_EQ(answers().front().confirm.status, status) << answers().front().content();
  }
};

TEST_F(Answers, R12theRequesterIsToldWhenTheDeviceHasIt) {
  end_session();
  EXPECT_EQ(handle(with_contact(update("regExpirationDuration", "PT1H"), "c1")).status, Status::accepted);
  listener_.changes.clear();
  begin();
  EXPECT_EQ(set_next().front().value, "3600");
  end_session();
  expect_told(Status::ok);
  EXPECT_EQ(answers().front().confirm.resource, scl_mo);
  EXPECT_TRUE(answers().front().confirm.last_modified);
  EXPECT_NE(retrieve(scl_mo).find("PT1H"), std::string::npos);
  EXPECT_EQ(listener_.changes, std::vector<std::string>{"updated " + scl_mo});
}

TEST_F(Answers, R13theRequesterIsToldThatTheTimeIsOver) {
  end_session();
  auto change = with_contact(update("regExpirationDuration", "PT1H"), "c1");
  change.delivery.deadline = clock_.now() + 1h;
  EXPECT_EQ(handle(std::move(change)).status, Status::accepted);
  clock_.advance(59min);
  keep();
  EXPECT_TRUE(answers().empty());
  clock_.advance(2min);
  keep();
  expect_told(Status::gateway_timeout);
  EXPECT_NE(answers().front().content().find("STATUS_GATEWAY_TIMEOUT"), std::string::npos) << answers().front().content();
  EXPECT_NE(answers().front().content().find("did not call in time"), std::string::npos);
}

TEST_F(Answers, aFaultOfTheDeviceIsToldAsItIs) {
  end_session();
  handle(with_contact(update("regExpirationDuration", "PT1H"), "c1"));
  begin();
  set_next({.end = Report::End::failed, .status = Status::method_not_allowed, .code = "9008", .text = "CWMP 9008 Attempt to set a non-writable parameter"});
  expect_told(Status::method_not_allowed);
  EXPECT_NE(answers().front().content().find("CWMP 9008"), std::string::npos);
}

TEST_F(Answers, areToldByTheNextProcessToo) {
  end_session();
  handle(with_contact(update("regExpirationDuration", "PT1H"), "c1"));
  restart();
  begin();
  set_next();
  expect_told(Status::ok);
}

TEST_F(Answers, whatIsAnsweredAtOnceIsNotToldAgain) {
  const auto answer = begin_request(with_contact(update("regExpirationDuration", "PT1H"), "c1"));
  EXPECT_FALSE(*answer) << "the device is in session: the request waits for it";
  set_next();
  wait_for(answer);
  EXPECT_EQ((*answer)->status, Status::ok);
  EXPECT_TRUE(answers().empty());
}

TEST_F(Answers, whatWaitedInVainIsTold) {
  NremOptions options;
  options.live_wait = 50ms;
  restart(options);
  begin();
  EXPECT_EQ(handle(with_contact(update("regExpirationDuration", "PT1H"), "c1")).status, Status::accepted);
  set_next();
  expect_told(Status::ok);
}

TEST_F(Answers, areOfNobodyWhoNamedNoContact) {
  end_session();
  auto change = update("regExpirationDuration", "PT1H");
  change.delivery.correlation_id = "c1";
  EXPECT_EQ(handle(std::move(change)).status, Status::accepted);
  begin();
  set_next();
  EXPECT_TRUE(answers().empty());
}

TEST_F(Answers, ofACommandComeAtItsEndWithItsInstance) {
  end_session();
  EXPECT_EQ(handle(with_contact(request(Verb::execute, "scls/gw/mgmtObjs/reboot/execEnable"), "c1")).status, Status::accepted);
  begin();
  finish(*next(), {.end = Report::End::accepted});
  end_session();
  EXPECT_TRUE(answers().empty());
  begin({"1 BOOT"}, true);
  expect_told(Status::ok);
  EXPECT_NE(answers().front().content().find("execStatus>FINISHED<"), std::string::npos) << answers().front().content();
}

TEST_F(Answers, ofAnActionComeAfterItsLastStep) {
  const std::string image = "scls/gw/mgmtObjs/etsiReboot";
  end_session();
  EXPECT_EQ(handle(with_contact(request(Verb::execute, image + "/rebootAction/reboot"), "c1")).status, Status::accepted);
  change([&](store::Transaction& transaction) {   // as an action of two steps would be
    auto operation = transaction.management().pending(device_, 1).front();
    operation.change.insert(1, R"("rest":["{\"task\":\"set\",\"leaves\":[[\"Device.X\",\"1\",\"\"]]}"],)");
    transaction.manage().put_operation(operation);
  });
  begin();
  finish(*next(), {});
  EXPECT_TRUE(answers().empty());
  EXPECT_EQ(set_next().front().path, "Device.X");
  expect_told(Status::ok);
}

TEST_F(Answers, areGivenOnce) {
  make_command("load", "DOWNLOAD");
  handle(with_contact(request(Verb::execute, "scls/gw/mgmtObjs/load/execEnable"), "c1"));
  const auto assignment = next();
  finish(*assignment, {.end = Report::End::accepted});
  clock_.advance(25h);
  keep();
  expect_told(Status::gateway_timeout);
  complete(assignment->key, {});   // R40: it is taken all the same
  expect_told(Status::gateway_timeout);
}

TEST_F(Answers, showNothingOfWhatWasDeletedMeanwhile) {
  end_session();
  const auto instance = handle(with_contact(request(Verb::execute, "scls/gw/mgmtObjs/reboot/execEnable"), "c1")).resource;
  begin();
  finish(*next(), {.end = Report::End::accepted});
  end_session();
  EXPECT_EQ(send(Verb::remove, instance).status, Status::ok);
  begin({"1 BOOT"}, true);
  expect_told(Status::ok);
  EXPECT_EQ(answers().front().content(), "");
}

TEST_F(Answers, ofACancelComeWhenItIsDecided) {
  make_command("load", "DOWNLOAD");
  const auto instance = execute("scls/gw/mgmtObjs/load/execEnable").resource;
  const auto assignment = next();
  EXPECT_EQ(handle(with_contact(request(Verb::execute, instance + "/execDisable"), "c1")).status, Status::accepted);
  finish(*assignment, {.end = Report::End::accepted});
  EXPECT_TRUE(answers().empty());
  finish(*next(), {});
  expect_told(Status::ok);
  EXPECT_EQ(item(retrieve(instance), "FinalStatus"), "CANCELLED");
}

TEST_F(Answers, ofACancelThatComesTooLateSaySo) {
  make_command("load", "DOWNLOAD");
  const auto instance = execute("scls/gw/mgmtObjs/load/execEnable").resource;
  const auto assignment = next();
  handle(with_contact(request(Verb::execute, instance + "/execDisable"), "c1"));
  finish(*assignment, {});
  expect_told(Status::conflict);
}

TEST_F(Answers, ofACancelThatIsImpossibleSaySo) {
  const auto instance = execute("scls/gw/mgmtObjs/reboot/execEnable").resource;
  const auto assignment = next();
  handle(with_contact(request(Verb::execute, instance + "/execDisable"), "c1"));
  finish(*assignment, {.end = Report::End::accepted});
  expect_told(Status::conflict);
}

TEST_F(Answers, ofWhatIsDeletedSaySo) {
  end_session();
  const auto instance = handle(with_contact(request(Verb::execute, "scls/gw/mgmtObjs/reboot/execEnable"), "c1")).resource;
  EXPECT_EQ(send(Verb::remove, instance).status, Status::ok);
  expect_told(Status::conflict);
}

}  // namespace
}  // namespace nscl::rem
