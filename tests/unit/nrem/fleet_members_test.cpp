// SPDX-License-Identifier: Apache-2.0
// Members of fleet works: whose they are, what is refused, groups in groups, and how their ends are counted.
#include <nlohmann/json.hpp>

#include "fleet_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;
using store::FleetMemberState;
using store::FleetState;

class FleetWorkMembers : public FleetFixture {};

TEST_F(FleetWorkMembers, countWhatIsRefusedByItsStatus) {
  make_devices(1);
  make("scls", "<scl sclId=\"bare\"><link>http://bare.example/m2m</link><mgmtProtocolType>BBF_TR069</mgmtProtocolType></scl>");
  make("scls/bare/mgmtObjs", "<m:mgmtCmd xmlns:m=\"http://uri.etsi.org/m2m\" m:id=\"boot\"><cmdType>REBOOT</cmdType></m:mgmtCmd>");
  make_group("all", {"/m2m/scls/bare/mgmtObjs/boot", "/m2m/scls/none/mgmtObjs/boot", "http://elsewhere.example/m2m/scls/x/mgmtObjs/boot", "/m2m/" + command_of(1),
                     "/m2m/applications"});
  const auto id = start();
  rounds(3);
  const std::map<std::string, std::string> wanted{{"scls/bare/mgmtObjs/boot/execEnable", "STATUS_NOT_IMPLEMENTED"},   // no device
                                                  {"scls/none/mgmtObjs/boot/execEnable", "STATUS_NOT_FOUND"},
                                                  {"http://elsewhere.example/m2m/scls/x/mgmtObjs/boot", "STATUS_NOT_IMPLEMENTED"},
                                                  {"applications/execEnable", "STATUS_METHOD_NOT_ALLOWED"}};
  auto found = refusals(id);
  EXPECT_EQ(found["applications/execEnable"].empty(), false);
  found["applications/execEnable"] = "STATUS_METHOD_NOT_ALLOWED";   // whichever: it is nothing that could be executed
  EXPECT_EQ(found, wanted);
  EXPECT_EQ(fleet(id).members, 5u);
  EXPECT_EQ(fleet(id).refused, 4u);
  EXPECT_EQ(nlohmann::json::parse(fleet(id).refusals)["STATUS_NOT_IMPLEMENTED"], 2);
  EXPECT_EQ(fleet(id).begun, 1u);
  restart_device(1);
  round();
  EXPECT_EQ(fleet(id).state, FleetState::finished);
  EXPECT_TRUE(retrieve("scls/bare/mgmtObjs/boot/execInstances").find("EXEC_") == std::string::npos) << "what is refused leaves nothing";
}

TEST_F(FleetWorkMembers, haveTheRightsOfWhoAskedAndNoOther) {
  const std::string holder = "<permissionHolders><holderRefs><holderRef>/m2m/applications/meter</holderRef></holderRefs></permissionHolders>";
  make("accessRights", "<m:accessRight xmlns:m=\"http://uri.etsi.org/m2m\" m:id=\"mine\"><permissions><permission id=\"p\"><permissionFlags><flag>WRITE</flag></permissionFlags>" + holder +
                           "</permission></permissions><selfPermissions><permission id=\"p\"><permissionFlags><flag>READ</flag></permissionFlags>" + holder + "</permission></selfPermissions></m:accessRight>");
  make_devices(2);
  EXPECT_EQ(send(Verb::update, command_of(1) + "/accessRightID", "<accessRightID>/m2m/accessRights/mine</accessRightID>").status, Status::ok);
  make_group("all", commands(1, 2));
  from_ = std::make_shared<const security::Requestor>(security::Requestor{"meter", "applications/meter", false});
  EXPECT_EQ(execute_all("groups/all/membersContent/execEnable").status, Status::not_found) << "the group is none of his";
  from_ = std::make_shared<const security::Requestor>(security::Requestor{"admin", "", true});
  EXPECT_EQ(send(Verb::update, "groups/all/accessRightID", "<accessRightID>/m2m/accessRights/mine</accessRightID>").status, Status::ok);
  from_ = std::make_shared<const security::Requestor>(security::Requestor{"meter", "applications/meter", false});
  const auto id = start();
  rounds(3);
  EXPECT_EQ(pending_of(1).size(), 1u);
  EXPECT_TRUE(pending_of(2).empty());
  EXPECT_EQ(refusals(id), (std::map<std::string, std::string>{{command_of(2) + "/execEnable", "STATUS_NOT_FOUND"}}));
}

TEST_F(FleetWorkMembers, stopWhenWhoAskedIsNobodyAnyMore) {
  restart(options(1));
  make_devices(3);
  make_group("all", commands(1, 3));
  const auto id = start();
  rounds(2);
  change([](store::Transaction& transaction) { transaction.erase_principal("admin"); });
  rounds(2);
  EXPECT_EQ(fleet(id).begun, 1u);
  EXPECT_EQ(fleet(id).state, FleetState::stopped);
  EXPECT_NE(fleet(id).reason, "");
}

