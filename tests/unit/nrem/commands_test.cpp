// SPDX-License-Identifier: Apache-2.0
// mgmtCmd and execInstance: from EXECUTE to the device and back (rem.md 1.7, 2.6, 5.2 to 5.5).
#include "command_fixture.h"

namespace nscl::rem {
namespace {

using model::Verb;

class Commands : public CommandFixture {};

TEST_F(Commands, areAnsweredWithTheInstanceThatTellsOfThem) {
  make_command("boot", "REBOOT");
  const auto answer = execute("scls/gw/mgmtObjs/boot/execEnable");
  EXPECT_EQ(answer.status, Status::accepted);
  EXPECT_TRUE(answer.has_resource);
  EXPECT_EQ(answer.resource.rfind("scls/gw/mgmtObjs/boot/execInstances/EXEC_", 0), 0u);
  EXPECT_NE(answer.content->find("execStatus>INITIATED<"), std::string::npos) << *answer.content;
  EXPECT_NE(answer.content->find("/execDisable<"), std::string::npos);
}

TEST_F(Commands, R17aRebootIsOverWhenTheDeviceIsBack) {
  make_command("boot", "REBOOT");
  const auto instance = run_command("boot");
  begin({"2 PERIODIC"});
  const auto assignment = next();
  ASSERT_TRUE(assignment);
  EXPECT_EQ(std::get<Command>(assignment->task).type, "REBOOT");
  EXPECT_FALSE(assignment->may_have_happened);
  EXPECT_EQ(assignment->key.size(), 27u);
  finish(*assignment, {.end = Report::End::accepted});
  EXPECT_EQ(status_of(instance), "STARTED");
  EXPECT_EQ(retrieve(instance).find("execDisable"), std::string::npos);
  EXPECT_FALSE(next());
  end_session();
  begin({"1 BOOT"}, true);   // some send no "M Reboot"
  const auto document = retrieve(instance);
  EXPECT_EQ(status_of(instance), "FINISHED");
  EXPECT_EQ(item(document, "FaultCode"), "0");
  EXPECT_EQ(item(document, "FinalStatus"), "SUCCESS");
  EXPECT_EQ(listener_.changes, (std::vector<std::string>{"updated " + instance + " STARTED", "updated " + instance + " FINISHED"}));
  EXPECT_TRUE(pending().empty());
}

TEST_F(Commands, nothingIsSentToADeviceThatIsAboutToRestart) {   // O27
  make_command("boot", "REBOOT");
  make_command("inform", "SCHEDULEINFORM", "<execReqArg><name>DelaySeconds</name><value>60</value></execReqArg>");
  run_command("boot");
  run_command("inform");
  begin();
  const auto first = next();
  ASSERT_TRUE(first);
  EXPECT_EQ(std::get<Command>(first->task).type, "SCHEDULEINFORM") << "what restarts the device comes last";
  EXPECT_EQ(std::get<Command>(first->task).arguments, (std::vector<Argument>{{"DelaySeconds", "60"}}));
  finish(*first, {.end = Report::End::accepted});
  const auto second = next();
  finish(*second, {.end = Report::End::accepted});
  run_command("inform");
  EXPECT_FALSE(next());
}

TEST_F(Commands, R20aTransferIsOverWhenItsReportComes) {
  make_command("load", "DOWNLOAD");
  const auto instance = run_command("load");
  begin();
  const auto assignment = next();
  finish(*assignment, {.end = Report::End::accepted});
  EXPECT_NE(retrieve(instance).find("execDisable"), std::string::npos) << "a transfer can be cancelled";
  Report report;
  report.started = Time{1700000000s};
  report.completed = Time{1700000060s};
  complete(assignment->key, report);
  const auto document = retrieve(instance);
  EXPECT_EQ(item(document, "StartTime"), "2023-11-14T22:13:20Z");
  EXPECT_EQ(item(document, "FinalStatus"), "SUCCESS");
  listener_.changes.clear();
  complete(assignment->key, report);   // R35: told again, one effect
  EXPECT_TRUE(listener_.changes.empty());
}

TEST_F(Commands, R21aReportWithoutAKeyIsOfTheOnlyTransferItCanBe) {
  make_command("load", "DOWNLOAD");
  const auto instance = run_command("load");
  begin();
  finish(*next(), {.end = Report::End::accepted});
  complete("", {.end = Report::End::failed, .status = Status::forbidden, .code = "9001", .text = "Request denied"});
  const auto document = retrieve(instance);
  EXPECT_EQ(item(document, "FaultCode"), "9001");
  EXPECT_EQ(item(document, "FaultString"), "Request denied");
  EXPECT_EQ(item(document, "StartTime"), "");
  EXPECT_EQ(item(document, "FinalStatus"), "FAILURE");
}

TEST_F(Commands, aReportThatNobodyWaitsForIsAcknowledgedAndHasNoEffect) {
  make_command("load", "DOWNLOAD");
  const auto one = run_command("load"), other = run_command("load");
  begin();
  finish(*next(), {.end = Report::End::accepted});
  finish(*next(), {.end = Report::End::accepted});
  complete("nobody's", {});
  EXPECT_EQ(status_of(one), "STARTED");
  EXPECT_EQ(status_of(other), "STARTED");
  look([&](store::View& view) { EXPECT_EQ(view.management().events(device_, UINT64_MAX, 1).front().key, "nobody's"); });
}

TEST_F(Commands, R29theReportOfOneThatWasDeletedHasNoEffect) {
  make_command("load", "DOWNLOAD");
  const auto instance = run_command("load");
  begin();
  const auto assignment = next();
  finish(*assignment, {.end = Report::End::accepted});
  EXPECT_EQ(send(Verb::remove, instance).status, Status::ok);
  listener_.changes.clear();
  complete(assignment->key, {});
  EXPECT_TRUE(listener_.changes.empty());
  EXPECT_EQ(send(Verb::retrieve, instance).status, Status::not_found);
}

TEST_F(Commands, oneThatIsDeletedBeforeTheDeviceKnewOfItIsNotSent) {
  make_command("boot", "REBOOT");
  EXPECT_EQ(send(Verb::remove, run_command("boot")).status, Status::ok);
  run_command("boot");
  EXPECT_EQ(send(Verb::remove, "scls/gw/mgmtObjs/boot").status, Status::ok);
  begin();
  EXPECT_FALSE(next());
  EXPECT_TRUE(pending().empty());
}

TEST_F(Commands, R33whatWasQueuedOutlivesTheDaemon) {
  make_command("boot", "REBOOT");
  const auto instance = run_command("boot");
  restart();
  begin();
  const auto assignment = next();
  ASSERT_TRUE(assignment);
  EXPECT_FALSE(assignment->may_have_happened);
  EXPECT_FALSE(next()) << "once";
  EXPECT_EQ(status_of(instance), "INITIATED");
}

TEST_F(Commands, R34whatASessionHadIsVerifiedAfterARestart) {
  make_command("boot", "REBOOT");
  run_command("boot");
  begin();
  const auto before = next();
  restart();
  begin();
  const auto after = next();
  ASSERT_TRUE(after);
  EXPECT_TRUE(after->may_have_happened);
  EXPECT_EQ(after->key, before->key);
  EXPECT_EQ(after->attempts, 2u);
}

TEST_F(Commands, whatALostSessionHadIsVerifiedInTheNext) {
  make_command("boot", "REBOOT");
  run_command("boot");
  begin();
  end_session(next()->operation);
  begin();
  EXPECT_TRUE(next()->may_have_happened);
}

TEST_F(Commands, aFaultThatPassesIsTriedAgainLaterAndNotForEver) {
  make_command("boot", "REBOOT");
  const auto instance = run_command("boot");
  begin();
  for (int i = 0; i < 10; ++i) {
    const auto assignment = next();
    ASSERT_TRUE(assignment) << i;
    finish(*assignment, {.end = Report::End::later, .status = Status::bad_gateway, .code = "9002", .text = "CWMP 9002"});
    EXPECT_FALSE(next());
    clock_.advance(61min);
  }
  EXPECT_FALSE(next());
  EXPECT_EQ(item(retrieve(instance), "FaultCode"), "9002");
}

TEST_F(Commands, oneWhoseDeviceNeverCallsExpires) {
  make_command("boot", "REBOOT");
  const auto instance = run_command("boot");
  clock_.advance(23h);
  keep();
  EXPECT_EQ(status_of(instance), "INITIATED");
  clock_.advance(61min);
  keep();
  EXPECT_EQ(item(retrieve(instance), "FaultCode"), "EXPIRED");
  begin();
  EXPECT_FALSE(next());
}

TEST_F(Commands, O40aReportThatIsOverdueMayStillCome) {
  make_command("load", "DOWNLOAD");
  const auto instance = run_command("load");
  begin();
  const auto assignment = next();
  finish(*assignment, {.end = Report::End::accepted});
  clock_.advance(25h);
  keep();
  EXPECT_EQ(item(retrieve(instance), "FaultCode"), "NO_REPORT");
  complete(assignment->key, {});
  EXPECT_EQ(item(retrieve(instance), "FaultCode"), "0");
}

TEST_F(Commands, needADeviceThatIsManaged) {
  make("scls", "<scl sclId=\"other\"><link>http://other.example/m2m</link><mgmtProtocolType>BBF_TR069</mgmtProtocolType></scl>");
  make("scls/other/mgmtObjs", "<m:mgmtCmd xmlns:m=\"http://uri.etsi.org/m2m\" m:id=\"boot\"><cmdType>REBOOT</cmdType></m:mgmtCmd>");
  EXPECT_EQ(execute("scls/other/mgmtObjs/boot/execEnable").status, Status::not_implemented);
  make_command("boot", "REBOOT");
  change([&](store::Transaction& transaction) {
    auto device = *transaction.management().device(device_);
    device.state = store::ManagedState::quarantined;
    transaction.manage().put_device(device);
  });
  EXPECT_EQ(execute("scls/gw/mgmtObjs/boot/execEnable").status, Status::forbidden);
  look([&](store::View& view) { EXPECT_TRUE(view.children("scls/gw/mgmtObjs/boot/execInstances", 9).empty()) << "half applied"; });
}

TEST_F(Commands, areRefusedWhenTooManyWait) {
  NremOptions options;
  options.queue = 2;
  restart(options);
  make_command("boot", "REBOOT");
  run_command("boot");
  run_command("boot");
  EXPECT_EQ(execute("scls/gw/mgmtObjs/boot/execEnable").status, Status::service_unavailable);
}

TEST_F(Commands, areRefusedIfTheyMayNotWait) {
  make_command("boot", "REBOOT");
  core::RequestIndication request;
  request.verb = Verb::execute;
  request.to = "scls/gw/mgmtObjs/boot/execEnable";
  request.from = from_;
  request.delivery.deadline = clock_.now();
  EXPECT_EQ(run(pipeline_->handle(std::move(request), *context_)).status, Status::service_unavailable);
  EXPECT_TRUE(pending().empty());
  look([&](store::View& view) { EXPECT_TRUE(view.children("scls/gw/mgmtObjs/boot/execInstances", 9).empty()) << "half applied"; });
}

TEST_F(Commands, argumentsMayBeStructures) {
  make_command("windows", "SCHEDULEDOWNLOAD", "<execReqArg><name>TimeWindowList</name><value><TimeWindow><WindowStart>0</WindowStart><WindowEnd>9</WindowEnd>"
               "<WindowMode>1 At Any Time</WindowMode></TimeWindow></value></execReqArg><execReqArg><name>FileType</name><value>2 Web Content</value></execReqArg>"
               "<execReqArg><name>URL</name><value>http://files.example/x</value></execReqArg>");
  run_command("windows");
  begin();
  const auto arguments = std::get<Command>(next()->task).arguments;
  EXPECT_EQ(arguments.front(), (Argument{"TimeWindowList", "", {{"TimeWindow", "", {{"WindowStart", "0"}, {"WindowEnd", "9"}, {"WindowMode", "1 At Any Time"}}}}}));
}

}  // namespace
}  // namespace nscl::rem
