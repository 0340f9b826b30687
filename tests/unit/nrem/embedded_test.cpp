// SPDX-License-Identifier: Apache-2.0
// Devices embedded in the data model of their gateway: what is done on them, and when it is over (rem.md 2.9, row 59).
#include "gateway_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;

class Embedded : public GatewayFixture {};

TEST_F(Embedded, R59itsEmbeddedDevicesAreAttached) {
  discover(with_lamp(), true);
  EXPECT_EQ(send(Verb::retrieve, lamp).status, Status::ok);
  EXPECT_EQ(shown(), "<Level xmlns=\"urn:nscl:mo\" path=\"Device.X_Lamp.1.Level\">3</Level>");
  EXPECT_NE(retrieve(object).find("originalMO>Device.X_Lamp.1.<"), std::string::npos) << retrieve(object);
  discover(with_lamp(), true);
  look([&](store::View& view) {
    EXPECT_EQ(view.children("scls/gw/attachedDevices", 9).size(), 1u) << "once";
    EXPECT_EQ(view.children(lamp + "/mgmtObjs", 9).size(), 1u);
  });
}

TEST_F(Embedded, R59aChangeIsOverWhenTheDeviceBehindItHasIt) {
  discover(with_lamp(), true);
  EXPECT_EQ(set_level("7").status, Status::accepted);
  auto look = sent_and_taken();
  finish(look, processed("Pending"));
  EXPECT_FALSE(next()) << "not at once again";
  end_session();
  EXPECT_NE(shown().find(">3<"), std::string::npos) << "the old value until then";
  EXPECT_EQ(operation(look.operation).state, store::OperationState::accepted);
  restart();   // it is all on disk
  clock_.advance(2s);
  begin();
  look = *next();
  finish(look, processed("Retrying"));
  end_session();
  clock_.advance(11s);
  begin();
  look = *next();
  finish(look, processed("Success"));
  end_session();
  EXPECT_NE(shown().find(">7<"), std::string::npos) << shown();
  EXPECT_EQ(operation(look.operation).state, store::OperationState::done);
}

TEST_F(Embedded, R59whatTheDeviceBehindItCannotDoFailsWithItsText) {
  discover(with_lamp(), true);
  set_level("7");
  const auto look = sent_and_taken();
  finish(look, processed("Error", "no\nlight"));
  end_session();
  EXPECT_NE(shown().find(">3<"), std::string::npos);
  const auto over = operation(look.operation);
  EXPECT_EQ(over.state, store::OperationState::failed);
  const auto report = report_from_json(over.outcome);
  EXPECT_EQ(report->status, Status::bad_gateway);
  EXPECT_EQ(report->text, "CWMP CommandProcessed Error no light: " + row + "CommandProcessed");
}

TEST_F(Embedded, theAnswerOfAGatewayThatDoesNotTellMoreIsTheEnd) {
  discover(with_lamp(), true);
  set_level("7");
  finish(sent_and_taken(), {});
  end_session();
  EXPECT_NE(shown().find(">7<"), std::string::npos) << shown();
  EXPECT_TRUE(pending().empty());
}

TEST_F(Embedded, whatIsNeverToldOfEnds) {
  discover(with_lamp(), true);
  set_level("7");
  const auto look = sent_and_taken();
  finish(look, processed("Pending"));
  end_session();
  clock_.advance(25h);
  keep();
  EXPECT_EQ(report_from_json(operation(look.operation).outcome)->code, "NO_REPORT");
}

TEST_F(Embedded, aLookThatWasLostIsTakenAgain) {
  discover(with_lamp(), true);
  set_level("7");
  const auto look = sent_and_taken();
  end_session(look.operation);
  begin();
  const auto again = next();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->operation, look.operation);
  restart();   // the session that had it is gone
  begin();
  finish(*next(), processed("Success"));
  end_session();
  EXPECT_NE(shown().find(">7<"), std::string::npos) << shown();
}

TEST_F(Embedded, itsRowTellsOfOneThingOnly) {
  discover(with_lamp(), true);
  set_level("7");
  const auto look = sent_and_taken();
  set_level("8");   // the first one was sent, so that this one does not take its place
  finish(look, processed("Pending"));
  EXPECT_FALSE(next()) << "the second change waits for the end of the first";
  end_session();
  Contact contact;   // the gateway tells that there is something to see
  contact.device = device_;
  contact.events = {{.code = "4 VALUE CHANGE"}};
  contact.leaves = {{row + "CommandProcessed", "Success", "string"}};
  begin_with(contact);
  finish(*next(), processed("Success"));
  const auto second = next();
  ASSERT_TRUE(second);
  EXPECT_EQ(std::get<SetLeaves>(second->task).leaves.front().value, "8");
  end_session();
}

