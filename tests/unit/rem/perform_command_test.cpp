// SPDX-License-Identifier: Apache-2.0
// Commands: what is sent, how they end, and what is looked at before one is sent again.
#include "play.h"

namespace nscl::rem::tr069 {
namespace {

using Arguments = std::vector<Argument>;

Command download() { return {"DOWNLOAD", {{"FileType", "1 Firmware Upgrade Image"}, {"URL", "http://127.0.0.1/f"}}}; }

Message download_request() {
  Download out;
  out.command_key = our_key;
  out.file_type = "1 Firmware Upgrade Image";
  out.url = "http://127.0.0.1/f";
  return out;
}

Argument window(const std::string& start, const std::string& end) {
  return {"TimeWindow", {}, {{"WindowStart", start}, {"WindowEnd", end}, {"WindowMode", "1 At Any Time"}, {"MaxRetries", "-1"}}};
}

Command scheduled(Arguments windows) {
  return {"SCHEDULEDOWNLOAD", {{"FileType", "1 Firmware Upgrade Image"}, {"URL", "http://127.0.0.1/f"}, {"TimeWindowList", {}, std::move(windows)}}};
}

Argument operation(const std::string& kind, Arguments fields) {
  Argument out{"Operations", {}, {{"Operation", kind}}};
  for (auto& field : fields) out.parts.push_back(std::move(field));
  return out;
}

Command units(Arguments operations) { return {"CHANGEDUSTATE", std::move(operations)}; }

/// What check_command says; empty: nothing.
std::string complaint(const Command& command) {
  const auto checked = check_command(command);
  if (checked) return {};
  EXPECT_EQ(checked.error().status, Status::bad_request);
  return checked.error().detail;
}

TEST(CheckCommand, GoodOnes) {
  for (const auto* type : {"REBOOT", "RESET"}) EXPECT_EQ(complaint({type, {}}), "");
  EXPECT_EQ(complaint(download()), "");
  EXPECT_EQ(complaint({"UPLOAD", {{"FileType", "2 Vendor Log File"}}}), "") << "the URL is ours by default";
  EXPECT_EQ(complaint({"SCHEDULEINFORM", {{"DelaySeconds", "60"}}}), "");
  EXPECT_EQ(complaint(scheduled({window("0", "60"), window("60", "120")})), "");
  EXPECT_EQ(complaint(units({operation("Install", {{"URL", "u"}}), operation("Update", {}), operation("Uninstall", {{"UUID", "x"}})})), "");
}

TEST(CheckCommand, EverythingThatIsWrongIsNamed) {
  EXPECT_NE(complaint({"DANCE", {}}), "");
  EXPECT_EQ(complaint({"REBOOT", {{"CommandKey", "mine"}, {"url", "x"}}}), "arguments of REBOOT: CommandKey is unknown or twice; url is unknown or twice");
  EXPECT_EQ(complaint({"DOWNLOAD", {}}), "arguments of DOWNLOAD: FileType is missing; URL is missing");
  EXPECT_EQ(complaint({"SCHEDULEINFORM", {{"DelaySeconds", "0"}}}), "arguments of SCHEDULEINFORM: DelaySeconds is no number from 1 to 4294967295");
  EXPECT_NE(complaint({"SCHEDULEINFORM", {{"DelaySeconds", "soon"}}}), "");
  EXPECT_NE(complaint({"SCHEDULEINFORM", {}}), "");
  auto twice = download();
  twice.arguments.push_back({"URL", "http://127.0.0.1/g"});
  EXPECT_EQ(complaint(twice), "arguments of DOWNLOAD: URL is unknown or twice");
  auto long_one = download();
  long_one.arguments.push_back({"TargetFileName", std::string(257, 'x')});
  EXPECT_EQ(complaint(long_one), "arguments of DOWNLOAD: TargetFileName is longer than 256 characters");
  auto structure = download();
  structure.arguments.push_back({"FileSize", {}, {{"a", "b"}}});
  EXPECT_EQ(complaint(structure), "arguments of DOWNLOAD: FileSize is no structure");
}

TEST(CheckCommand, NoValueIsTold) {
  auto command = download();
  command.arguments.push_back({"Password", std::string(300, 's')});
  command.arguments.push_back({"FileSize", "hidden"});
  const auto text = complaint(command);
  EXPECT_NE(text.find("Password is longer"), std::string::npos) << text;
  EXPECT_EQ(text.find("sss"), std::string::npos);
  EXPECT_EQ(text.find("hidden"), std::string::npos);
}

TEST(CheckCommand, TimeWindows) {
  EXPECT_NE(complaint(scheduled({})), "");
  EXPECT_NE(complaint(scheduled({window("0", "1"), window("1", "2"), window("2", "3")})), "");
  EXPECT_NE(complaint(scheduled({window("0", "60"), window("59", "120")})), "");
  EXPECT_NE(complaint(scheduled({window("60", "0")})), "");
  EXPECT_NE(complaint(scheduled({{"TimeWindow", {}, {{"WindowStart", "0"}, {"WindowEnd", "1"}, {"WindowMode", "whenever"}}}})), "");
  EXPECT_NE(complaint(scheduled({{"Window", {}, {{"WindowStart", "0"}}}})), "");
}

TEST(CheckCommand, Operations) {
  EXPECT_NE(complaint(units({})), "");
  EXPECT_NE(complaint(units({operation("Paint", {})})), "");
  EXPECT_NE(complaint(units({operation("Install", {})})).find("Operations 1: URL is missing"), std::string::npos);
  EXPECT_NE(complaint(units({operation("Uninstall", {})})).find("Operations 1: UUID is missing"), std::string::npos);
  EXPECT_NE(complaint(units({operation("Uninstall", {{"UUID", "x"}, {"URL", "u"}})})).find("URL is unknown"), std::string::npos);
}

// Rows 17 and 18.
TEST(PerformCommand, RebootIsAccepted) {
  Play play(Command{"REBOOT", {}});
  play.asks(Reboot{our_key}).gets(RebootResponse{});
  EXPECT_EQ(play.report().end, Report::End::accepted);
}

// Row 19.
TEST(PerformCommand, ResetIsAccepted) {
  Play play(Command{"RESET", {}});
  play.asks(FactoryReset{}).gets(FactoryResetResponse{});
  EXPECT_EQ(play.report().end, Report::End::accepted);
}

// Row 20.
TEST(PerformCommand, DownloadIsAcceptedOrDone) {
  Play later(download());
  later.asks(download_request()).gets(DownloadResponse{1, {}, {}});
  EXPECT_EQ(later.report().end, Report::End::accepted);
  Play done(download());
  const Time start{std::chrono::seconds{1'000'000}}, end{std::chrono::seconds{1'000'060}};
  done.gets(DownloadResponse{0, start, end});
  EXPECT_EQ(done.report().end, Report::End::done);
  EXPECT_EQ(done.report().started, start);
  EXPECT_EQ(done.report().completed, end);
  Play disguised(download());
  disguised.gets(DownloadResponse{9010, {}, {}});
  expect_failure(disguised.report(), Status::bad_gateway, "9010");
}

TEST(PerformCommand, EveryArgumentArrives) {
  auto command = download();
  for (const auto* name : {"Username", "Password", "TargetFileName", "SuccessURL", "FailureURL"}) command.arguments.push_back({name, name});
  command.arguments.push_back({"FileSize", "7"});
  command.arguments.push_back({"DelaySeconds", "8"});
  Download expected;
  expected.command_key = our_key;
  expected.file_type = "1 Firmware Upgrade Image";
  expected.url = "http://127.0.0.1/f";
  expected.username = "Username";
  expected.password = Secret(std::string_view("Password"));
  expected.file_size = 7;
  expected.target_file_name = "TargetFileName";
  expected.delay_seconds = 8;
  expected.success_url = "SuccessURL";
  expected.failure_url = "FailureURL";
  Play play(command);
  play.asks(std::move(expected));
}

TEST(PerformCommand, ScheduleDownload) {
  ScheduleDownload expected;
  expected.command_key = our_key;
  expected.file_type = "1 Firmware Upgrade Image";
  expected.url = "http://127.0.0.1/f";
  expected.time_windows.push_back({0, 60, "1 At Any Time", "", -1});
  Play play(scheduled({window("0", "60")}));
  play.asks(std::move(expected)).gets(ScheduleDownloadResponse{});
  EXPECT_EQ(play.report().end, Report::End::accepted);
}

// Row 22, as far as the request goes.
TEST(PerformCommand, Upload) {
  nscl::rem::tr069::Upload expected;
  expected.command_key = our_key;
  expected.file_type = "2 Vendor Log File";
  expected.url = "http://127.0.0.1/u";
  Play play(Command{"UPLOAD", {{"FileType", "2 Vendor Log File"}, {"URL", "http://127.0.0.1/u"}}});
  play.asks(std::move(expected)).gets(UploadResponse{1, {}, {}});
  EXPECT_EQ(play.report().end, Report::End::accepted);
  Play without(Command{"UPLOAD", {{"FileType", "2 Vendor Log File"}}});
  expect_failure(without.report(), Status::bad_request, "9003", "URL is missing");
}

// Row 24: silently skipped, or 9000.
TEST(PerformCommand, ScheduleInformThatTheDeviceDoesNotKnow) {
  Play silent(Command{"SCHEDULEINFORM", {{"DelaySeconds", "60"}}});
  silent.asks(ScheduleInform{60, our_key}).gets_nothing().asks(ScheduleInform{60, our_key}).gets_nothing();
  expect_failure(silent.report(), Status::not_implemented, "9000", "ScheduleInform");
  EXPECT_TRUE(silent.report().unsupported);
  Play refused(Command{"SCHEDULEINFORM", {{"DelaySeconds", "60"}}});
  refused.gets(fault(9000));
  expect_failure(refused.report(), Status::not_implemented, "9000");
  EXPECT_TRUE(refused.report().unsupported);
  Play known(Command{"SCHEDULEINFORM", {{"DelaySeconds", "60"}}});
  known.gets_nothing().gets(ScheduleInformResponse{});
  EXPECT_EQ(known.report().end, Report::End::accepted);
}

// Row 25.
TEST(PerformCommand, ChangeDUState) {
  const auto command = units({operation("Install", {{"URL", "http://127.0.0.1/u"}, {"UUID", "x"}, {"Password", "p"}}), operation("Uninstall", {{"UUID", "y"}})});
  ChangeDUState expected;
  expected.command_key = our_key;
  expected.operations.emplace_back(InstallOpStruct{"http://127.0.0.1/u", "x", "", Secret(std::string_view("p")), ""});
  expected.operations.emplace_back(UninstallOpStruct{"y", "", ""});
  Play play(command);
  play.asks(std::move(expected)).gets(fault(9000));
  expect_failure(play.report(), Status::not_implemented, "9000");
  EXPECT_TRUE(play.report().unsupported);
  Play known(command);
  known.gets(ChangeDUStateResponse{});
  EXPECT_EQ(known.report().end, Report::End::accepted);
}

TEST(PerformCommand, WhatCannotBeSentFails) {
  Play play(Command{"DOWNLOAD", {{"Speed", "1"}}});
  expect_failure(play.report(), Status::bad_request, "9003", "Speed is unknown");
}

TEST(PerformCommand, FaultsOfTransfers) {
  Play credentials(download());
  credentials.gets(fault(9012));
  expect_failure(credentials.report(), Status::bad_gateway, "9012", "CWMP 9012");
  EXPECT_EQ(credentials.report().text.find("127.0.0.1"), std::string::npos) << "the URL may have a key in it";
  Play busy(download());
  busy.gets(fault(9004));
  EXPECT_EQ(busy.report().end, Report::End::later);
}

// 5.4, oddity 13.
TEST(PerformCommand, ARebootThatHappenedIsSeenByTheEvents) {
  for (const auto* event : {"1 BOOT", "M Reboot"}) {
    Play play(Command{"REBOOT", {}});
    play.again().situation.events = {{event, ""}};
    EXPECT_EQ(play.report().end, Report::End::done) << event;
  }
  Play not_yet(Command{"REBOOT", {}});
  not_yet.again().situation.events = {{"2 PERIODIC", ""}};
  not_yet.asks(Reboot{our_key});
  for (const auto* event : {"0 BOOTSTRAP", "1 BOOT"}) {
    Play reset(Command{"RESET", {}});
    reset.again().situation.events = {{event, ""}};
    EXPECT_EQ(reset.report().end, Report::End::done) << event;
  }
  Play first_time(Command{"REBOOT", {}});
  first_time.situation.events = {{"1 BOOT", ""}};
  first_time.asks(Reboot{our_key});
}

TEST(PerformCommand, ATransferThatTheDeviceTellsOfIsNotSentAgain) {
  Play completed(download());
  completed.again().situation.completed_keys = {our_key};
  EXPECT_EQ(completed.report().end, Report::End::accepted);
  Play by_event(download());
  by_event.again().situation.events = {{"M Download", our_key}};
  EXPECT_EQ(by_event.report().end, Report::End::accepted);
  Play queued(download());
  GetAllQueuedTransfersResponse queue;
  queue.transfers.push_back({our_key, 2, true, "", 0, ""});
  queued.again().asks(GetAllQueuedTransfers{}).gets(queue);
  EXPECT_EQ(queued.report().end, Report::End::accepted);
}

TEST(PerformCommand, OneThatItDoesNotKnowIsSentAgainWithTheSameKey) {
  Play others(download());
  others.again().situation.events = {{"M Download", "e9"}};
  GetAllQueuedTransfersResponse queue;
  queue.transfers.push_back({"e9", 2, true, "", 0, ""});
  others.asks(GetAllQueuedTransfers{}).gets(queue).asks(download_request());
  Play silent(download());
  silent.again().asks(GetAllQueuedTransfers{}).gets_nothing().asks(download_request()).gets_nothing().asks(download_request());
  Play refused(download());
  refused.again().gets(fault(9000)).asks(download_request());
  Play cannot_say(download());
  cannot_say.again().facts.methods = {"Download"};
  cannot_say.asks(download_request());
  Play did_not_know(download());
  did_not_know.again().facts.unsupported = {"GetAllQueuedTransfers"};
  did_not_know.asks(download_request());
}

class Units : public testing::Test {
 protected:
  explicit Units(Command command = units({operation("Install", {{"URL", "u"}, {"UUID", "x"}})})) : play(std::move(command)) {
    play.facts.root = "Device.";
    play.again().asks(GetParameterNames{table, true});
  }
  void has(const std::string& uuid, const std::string& status) {
    play.gets(names({table + "1."}));
    play.asks(GetParameterValues{{table + "1.UUID", table + "1.URL", table + "1.Status", table + "1.Version"}});
    play.gets(strings({{table + "1.UUID", uuid}, {table + "1.Status", status}}));
  }
  const std::string table = "Device.SoftwareModules.DeploymentUnit.";
  Play play;
};

class UnitsGone : public Units {
 protected:
  UnitsGone() : Units(units({operation("Uninstall", {{"UUID", "x"}})})) {}
};

TEST_F(Units, InstalledIsDone) {
  has("x", "Installed");
  EXPECT_EQ(play.report().end, Report::End::done);
}
TEST_F(Units, AbsentIsRepeatedAndThereAllTheSameIsDone) {
  has("y", "Installed");
  EXPECT_TRUE(play.request_if<ChangeDUState>());
  play.gets(fault(9026));
  EXPECT_EQ(play.report().end, Report::End::done);
}
TEST_F(Units, WithoutATableItIsRepeated) {
  play.gets(fault(9005));
  EXPECT_TRUE(play.request_if<ChangeDUState>());
}
TEST_F(UnitsGone, OthersAreThere) {
  has("y", "Installed");
  EXPECT_EQ(play.report().end, Report::End::done);
}
TEST_F(UnitsGone, ItIsThere) {
  has("x", "Installed");
  EXPECT_TRUE(play.request_if<ChangeDUState>());
}
TEST_F(UnitsGone, WhatCouldNotBeReadIsNotGone) {
  play.gets(names({table + "1."})).gets(fault(9002)).gets(fault(9002)).gets(fault(9002)).gets(fault(9002)).gets(fault(9002)).gets(fault(9002)).gets(fault(9002));
  EXPECT_TRUE(play.request_if<ChangeDUState>());
}

// Row 27.
TEST(PerformCancel, CancelledOrNot) {
  Play play(Cancel{"e77"});
  play.asks(CancelTransfer{"e77"}).gets(CancelTransferResponse{});
  EXPECT_EQ(play.report(), Report{});
  Play not_now(Cancel{"e77"});
  not_now.gets(fault(9021));
  expect_failure(not_now.report(), Status::conflict, "9021");
  EXPECT_FALSE(not_now.report().unsupported);
  Play never(Cancel{"e77"});
  never.gets_nothing().gets_nothing();
  expect_failure(never.report(), Status::not_implemented, "9000", "CancelTransfer");
  EXPECT_TRUE(never.report().unsupported);
}

TEST(PerformAny, AnAnswerToSomethingElseIsNone) {
  EXPECT_TRUE(answers(RebootResponse{}, Reboot{}));
  EXPECT_TRUE(answers(Fault{}, Reboot{}));
  EXPECT_FALSE(answers(DownloadResponse{}, Reboot{}));
  EXPECT_FALSE(answers(Reboot{}, Reboot{}));
  Assignment assignment;
  assignment.task = Command{"REBOOT", {}};
  const DeviceFacts facts;
  const auto performance = perform(assignment, Situation{&facts});
  (void)performance->begin();
  const auto again = performance->answered(DownloadResponse{});
  EXPECT_TRUE(std::holds_alternative<Message>(again));
}

class PerformCommandRecorded : public WithRecordings {};

// Rows 17 to 20, 22 and 24, with what real devices answered.
TEST_F(PerformCommandRecorded, Responses) {
  const auto reboot = recorded("cwmp-netcwmp-reboot-response.xml"), reset = recorded("cwmp-cwmp-sim-factoryreset-response.xml");
  const auto fetch = recorded("cwmp-netcwmp-download-response-empty-times.xml"), unknown = recorded("cwmp-genieacs-sim-fault-9000.xml");
  const auto queue = recorded("cwmp-cwmp-sim-getallqueuedtransfers-empty.xml");
  Play rebooted(Command{"REBOOT", {}});
  rebooted.gets(read<RebootResponse>(reboot));
  EXPECT_EQ(rebooted.report().end, Report::End::accepted);
  Play was_reset(Command{"RESET", {}});
  was_reset.gets(read<FactoryResetResponse>(reset));
  EXPECT_EQ(was_reset.report().end, Report::End::accepted);
  Play fetched(download());
  fetched.again().gets(read<GetAllQueuedTransfersResponse>(queue)).asks(download_request()).gets(read<DownloadResponse>(fetch));
  EXPECT_EQ(fetched.report().end, Report::End::accepted);
  Play refused(Command{"SCHEDULEINFORM", {{"DelaySeconds", "60"}}});
  refused.gets(read<Fault>(unknown));
  expect_failure(refused.report(), Status::not_implemented, "9000");
}

// 5.4: the events of a real Inform.
TEST_F(PerformCommandRecorded, ARebootIsSeenInAnInform) {
  for (const auto* file : {"cwmp-cwmp-sim-inform-1boot-and-M-Reboot.xml", "cwmp-netcwmp-inform-1boot-only.xml"}) {
    const auto text = recorded(file);
    Play play(Command{"REBOOT", {}});
    play.again().situation.events = read<Inform>(text).events;
    EXPECT_EQ(play.report().end, Report::End::done) << file;
  }
}

}  // namespace
}  // namespace nscl::rem::tr069
