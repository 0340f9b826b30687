// SPDX-License-Identifier: Apache-2.0
// What a device is found to be and to have.
#include "play.h"

namespace nscl::rem::tr069 {
namespace {

using Texts = std::vector<std::string>;

Discover wanted() { return {{"{root}DeviceInfo.", "{root}DeviceInfo.MemoryStatus.", "{root}DeviceInfo.FirmwareImage.{i}."}}; }

GetRPCMethodsResponse methods() { return {{"GetRPCMethods", "Reboot"}}; }

// 2.3.
TEST(PerformDiscover, LevelByLevelAndOnlyWhatIsWanted) {
  Play play(wanted());
  play.facts.root = "Device.";
  play.asks(GetRPCMethods{}).gets(methods());
  play.asks(GetParameterNames{"Device.", true}).gets(names({"Device.DeviceInfo.", "Device.Huge.", "Device.ManagementServer."}));
  auto info = names({"Device.DeviceInfo.SerialNumber", "Device.DeviceInfo.MemoryStatus.", "Device.DeviceInfo.Unasked."});
  info.parameters.push_back({"Device.DeviceInfo.ProvisioningCode", true});
  info.parameters.push_back({"Device.DeviceInfo.FirmwareImage.", true});
  play.asks(GetParameterNames{"Device.DeviceInfo.", true}).gets(info);
  play.asks(GetParameterNames{"Device.DeviceInfo.FirmwareImage.", true}).gets(names({"Device.DeviceInfo.FirmwareImage.10.", "Device.DeviceInfo.FirmwareImage.2."}));
  play.asks(GetParameterNames{"Device.DeviceInfo.MemoryStatus.", true}).gets(names({"Device.DeviceInfo.MemoryStatus.Total"}));
  play.asks(GetParameterNames{"Device.DeviceInfo.FirmwareImage.2.", true}).gets(names({"Device.DeviceInfo.FirmwareImage.2.Status"}));
  play.asks(GetParameterNames{"Device.DeviceInfo.FirmwareImage.10.", true}).gets(names({"Device.DeviceInfo.FirmwareImage.10.Status"}));
  const Texts leaves = {"Device.DeviceInfo.ProvisioningCode", "Device.DeviceInfo.SerialNumber", "Device.DeviceInfo.MemoryStatus.Total",
                        "Device.DeviceInfo.FirmwareImage.2.Status", "Device.DeviceInfo.FirmwareImage.10.Status"};
  play.asks(GetParameterValues{leaves});
  GetParameterValuesResponse values;
  values.parameters.push_back({"Device.DeviceInfo.MemoryStatus.Total", "64", "unsignedInt"});
  play.gets(values);
  const auto report = play.report();
  EXPECT_EQ(report.end, Report::End::done);
  EXPECT_EQ(report.methods, (Texts{"GetRPCMethods", "Reboot"}));
  EXPECT_EQ(report.objects, (Texts{"Device.", "Device.DeviceInfo.", "Device.DeviceInfo.FirmwareImage.", "Device.DeviceInfo.MemoryStatus.",
                                   "Device.DeviceInfo.FirmwareImage.2.", "Device.DeviceInfo.FirmwareImage.10."}));
  EXPECT_EQ(report.writable, (Texts{"Device.DeviceInfo.FirmwareImage.", "Device.DeviceInfo.ProvisioningCode"}));
  EXPECT_EQ(report.leaves, (std::vector<Leaf>{{"Device.DeviceInfo.MemoryStatus.Total", "64", "unsignedInt"}}));
}

// Oddity 6.
TEST(PerformDiscover, ADeviceThatCannotSayItsMethodsHasTheBaseSet) {
  for (const bool by_fault : {true, false}) {
    Play play(Discover{});
    play.facts.root = "Device.";
    play.asks(GetRPCMethods{});
    by_fault ? play.gets(fault(9000)) : play.gets_nothing();
    play.asks(GetParameterNames{"Device.", true}).gets(names({"Device.DeviceInfo."}));
    EXPECT_EQ(play.report().methods, (Texts{"GetParameterNames", "GetParameterValues", "SetParameterValues", "AddObject", "DeleteObject",
                                            "Download", "Reboot", "FactoryReset"}));
    EXPECT_EQ(play.report().objects, (Texts{"Device."}));
  }
}

TEST(PerformDiscover, TheRootIsTried) {
  Play play(Discover{{"{root}DeviceInfo."}});
  play.gets(methods()).asks(GetParameterNames{"Device.", true}).gets(fault(9005));
  play.asks(GetParameterNames{"InternetGatewayDevice.", true}).gets(names({"InternetGatewayDevice.DeviceInfo."}));
  play.asks(GetParameterNames{"InternetGatewayDevice.DeviceInfo.", true});
  Play none(Discover{});
  none.gets(methods()).gets(names({})).gets(fault(9005));
  expect_failure(none.report(), Status::not_found, "9005");
  Play silent(Discover{});
  silent.gets_nothing().gets_nothing().gets_nothing().gets_nothing().gets_nothing();
  EXPECT_EQ(silent.report().end, Report::End::no_answer);
}

// Oddity 22: no dots, no parents, more levels than were asked for.
TEST(PerformDiscover, ListsAsTheyAreReallySent) {
  Play play(wanted());
  play.facts.root = "Device.";
  play.gets(methods()).gets(names({"Device.DeviceInfo", "Device.Other.Deep.Name"}));
  play.asks(GetParameterNames{"Device.DeviceInfo.", true});
  play.gets(names({"Device.DeviceInfo.", "Device.DeviceInfo.MemoryStatus.Total", "Device.DeviceInfo.FirmwareImage.1.Status", "Device.Stray.X"}));
  play.asks(GetParameterNames{"Device.DeviceInfo.FirmwareImage.", true}).gets(names({"Device.DeviceInfo.FirmwareImage.1"}));
  play.asks(GetParameterNames{"Device.DeviceInfo.MemoryStatus.", true}).gets(names({"Device.DeviceInfo.MemoryStatus.Total"}));
  play.asks(GetParameterNames{"Device.DeviceInfo.FirmwareImage.1.", true}).gets(names({"Device.DeviceInfo.FirmwareImage.1.Status"}));
  play.asks(GetParameterValues{{"Device.DeviceInfo.MemoryStatus.Total", "Device.DeviceInfo.FirmwareImage.1.Status"}});
}

// Oddity 36.
TEST(PerformDiscover, TheRootIsNotListedWhereThatKills) {
  Play play(Discover{{"{root}DeviceInfo.", "{root}Absent.", "{root}Denied."}});
  play.facts.root = "Device.";
  play.situation.model.skip_root_gpn = true;
  play.gets(methods());
  play.asks(GetParameterNames{"Device.Absent.", true}).gets(names({}));
  play.asks(GetParameterNames{"Device.Denied.", true}).gets(fault(9005));
  play.asks(GetParameterNames{"Device.DeviceInfo.", true}).gets(names({"Device.DeviceInfo.UpTime"}));
  play.asks(GetParameterValues{{"Device.DeviceInfo.UpTime"}}).gets(strings({{"Device.DeviceInfo.UpTime", "1"}}));
  EXPECT_EQ(play.report().objects, (Texts{"Device.", "Device.DeviceInfo."}));
}

TEST(PerformDiscover, ARootThatCannotBeListedButIsKnown) {
  Play play(Discover{{"{root}DeviceInfo."}});
  play.facts.root = "Device.";
  play.gets(methods()).gets(fault(9004)).asks(GetParameterNames{"InternetGatewayDevice.", true}).gets(fault(9005));
  play.asks(GetParameterNames{"Device.DeviceInfo.", true});
}

TEST(PerformDiscover, WithoutNamesWholeObjectsAreRead) {
  Play play(wanted());
  play.facts.root = "Device.";
  play.situation.model.no_gpn = true;
  play.gets(methods());
  play.asks(GetParameterValues{{"Device.DeviceInfo."}});
  play.gets(strings({{"Device.DeviceInfo.UpTime", "1"}, {"Device.DeviceInfo.FirmwareImage.1.Status", "Active"}}));
  play.asks(GetParameterValues{{"Device.DeviceInfo.MemoryStatus."}}).gets(fault(9005));
  play.asks(GetParameterValues{{"Device.DeviceInfo.FirmwareImage."}}).gets(fault(9005));
  EXPECT_EQ(play.report().objects, (Texts{"Device.", "Device.DeviceInfo.", "Device.DeviceInfo.FirmwareImage.1."}));
  EXPECT_EQ(play.report().leaves.size(), 2u);
}

TEST(PerformDiscover, APartThatFailsIsLeftOut) {
  Play play(Discover{{"{root}A.", "{root}B."}});
  play.facts.root = "Device.";
  play.gets(methods()).gets(names({"Device.A.", "Device.B."}));
  play.asks(GetParameterNames{"Device.A.", true}).gets_nothing().asks(GetParameterNames{"Device.A.", true}).gets_nothing();
  play.asks(GetParameterNames{"Device.B.", true}).gets(names({"Device.B.P", "Device.B.Q"}));
  play.asks(GetParameterValues{{"Device.B.P", "Device.B.Q"}}).gets(fault(9002));
  play.asks(GetParameterValues{{"Device.B.P"}}).gets(fault(9002));
  play.asks(GetParameterValues{{"Device.B.Q"}}).gets(strings({{"Device.B.Q", "1"}}));
  EXPECT_EQ(play.report().objects, (Texts{"Device.", "Device.B."}));
  EXPECT_EQ(play.report().leaves.size(), 1u);
}

// A device that makes up instances does not keep the session for ever.
TEST(PerformDiscover, TablesWithoutEnd) {
  Play play(Discover{{"{root}T.{i}.T.{i}.T.{i}."}});
  play.facts.root = "Device.";
  play.gets(methods()).gets(names({"Device.T."}));
  unsigned asked = 0;
  for (;; ++asked) {
    ASSERT_LT(asked, 400u);
    const auto* names_request = play.request_if<GetParameterNames>();
    if (!names_request) break;
    Texts list;
    for (int i = 1; i <= 500; ++i) list.push_back(names_request->parameter_path + (names_request->parameter_path.ends_with("T.") ? std::to_string(i) : "T") + ".");
    play.gets(names(list));
  }
  EXPECT_EQ(play.report().end, Report::End::done);
  EXPECT_LE(asked, 256u);
}

class PerformDiscoverRecorded : public WithRecordings {};

TEST_F(PerformDiscoverRecorded, OfRealDevices) {
  const auto methods_text = recorded("cwmp-netcwmp-getrpcmethods-response.xml"), names_text = recorded("cwmp-netcwmp-gpn-response.xml");
  const auto said = read<GetRPCMethodsResponse>(methods_text);
  Play play(Discover{{"{root}"}});
  play.facts.root = "InternetGatewayDevice.";
  play.gets(said).gets(read<GetParameterNamesResponse>(names_text));
  while (play.request_if<GetParameterValues>()) play.gets(GetParameterValuesResponse{});
  EXPECT_EQ(play.report().end, Report::End::done);
  EXPECT_EQ(play.report().methods, said.methods);
  EXPECT_EQ(play.report().objects.front(), "InternetGatewayDevice.");
}

}  // namespace
}  // namespace nscl::rem::tr069
