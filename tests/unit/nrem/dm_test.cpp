// SPDX-License-Identifier: Apache-2.0
// Devices of OMA-DM from the tree and back: the same resources, operations and promises as for CPEs (rem.md 2.3, 2.5 to 2.7, 5.4).
#include <algorithm>

#include <nscl/rem/alarms.h>

#include "dm_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;

const std::string image = mgmt_objects + "etsiFirmware/fw1";
constexpr const char* leaf_a = "<a xmlns=\"urn:nscl:mo\" path=\"./Vendor/memory/a\">";

class Dm : public DmFixture {
 protected:
  std::string mgmt_obj(const std::string& id, const std::string& original_mo, const std::string& values = {}) {
    return std::string("<m:mgmtObj ") + names + " m:id=\"" + id + "\"><moID>urn:x:memory</moID><originalMO>" + original_mo + "</originalMO>" + values + "</m:mgmtObj>";
  }
  void name_image(const std::string& url) {
    const auto answer = send(Verb::update, image + "/firmwareURL", std::string("<m:firmwareURL ") + names + ">" + url + "</m:firmwareURL>");
    ASSERT_TRUE(answer.status == Status::ok) << *answer.content;
  }
  /// Begins an action; what the device is to do.
  Invoke act(const std::string& trigger) {
    const auto answer = execute(trigger);
    EXPECT_EQ(answer.status, Status::accepted) << *answer.content;
    action_ = next();
    if (!action_ || !std::holds_alternative<Invoke>(action_->task)) return {};
    return std::get<Invoke>(action_->task);
  }
  /// A session in which the device says this of what it is asked for.
  void tell_state(const std::string& state) {
    call();
    const auto look = next();
    ASSERT_TRUE(look);
    ASSERT_EQ(std::get<GetLeaves>(look->task).paths, std::vector<std::string>{"./FUMO/1/State"});
    finish(*look, {.leaves = {{"./FUMO/1/State", state, "int"}}});
    end_session();
  }
  std::optional<Assignment> action_;
};

TEST_F(Dm, row40discoveryMakesItsObjectsAndCommands) {
  EXPECT_NE(std::find(asked_.begin(), asked_.end(), "{urn:oma:mo:oma-fumo:1.0}"), asked_.end());
  EXPECT_TRUE(std::none_of(asked_.begin(), asked_.end(), [](const std::string& path) { return path.find("ManagementServer") != path.npos; }));
  const auto info = document(mgmt_objects + "etsiDeviceInfo");
  EXPECT_NE(info.find("originalMO>./DevInfo<"), std::string::npos) << info;
  EXPECT_NE(info.find("manufacturer>ACME<"), std::string::npos);
  EXPECT_NE(info.find("firmwareVersion>1.0<"), std::string::npos);
  EXPECT_NE(document(image).find("originalMO>./FUMO/1<"), std::string::npos) << document(image);
  EXPECT_NE(document(mgmt_objects + "reboot").find("REBOOT"), std::string::npos);
  EXPECT_EQ(facts().software_version, "1.0");
  EXPECT_EQ(facts().hardware_version, "7");
  EXPECT_EQ(facts().manufacturer, "ACME");
  EXPECT_EQ(facts().root, "./");
  EXPECT_TRUE(facts().has_large_objects);
  EXPECT_EQ(facts().models.size(), 5u);
  EXPECT_FALSE(next()) << "no credentials of CWMP are set";
  end_session();
  call();
  EXPECT_FALSE(next()) << "it is not asked again";
}