TEST_F(Embedded, whatIsBelowAnEmbeddedDeviceNeverReachesItsGateway) {
  discover(with_lamp(), true);
  const auto mo = [](const std::string& where) {
    return "<m:mgmtObj xmlns:m=\"http://uri.etsi.org/m2m\" m:id=\"x\"><m:moID>x</m:moID><m:originalMO>" + where + "</m:originalMO></m:mgmtObj>";
  };
  const auto objects = lamp + "/mgmtObjs";
  EXPECT_EQ(send(Verb::create, objects, mo("Device.ManagementServer.")).status, Status::forbidden);
  EXPECT_EQ(send(Verb::create, objects, mo("Device.X_Lamp.2.")).status, Status::forbidden);
  EXPECT_EQ(send(Verb::create, objects, mo("Device.X_Lamp.1.Scene.")).status, Status::accepted);
  make(objects, "<m:mgmtCmd xmlns:m=\"http://uri.etsi.org/m2m\" m:id=\"boot\"><cmdType>REBOOT</cmdType></m:mgmtCmd>");
  EXPECT_EQ(execute(objects + "/boot/execEnable").status, Status::not_implemented);
  look([&](store::View& view) { EXPECT_TRUE(view.children(objects + "/boot/execInstances", 9).empty()); });
  EXPECT_EQ(pending().size(), 1u);
}

TEST_F(Embedded, aRowThatIsAnotherDeviceByNowIsNotTakenForTheOldOne) {
  discover(with_lamp(), true);
  auto report = basis();
  list_embedded(report, "lamp2", "1", "Device.X_Lamp.1");
  discover(report, true);
  EXPECT_TRUE(is_there(attached + "zb-lamp2/mgmtObjs/X_Lamp"));
  EXPECT_TRUE(is_there(object)) << "resources are kept";
  set_level("9");
  EXPECT_TRUE(pending().empty()) << "and are data";
}

TEST_F(Embedded, identitiesThatLookAlikeAsIdsAreTwoDevices) {
  auto report = basis();
  list_embedded(report, "a/b", "1", "");
  list_embedded(report, "a:b", "2", "");
  list_embedded(report, "", "3", "Device.");   // the root is nobody's
  discover(report, false);
  look([&](store::View& view) { EXPECT_EQ(view.children("scls/gw/attachedDevices", 9).size(), 3u); });
  discover(report, false);
  look([&](store::View& view) { EXPECT_EQ(view.children("scls/gw/attachedDevices", 9).size(), 3u) << "the same ones"; });
}

TEST_F(Embedded, whatWaitsForAnAttachedDeviceGoesWithIt) {
  discover(with_lamp(), true);
  set_level("7");
  const auto id = pending().front().id;
  EXPECT_EQ(send(Verb::remove, lamp).status, Status::ok);
  EXPECT_TRUE(pending().empty());
  EXPECT_EQ(operation(id).state, store::OperationState::cancelled);
}

TEST_F(Embedded, whatASessionHasForAnAttachedDeviceEndsWithoutATrace) {
  discover(with_lamp(), true);
  set_level("7");
  begin();
  const auto set = next();
  EXPECT_EQ(send(Verb::remove, lamp).status, Status::ok);
  finish(*set, {.end = Report::End::later, .status = Status::service_unavailable, .code = "9002"});
  EXPECT_FALSE(next());
  end_session();
  EXPECT_TRUE(pending().empty()) << "it is not sent again";
}

TEST_F(Embedded, isCalledForWhatIsEmbeddedInIt) {
  discover(with_lamp(), true);
  NremOptions options;
  options.calls_devices = true;
  options.live_wait = 1ms;
  restart(options);
  set_level("7");
  EXPECT_NE(device(device_)->wake_due, never);
}

TEST_F(Embedded, isAskedAgainWhenItsListsChange) {
  discover(with_lamp(), true);
  Contact contact;
  contact.device = device_;
  contact.events = {{.code = "4 VALUE CHANGE"}};
  contact.leaves = {{"Device.ManagementServer.EmbeddedDeviceNumberOfEntries", "2", "unsignedInt"}};
  begin_with(contact);
  const auto assignment = next();
  ASSERT_TRUE(assignment);
  EXPECT_TRUE(std::holds_alternative<Discover>(assignment->task));
}

}  // namespace
}  // namespace nscl::rem