TEST_F(FleetWorkMembers, followGroupsInGroupsOnceEach) {
  make_devices(4);
  make_group("leaf", commands(1, 3));
  make_group("loop", {"/m2m/groups/leaf", "/m2m/" + command_of(4), "/m2m/" + command_of(1), "/m2m/groups/all", "/m2m/groups/loop"});
  make_group("all", {"/m2m/groups/loop", "/m2m/groups/leaf/membersContent", "/m2m/" + command_of(2)});
  const auto answer = execute_all("groups/all/membersContent/execEnable", "");
  EXPECT_EQ(answer.status, Status::accepted) << "a group with groups in it is a fleet";
  rounds(3);
  for (unsigned i = 1; i <= 4; ++i) EXPECT_EQ(pending_of(i).size(), 1u) << i;
  EXPECT_EQ(fleet(1).members, 4u);
  EXPECT_TRUE(refusals(1).empty());
}

TEST_F(FleetWorkMembers, areNotWhatAFewMembersAreAskedAtOnce) {
  make_devices(2);
  make_group("all", commands(1, 2));
  EXPECT_EQ(execute_all("groups/all/membersContent/execEnable", "").status, Status::ok) << "the ordinary fan-out";
  EXPECT_EQ(execute_all("groups/all/membersContent/execEnable", "perhaps").status, Status::bad_request);
  std::vector<std::string> many;
  for (unsigned i = 0; i < 33; ++i) many.push_back("/m2m/scls/x" + std::to_string(i) + "/mgmtObjs/boot");
  make_group("many", many);
  EXPECT_EQ(execute_all("groups/many/membersContent/execEnable", "").status, Status::accepted);
  many.pop_back();
  make_group("few", many);
  EXPECT_EQ(execute_all("groups/few/membersContent/execEnable", "").status, Status::ok);
}

TEST_F(FleetWorkMembers, countADeviceThatWasForgotten) {
  make_devices(2);
  make_group("all", commands(1, 2));
  const auto id = start();
  rounds(2);
  change([](store::Transaction& transaction) { EXPECT_TRUE(transaction.manage().erase_device(device_of(1))); });
  restart_device(2);
  round();
  EXPECT_EQ(fleet(id).done, 1u);
  EXPECT_EQ(fleet(id).failed, 1u);
  round();
  EXPECT_EQ(fleet(id).state, FleetState::finished);
}

TEST_F(FleetWorkMembers, countAnInstanceThatWasDeletedAsCancelled) {
  make_devices(2);
  make_group("all", commands(1, 2));
  const auto id = start();
  rounds(2);
  EXPECT_EQ(send(Verb::remove, pending_of(1).front().resource).status, Status::ok);
  EXPECT_EQ(fleet(id).cancelled, 1u);
  EXPECT_EQ(fleet(id).in_progress(), 1u);
}

TEST_F(FleetWorkMembers, takeAReportThatIsLateAfterAll) {
  make_devices(1);
  make_group("all", commands(1, 1));
  const auto id = start();
  rounds(2);
  device_ = device_of(1);
  begin();
  const auto assignment = next();
  ASSERT_TRUE(assignment);
  finish(*assignment, {.end = Report::End::accepted});
  end_session();
  clock_.advance(25h);
  keep();
  EXPECT_EQ(fleet(id).failed, 1u);
  complete(assignment->key, {.end = Report::End::done}, "TransferComplete");
  EXPECT_EQ(fleet(id).failed, 0u);
  EXPECT_EQ(fleet(id).done, 1u);
}

TEST_F(FleetWorkMembers, countAnActionOfSeveralStepsOnce) {
  make_devices(1);
  device_ = device_of(1);
  begin({"0 BOOTSTRAP"}, true, true);
  auto step = next();
  ASSERT_TRUE(step);
  finish(*step, {.objects = {"Device.", "Device.DeviceInfo."}, .methods = {"SetParameterValues", "Reboot"}});
  end_session();
  const std::string reboot = "scls/g1/mgmtObjs/etsiReboot", one = "Device.SoftwareModules.ExecutionUnit.1";
  const auto set = [&](const std::string& name, const std::string& value) {
    EXPECT_EQ(send(Verb::update, reboot + "/" + name, "<" + name + ">" + value + "</" + name + ">").status, Status::ok) << name;
  };
  set("rebootLevel", "RESTART_ONE_APPL");
  set("applicationRef", one);
  make_group("all", {"/m2m/scls/g1"});
  const auto id = start("groups/all/membersContent/mgmtObjs/etsiReboot/rebootAction/reboot");
  rounds(2);
  begin();
  for (unsigned steps = 0; steps < 2; ++steps) {
    step = next();
    ASSERT_TRUE(step) << steps;
    EXPECT_TRUE(std::holds_alternative<SetLeaves>(step->task));
    finish(*step, {});
    EXPECT_EQ(fleet(id).in_progress(), 1u) << steps;
  }
  clock_.advance(10s);
  step = next();
  ASSERT_TRUE(step);
  finish(*step, {.leaves = {{one + ".Status", "Active"}}});
  EXPECT_EQ(fleet(id).done, 1u);
  EXPECT_EQ(fleet(id).in_progress(), 0u);
  round();
  EXPECT_EQ(fleet(id).state, FleetState::finished);
}

TEST_F(FleetWorkMembers, areBoundedForEachRequester) {
  make_devices(1);
  make_group("all", commands(1, 1));
  std::uint64_t last = 0;
  for (unsigned i = 0; i < 100; ++i) last = start();
  EXPECT_EQ(execute_all("groups/all/membersContent/execEnable").status, Status::service_unavailable);
  change([&](store::Transaction& transaction) { EXPECT_TRUE(stop_fleet(transaction.manage(), last)); });
  round();
  EXPECT_EQ(execute_all("groups/all/membersContent/execEnable").status, Status::accepted);
}

}  // namespace
}  // namespace nscl::rem