TEST_F(Dm, row44aNodeIsMadeSetReadAndRemoved) {
  auto [added, made] = ask(Verb::create, "scls/gw/mgmtObjs", mgmt_obj("memory", "./Vendor/memory/a", std::string(leaf_a) + "1</a>"));
  ASSERT_TRUE(added);
  EXPECT_EQ(std::get<AddInstance>(added->task), (AddInstance{"./Vendor/memory/", {{"", "1"}}, std::nullopt, "a"}));
  finish(*added, {.object = "./Vendor/memory/a"});
  EXPECT_EQ(answered(made).status, Status::created);
  auto [replaced, changed] = ask(Verb::update, mgmt_objects + "memory", std::string("<m:mgmtObj ") + names + ">" + leaf_a + "2</a></m:mgmtObj>");
  ASSERT_TRUE(replaced);
  EXPECT_EQ(std::get<SetLeaves>(replaced->task).leaves, (std::vector<Leaf>{{"./Vendor/memory/a", "2"}}));
  finish(*replaced, {});
  EXPECT_EQ(answered(changed).status, Status::ok) << *answered(changed).content;
  clock_.advance(11s);
  auto [read, told] = ask(Verb::retrieve, mgmt_objects + "memory");
  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<GetLeaves>(read->task).paths, std::vector<std::string>{"./Vendor/memory/a"});
  finish(*read, {.leaves = {{"./Vendor/memory/a", "3", "chr"}}});
  EXPECT_NE(answered(told).content->find(">3</a>"), std::string::npos) << *answered(told).content;
  auto [gone, deleted] = ask(Verb::remove, mgmt_objects + "memory");
  ASSERT_TRUE(gone);
  EXPECT_EQ(std::get<DeleteInstance>(gone->task).object, "./Vendor/memory/a");
  finish(*gone, {});
  EXPECT_EQ(answered(deleted).status, Status::ok);
}

TEST_F(Dm, row45whatIsThereIsNotMadeTwice) {
  auto [added, answer] = ask(Verb::create, "scls/gw/mgmtObjs", mgmt_obj("memory", "./Vendor/memory/a", std::string(leaf_a) + "1</a>"));
  ASSERT_TRUE(added);
  finish(*added, {.end = Report::End::failed, .status = Status::conflict, .code = "418", .text = "OMA-DM 418 Already exists: ./Vendor/memory/a"});
  EXPECT_EQ(answered(answer).status, Status::conflict);
  EXPECT_NE(answered(answer).content->find("OMA-DM 418"), std::string::npos);
}

TEST_F(Dm, withoutValuesANodeThatIsThereIsAttached) {
  auto [sought, answer] = ask(Verb::create, "scls/gw/mgmtObjs", mgmt_obj("box", "./Vendor/box/"));
  ASSERT_TRUE(sought);
  EXPECT_EQ(std::get<Discover>(sought->task).objects, std::vector<std::string>{"./Vendor/box/"});
  finish(*sought, {.leaves = {{"./Vendor/box/b", "1", "chr"}}, .objects = {"./", "./Vendor/box/"}});
  EXPECT_EQ(answered(answer).status, Status::created);
  EXPECT_NE(answered(answer).content->find("originalMO>./Vendor/box<"), std::string::npos) << *answered(answer).content;
  EXPECT_NE(answered(answer).content->find("path=\"./Vendor/box/b\""), std::string::npos);
  auto [gone, deleted] = ask(Verb::remove, mgmt_objects + "box");
  EXPECT_FALSE(gone) << "it was there before";
  EXPECT_EQ(answered(deleted).status, Status::ok);
}

TEST_F(Dm, withoutValuesANodeThatIsNotThereIsMade) {
  auto [sought, answer] = ask(Verb::create, "scls/gw/mgmtObjs", mgmt_obj("box", "./Vendor/box"));
  ASSERT_TRUE(sought);
  finish(*sought, {.objects = {"./"}});
  const auto added = next();
  ASSERT_TRUE(added);
  EXPECT_EQ(std::get<AddInstance>(added->task), (AddInstance{"./Vendor/", {}, std::nullopt, "box"}));
  finish(*added, {.object = "./Vendor/box/"});
  EXPECT_EQ(answered(answer).status, Status::created);
  EXPECT_NE(answered(answer).content->find("originalMO>./Vendor/box<"), std::string::npos) << *answered(answer).content;
  auto [gone, deleted] = ask(Verb::remove, mgmt_objects + "box");
  ASSERT_TRUE(gone);
  EXPECT_EQ(std::get<DeleteInstance>(gone->task).object, "./Vendor/box/");
}

TEST_F(Dm, aPathOfCwmpIsRefused) {
  const auto answer = send(Verb::create, "scls/gw/mgmtObjs", mgmt_obj("x", "Device.X."));
  EXPECT_EQ(answer.status, Status::bad_request);
  EXPECT_NE(answer.content->find("below ./"), std::string::npos) << *answer.content;
}

