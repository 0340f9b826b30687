// SPDX-License-Identifier: Apache-2.0
// Management objects: what a device has, what it is to have, and what it does (rem.md 2.2 to 2.8).
#include "objects_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;

const std::string reboot = "scls/gw/mgmtObjs/etsiReboot";

class Objects : public ObjectsFixture {};

TEST_F(Objects, R9areMadeOfWhatTheDeviceHas) {
  EXPECT_NE(retrieve("scls/gw/mgmtObjs").find("etsiDeviceInfo"), std::string::npos);
  end_session();
  EXPECT_NE(retrieve(memory_object).find("ramTotal>512<"), std::string::npos) << retrieve(memory_object);
  EXPECT_NE(retrieve(reboot).find("rebootAction"), std::string::npos);
  EXPECT_EQ(send(Verb::retrieve, "scls/gw/mgmtObjs/download").status, Status::ok) << "a command for each method";
  EXPECT_EQ(send(Verb::retrieve, "scls/gw/mgmtObjs/upload").status, Status::not_found);
  EXPECT_FALSE(next()) << "it is asked once";
}

TEST_F(Objects, areNotMadeTwice) {
  begin({"0 BOOTSTRAP"}, true, true);
  auto again = discovered();
  again.leaves[1].value = "1024";
  finish(*next(), again);
  end_session();
  end_session();
  look([&](store::View& view) { EXPECT_FALSE(view.find("scls/gw/mgmtObjs/etsiMemory-1")); });
  EXPECT_NE(retrieve(memory_object).find("ramTotal>1024<"), std::string::npos);
}

TEST_F(Objects, R12aChangeIsShownOnceTheDeviceHasIt) {
  end_session();
  const auto answer = set_duration("PT1H");
  EXPECT_EQ(answer.status, Status::accepted);
  EXPECT_NE(retrieve(scl_mo).find("PT60S"), std::string::npos) << retrieve(scl_mo);
  begin();
  const auto assignment = next();
  ASSERT_TRUE(assignment);
  EXPECT_EQ(std::get<SetLeaves>(assignment->task).leaves.front().value, "3600") << "R57";
  listener_.changes.clear();
  finish(*assignment, {});
  end_session();
  EXPECT_NE(retrieve(scl_mo).find("PT1H"), std::string::npos) << retrieve(scl_mo);
  EXPECT_EQ(listener_.changes, std::vector<std::string>{"updated " + scl_mo}) << "subscribers are told";
}

TEST_F(Objects, R11whatTheDeviceRefusesDoesNotChange) {
  end_session();
  set_duration("PT1H");
  begin();
  const auto assignment = next();
  finish(*assignment, {.end = Report::End::failed, .status = Status::method_not_allowed, .code = "9008", .text = "CWMP 9008"});
  end_session();
  EXPECT_NE(retrieve(scl_mo).find("PT60S"), std::string::npos);
}

TEST_F(Objects, R60whatTheirOwnSclWritesIsData) {
  end_session();
  from_ = std::make_shared<const security::Requestor>(security::Requestor{"gw", "scls/gw", false});
  EXPECT_EQ(set_duration("PT2H").status, Status::ok);
  EXPECT_TRUE(pending().empty());
}

TEST_F(Objects, aValueThatIsNotOnTheDeviceIsTheTreesOwn) {
  end_session();
  const auto put = send(Verb::update, reboot, "<m:mgmtObj xmlns:m=\"http://uri.etsi.org/m2m\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                                              "xsi:type=\"m:EtsiReboot\"><m:rebootLevel>RESTART_OS</m:rebootLevel><m:rebootTiming>ASAP</m:rebootTiming></m:mgmtObj>");
  EXPECT_EQ(put.status, Status::ok) << (put.content ? *put.content : "");
  EXPECT_TRUE(pending().empty());
}

TEST_F(Objects, anActionTellsHowItGoes) {
  end_session();
  const auto answer = execute(reboot + "/rebootAction/reboot");
  EXPECT_EQ(answer.status, Status::accepted) << *answer.content;
  EXPECT_EQ(answer.resource, reboot);
  EXPECT_NE(retrieve(reboot).find("<progress>0</progress><finalStatus>FAILURE"), std::string::npos);
  EXPECT_EQ(execute(reboot + "/rebootAction/factoryReset").status, Status::conflict) << "one at a time";
  begin();
  finish(*next(), {.end = Report::End::accepted});
  end_session();
  EXPECT_NE(retrieve(reboot).find("<progress>1</progress>"), std::string::npos);
  begin({"1 BOOT"}, true);
  end_session();
  EXPECT_NE(retrieve(reboot).find("<progress>100</progress><finalStatus>SUCCESS"), std::string::npos) << retrieve(reboot);
}

TEST_F(Objects, whereToExecuteIsToldInTheDialectOfWhoAsks) {
  end_session();
  core::RequestIndication request;
  request.verb = Verb::retrieve;
  request.to = reboot + "/rebootAction";
  request.from = from_;
  request.dialect = core::Dialect::om2m;
  const auto answer = run(pipeline_->handle(std::move(request), *context_));
  EXPECT_NE(answer.content->find("/rebootAction/factoryReset<"), std::string::npos) << *answer.content;
  EXPECT_EQ(answer.content->find(">/m2m/"), std::string::npos) << *answer.content;
}

TEST_F(Objects, valuesThatADeviceTellsAreShown) {
  Contact told;
  told.device = device_;
  store::ManagementEvent event;
  event.code = "4 VALUE CHANGE";
  told.events.push_back(event);
  told.leaves = {{"Device.DeviceInfo.MemoryStatus.Free", "7", "unsignedInt"}, {"Device.ManagementServer.Password", "secret", "string"}};
  begin_with(told);
  end_session();
  end_session();
  EXPECT_NE(retrieve(memory_object).find("ramAvailable>7<"), std::string::npos) << retrieve(memory_object);
}

TEST_F(Objects, passwordsAreNotKeptOnceTheyAreSet) {
  end_session();
  change([&](store::Transaction& transaction) {
    store::Operation operation;
    operation.device = device_;
    operation.state = store::OperationState::queued;
    operation.key = "e1";
    operation.body = to_json(Task(SetLeaves{{{"Device.ManagementServer.ConnectionRequestPassword", "topsecret"}}}));
    operation.change = "{\"kind\":\"refresh\"}";
    transaction.manage().put_operation(operation);
  });
  begin();
  const auto assignment = next();
  ASSERT_TRUE(assignment);
  finish(*assignment, {});
  look([&](store::View& view) { EXPECT_EQ(view.management().operation(assignment->operation)->body.find("topsecret"), std::string::npos); });
}

}  // namespace
}  // namespace nscl::rem