TEST_F(Dm, row46whatTheDeviceForbidsIsForbidden) {
  auto [sought, made] = ask(Verb::create, "scls/gw/mgmtObjs", mgmt_obj("info", "./DevInfo"));
  finish(*sought, {.leaves = {{"./DevInfo/Man", "ACME", "chr"}}, .objects = {"./", "./DevInfo/"}});
  EXPECT_EQ(answered(made).status, Status::created);
  auto [set, answer] = ask(Verb::update, mgmt_objects + "info", std::string("<m:mgmtObj ") + names + "><Man xmlns=\"urn:nscl:mo\" path=\"./DevInfo/Man\">x</Man></m:mgmtObj>");
  ASSERT_TRUE(set);
  finish(*set, {.end = Report::End::failed, .status = Status::forbidden, .code = "425", .text = "OMA-DM 425 Permission denied: ./DevInfo/Man"});
  EXPECT_EQ(answered(answer).status, Status::forbidden);
}

TEST_F(Dm, row56firmwareGoesOnAsItsStateTellsAndEndsByItsAlert) {
  name_image("http://files.example/image");
  const auto run_node = act(image + "/firmwareAction/fwDownloadAndUpdate");
  EXPECT_EQ(run_node.node, "./FUMO/1/DownloadAndUpdate");
  EXPECT_EQ(run_node.leaves, (std::vector<Leaf>{{"./FUMO/1/DownloadAndUpdate/PkgURL", "http://files.example/image"}}));
  EXPECT_EQ(run_node.state, "./FUMO/1/State");
  finish(*action_, {.end = Report::End::accepted});
  EXPECT_EQ(progress(image), "1</progress><finalStatus>FAILURE");
  end_session();
  tell_state("30");
  EXPECT_EQ(progress(image), "25</progress><finalStatus>FAILURE");
  tell_state("60");
  EXPECT_EQ(progress(image), "75</progress><finalStatus>FAILURE");
  tell_state("100");
  EXPECT_EQ(progress(image), "75</progress><finalStatus>FAILURE") << "the alert tells of the end";
  call({"1201", "1226"});
  alert(action_->key, "./FUMO/1", {.code = "200"});
  EXPECT_EQ(progress(image), "100</progress><finalStatus>SUCCESS");
  alert(action_->key, "./FUMO/1", {.end = Report::End::failed, .code = "410"});
  EXPECT_EQ(progress(image), "100</progress><finalStatus>SUCCESS") << "told again it has one effect";
  auto found = next();   // what it has now (2.12 step 11)
  if (found && std::holds_alternative<GetLeaves>(found->task)) {
    finish(*found, {.leaves = {{"./FUMO/1/State", "10", "int"}}});
    found = next();
  }
  ASSERT_TRUE(found && std::holds_alternative<Discover>(found->task));
  auto now = discovered();
  std::ranges::find(now.leaves, std::string("./DevDetail/FwV"), &Leaf::path)->value = "2.0";
  finish(*found, now);
  EXPECT_EQ(facts().software_version, "2.0");
  EXPECT_NE(document(mgmt_objects + "etsiDeviceInfo").find("firmwareVersion>2.0<"), std::string::npos);
}

TEST_F(Dm, row61aSecondActionOfTheObjectConflicts) {
  name_image("http://files.example/image");
  act(image + "/firmwareAction/fwDownloadAndUpdate");
  EXPECT_EQ(execute(image + "/firmwareAction/fwDownload").status, Status::conflict);
}

TEST_F(Dm, anAlertWithoutAKeyIsAboutTheOnlyActionThatItCanBe) {
  name_image("http://files.example/image");
  act(image + "/firmwareAction/fwDownloadAndUpdate");
  finish(*action_, {.end = Report::End::accepted});
  alert("", "./SCOMO/Download/x", {.code = "1200"});
  EXPECT_EQ(progress(image), "1</progress><finalStatus>FAILURE") << "it is about another object";
  alert("", "./FUMO/1", {.end = Report::End::failed, .code = "402", .text = "OMA-DM 402 package corrupt"});
  EXPECT_EQ(progress(image), "100</progress><finalStatus>FAILURE");
}

TEST_F(Dm, aRebootIsOverWhenTheDeviceCallsAgain) {
  const auto run_node = act(mgmt_objects + "reboot/execEnable");
  EXPECT_EQ(run_node.node, "./DiagMon/Restart/Operations/Start");
  EXPECT_TRUE(run_node.restarts);
  finish(*action_, {.end = Report::End::accepted});
  const auto instance = pending().front().resource;
  EXPECT_EQ(document(instance).find("execDisable"), std::string::npos) << "nothing cancels it";
  EXPECT_NE(document(instance).find("execStatus>STARTED<"), std::string::npos);
  end_session();
  call({"1201", "1226"});
  EXPECT_NE(document(instance).find("execStatus>STARTED<"), std::string::npos) << "an alert is to come";
  end_session();
  call();
  EXPECT_NE(document(instance).find("execStatus>FINISHED<"), std::string::npos);
  EXPECT_EQ(item(document(instance), "FinalStatus"), "SUCCESS");
}

TEST_F(Dm, commandsThatItHasNothingForAreRefused) {
  make_command("up", "UPLOAD", "<execReqArg><name>FileType</name><value>2 Vendor Log File</value></execReqArg><execReqArg><name>URL</name><value>http://x/</value></execReqArg>");
  EXPECT_EQ(execute(mgmt_objects + "up/execEnable").status, Status::not_implemented);
  make_command("web", "DOWNLOAD");
  EXPECT_EQ(execute(mgmt_objects + "web/execEnable").status, Status::not_implemented);
  make_command("bad", "DOWNLOAD", "<execReqArg><name>FileTyp</name><value>1 Firmware Upgrade Image</value></execReqArg>");
  const auto answer = execute(mgmt_objects + "bad/execEnable");
  EXPECT_EQ(answer.status, Status::bad_request);
  EXPECT_NE(answer.content->find("FileTyp"), std::string::npos);
  make_command("own", "DOWNLOAD", "<execReqArg><name>.how</name><value>new</value></execReqArg><execReqArg><name>URL</name><value>http://x/</value></execReqArg>");
  EXPECT_EQ(execute(mgmt_objects + "own/execEnable").status, Status::bad_request);
}

TEST_F(Dm, aScheduledInformIsAskedForWhenItIsTime) {
  make_command("inform", "SCHEDULEINFORM", "<execReqArg><name>DelaySeconds</name><value>600</value></execReqArg>");
  EXPECT_EQ(execute(mgmt_objects + "inform/execEnable").status, Status::accepted);
  EXPECT_FALSE(next());
  clock_.advance(601s);
  const auto assignment = next();
  ASSERT_TRUE(assignment);
  EXPECT_EQ(std::get<Command>(assignment->task).type, "SCHEDULEINFORM");
}

TEST_F(Dm, aScheduledInformKeepsNobodyElseWaiting) {
  end_session();
  NremOptions options;
  options.calls_devices = true;
  restart(options);
  const auto wake_due = [&] {
    Time out{};
    look([&](store::View& view) { out = view.management().device(device_)->wake_due; });
    return out;
  };
  make_command("inform", "SCHEDULEINFORM", "<execReqArg><name>DelaySeconds</name><value>600</value></execReqArg>");
  EXPECT_EQ(execute(mgmt_objects + "inform/execEnable").status, Status::accepted);
  EXPECT_GT(wake_due(), clock_.now() + 599s);
  EXPECT_LE(wake_due(), clock_.now() + 600s);
  EXPECT_EQ(execute(mgmt_objects + "reboot/execEnable").status, Status::accepted);
  EXPECT_LE(wake_due(), clock_.now());
}

TEST_F(Dm, thatItCallsBecauseItWasCalledEndsTheAlarmOfOurCredentials) {
  const auto is_raised = [&] {
    bool out = false;
    look([&](store::View& view) { out = view.management().alarm(device_, alarm::call_login).has_value(); });
    return out;
  };
  change([&](store::Transaction& transaction) { raise_alarm(transaction.manage(), device_, alarm::call_login, "x", clock_.now()); });
  end_session();
  call({"1201"});
  EXPECT_TRUE(is_raised()) << "it calls by itself";
  end_session();
  call({"1200"});
  EXPECT_FALSE(is_raised());
}

TEST_F(Dm, newSoftwareIsFollowedFromFetchedToDeployed) {
  make(mgmt_objects + "etsiSoftware", std::string("<m:parameters ") + names + " xsi:type=\"m:SwInstance\" m:id=\"agent\"><softwareName>agent</softwareName><softwareVersion>1</softwareVersion>"
       "<softwareURL>http://files.example/agent</softwareURL><swActionStatus><action/><progress>100</progress><finalStatus>SUCCESS</finalStatus></swActionStatus></m:parameters>");
  const auto unit = mgmt_objects + "etsiSoftware/agent";
  const auto run_node = act(unit + "/softwareAction/swDownloadAndInstall");
  const auto key = action_->key;
  EXPECT_EQ(run_node.node, "./SCOMO/Download/" + key + "/Operations/DownloadInstall");
  finish(*action_, {.end = Report::End::accepted});
  alert(key, "./SCOMO/Download/" + key, {.code = "1200"}, "urn:oma:at:scomo:1.0:OperationComplete");
  EXPECT_EQ(progress(unit), "100</progress><finalStatus>SUCCESS");
  EXPECT_NE(document(unit).find("originalMO>./SCOMO/Download/" + key + "<"), std::string::npos) << document(unit);
  const auto found = next();
  ASSERT_TRUE(found && std::holds_alternative<Discover>(found->task));
  auto now = discovered();
  const auto deployed = "./SCOMO/Inventory/Deployed/" + key + "/";
  now.leaves.insert(now.leaves.end(), {{deployed + "PkgIDRef", key, "chr"}, {deployed + "Name", "agent", "chr"}, {deployed + "Version", "1.5", "chr"}, {deployed + "State", "20", "int"}});
  finish(*found, now);
  EXPECT_NE(document(unit).find("originalMO>./SCOMO/Inventory/Deployed/" + key + "<"), std::string::npos) << document(unit);
  EXPECT_NE(document(unit).find("softwareVersion>1.5<"), std::string::npos);
}

TEST_F(Dm, anAlertOfATrapIsAnEvent) {
  const auto trap = mgmt_objects + "etsiTrapEvent/trap-Trap";
  alert("", "./DiagMon/Trap", {}, "urn:oma:at:diag:trap");
  EXPECT_NE(document(trap).find("trapEventTimeStamp"), std::string::npos) << document(trap);
}

TEST_F(Dm, row34whatWasSentWithAnAnswerThatWasNotHeardIsSentAgain) {
  const auto trigger = image + "/firmwareAction/fwDownloadAndUpdate", node = std::string("./FUMO/1/DownloadAndUpdate");
  const auto next_run = [&] {
    auto assignment = next();
    for (; assignment && std::holds_alternative<Discover>(assignment->task); assignment = next()) finish(*assignment, discovered());
    return assignment;
  };
  name_image("http://x.example/i");
  for (const bool is_repeated : {false, true}) {
    ASSERT_EQ(execute(trigger).status, Status::accepted);
    const auto first = next_run();
    ASSERT_TRUE(first);
    finish(*first, {.end = Report::End::accepted});
    alert(first->key, node, {});
    ASSERT_EQ(execute(trigger).status, Status::accepted);
    const auto second = next_run();
    ASSERT_TRUE(second);
    end_session(second->operation);   // it is lost, with the answer to the alert
    call();
    if (is_repeated) alert(first->key, node, {});
    const auto again = next_run();
    ASSERT_TRUE(again);
    EXPECT_EQ(again->operation, second->operation);
    EXPECT_EQ(again->may_have_happened, !is_repeated) << "what the state shows is of the first";
    finish(*again, {.end = Report::End::accepted});
    alert(again->key, node, {});
    EXPECT_FALSE(next_run());
  }
}

TEST_F(Dm, subscriptionsAskTheDeviceForNothing) {
  make(mgmt_objects + "etsiDeviceInfo/subscriptions", std::string("<m:subscription ") + names + "><contact>http://app.example/</contact></m:subscription>");
  EXPECT_FALSE(next());
}

}  // namespace
}  // namespace nscl::rem
