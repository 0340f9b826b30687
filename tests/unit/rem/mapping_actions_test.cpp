// SPDX-License-Identifier: Apache-2.0
// Actions of management objects (rem.md 2.6); rows 20 and 25 of part 6.
#include "mapping_support.h"

namespace nscl::rem {
namespace {

std::string text(const Argument& argument) {
  if (argument.parts.empty()) return argument.name + "=" + argument.value;
  std::string out = argument.name + "(";
  for (const auto& part : argument.parts) out += (&part == &argument.parts.front() ? "" : " ") + text(part);
  return out + ")";
}

std::string text(const Task& task) {
  if (const auto* set = std::get_if<SetLeaves>(&task)) return rem::text(set->leaves);
  if (const auto* wish = std::get_if<SetNotifications>(&task)) {
    std::string out = "notify";
    for (const auto& leaf : wish->leaves) out += " " + leaf.path + "=" + std::to_string(leaf.level);
    return out;
  }
  const auto& command = std::get<Command>(task);
  std::string out = command.type;
  for (const auto& argument : command.arguments) out += " " + text(argument);
  return out;
}

/// The plan, or the error, as text.
std::string done_by(std::string_view of, model::Object attributes, std::string_view trigger, const DeviceFacts& facts = facts_with()) {
  const auto plan = DeviceMapping(builtin(), facts).action(type(of), attributes, trigger);
  if (!plan) return std::string(name_of(plan.error().status)) + " " + plan.error().detail;
  std::string out;
  for (const auto& task : plan->tasks) out += (out.empty() ? "" : "; ") + text(task);
  if (!plan->until.empty()) out += " until " + rem::text(plan->until);
  return out + " -> " + std::string(plan->status);
}

bool is(const std::string& text, std::string_view beginning) { return text.starts_with(beginning); }

const auto image = object({{"originalMO", "Device.DeviceInfo.FirmwareImage.2."}, {"firmwareURL", "http://f/x"}});

TEST(MappedActions, FirmwareRow20) {
  EXPECT_EQ(done_by("fwInstance", image, "fwDownloadAndUpdate"), "DOWNLOAD FileType=1 Firmware Upgrade Image URL=http://f/x -> fwActionStatus");
  EXPECT_EQ(done_by("fwInstance", image, "fwDownload"),
            "DOWNLOAD FileType=1 Firmware Upgrade Image URL=http://f/x TargetFileName=Device.DeviceInfo.FirmwareImage.2 -> fwActionStatus");
  EXPECT_EQ(done_by("fwInstance", image, "fwUpdate"), "Device.DeviceInfo.BootFirmwareImage=Device.DeviceInfo.FirmwareImage.2; REBOOT -> fwActionStatus");
  EXPECT_TRUE(is(done_by("fwInstance", image, "fwRemove"), "STATUS_NOT_IMPLEMENTED fwRemove: "));
  const auto plain = object({{"originalMO", "Device.DeviceInfo."}, {"firmwareURL", "http://f/x"}});
  EXPECT_EQ(done_by("fwInstance", plain, "fwDownloadAndUpdate"), "DOWNLOAD FileType=1 Firmware Upgrade Image URL=http://f/x -> fwActionStatus");
  EXPECT_TRUE(is(done_by("fwInstance", plain, "fwDownload"), "STATUS_NOT_IMPLEMENTED"));
  EXPECT_TRUE(is(done_by("fwInstance", plain, "fwUpdate"), "STATUS_NOT_IMPLEMENTED"));
}

TEST(MappedActions, AnArgumentThatLacksIsNamed) {
  const auto without = object({{"originalMO", "Device.DeviceInfo.FirmwareImage.2."}, {"firmwareURL", ""}});
  EXPECT_EQ(done_by("fwInstance", without, "fwDownload"), "STATUS_BAD_REQUEST fwDownload: firmwareURL is empty; set it before the action");
}

const auto unit = object({{"originalMO", "Device.SoftwareModules.DeploymentUnit.3."}, {"softwareURL", "http://s/x"}, {"softwareVersion", "2"}, {".uuid", "u-1"},
                          {".executionEnvRef", "Device.SoftwareModules.ExecEnv.1"}, {".executionUnits", "Device.SoftwareModules.ExecutionUnit.1,Device.SoftwareModules.ExecutionUnit.4."}});

TEST(MappedActions, Software) {
  EXPECT_EQ(done_by("swInstance", unit, "swDownloadAndInstall"), "CHANGEDUSTATE Operations(Operation=Update UUID=u-1 URL=http://s/x) -> swActionStatus");
  EXPECT_EQ(done_by("swInstance", unit, "swRemove"),
            "CHANGEDUSTATE Operations(Operation=Uninstall UUID=u-1 Version=2 ExecutionEnvRef=Device.SoftwareModules.ExecEnv.1) -> swActionStatus");
  EXPECT_TRUE(is(done_by("swInstance", unit, "swInstall"), "STATUS_CONFLICT"));
  EXPECT_TRUE(is(done_by("swInstance", unit, "swDownload"), "STATUS_NOT_IMPLEMENTED"));
  EXPECT_EQ(done_by("swInstance", unit, "swActivate"),
            "Device.SoftwareModules.ExecutionUnit.1.RequestedState=Active Device.SoftwareModules.ExecutionUnit.4.RequestedState=Active until "
            "Device.SoftwareModules.ExecutionUnit.1.Status=Active Device.SoftwareModules.ExecutionUnit.4.Status=Active -> swActionStatus");
  EXPECT_NE(done_by("swInstance", unit, "swDeactivate").find("RequestedState=Idle"), std::string::npos);
  const auto fresh = object({{"softwareURL", "http://s/x"}});   // not on the device yet
  EXPECT_EQ(done_by("swInstance", fresh, "swInstall"), "CHANGEDUSTATE Operations(Operation=Install URL=http://s/x) -> swActionStatus");
  EXPECT_EQ(done_by("swInstance", fresh, "swDownloadAndInstall"), "CHANGEDUSTATE Operations(Operation=Install URL=http://s/x) -> swActionStatus");
  EXPECT_TRUE(is(done_by("swInstance", fresh, "swRemove"), "STATUS_NOT_IMPLEMENTED"));   // no UUID to name it by
  EXPECT_TRUE(is(done_by("swInstance", fresh, "swActivate"), "STATUS_NOT_IMPLEMENTED"));
}

TEST(MappedActions, AMethodThatTheDeviceDoesNotKnowRow25) {
  auto facts = facts_with();
  facts.unsupported = {"ChangeDUState"};
  EXPECT_EQ(done_by("swInstance", unit, "swRemove", facts), "STATUS_NOT_IMPLEMENTED swRemove: the device does not know ChangeDUState");
  EXPECT_TRUE(is(done_by("swInstance", unit, "swRemove", facts_with({"Reboot"})), "STATUS_NOT_IMPLEMENTED"));
  EXPECT_TRUE(is(done_by("swInstance", unit, "swRemove", facts_with({"ChangeDUState"})), "CHANGEDUSTATE"));
}

TEST(MappedActions, Reboot) {
  const auto with = [](const char* level, const char* application = "") {
    return object({{"originalMO", "Device."}, {"rebootLevel", level}, {"applicationRef", application}, {".execEnvs", "Device.SoftwareModules.ExecEnv.1.,Device.SoftwareModules.ExecEnv.2."}});
  };
  EXPECT_EQ(done_by("etsiReboot", with("RESTART_OS"), "reboot"), "REBOOT -> rebootActionStatus");
  EXPECT_EQ(done_by("etsiReboot", object({{"originalMO", "Device."}}), "reboot"), "REBOOT -> rebootActionStatus");
  EXPECT_EQ(done_by("etsiReboot", with("RESTART_OS"), "factoryReset"), "RESET -> rebootActionStatus");
  EXPECT_EQ(done_by("etsiReboot", with("RESTART_ALL_APPLS"), "reboot"),
            "Device.SoftwareModules.ExecEnv.1.Reset=true Device.SoftwareModules.ExecEnv.2.Reset=true -> rebootActionStatus");
  const std::string one = "Device.SoftwareModules.ExecutionUnit.7";
  EXPECT_EQ(done_by("etsiReboot", with("RESTART_ONE_APPL", one.c_str()), "reboot"),
            one + ".RequestedState=Idle; " + one + ".RequestedState=Active until " + one + ".Status=Active -> rebootActionStatus");
  EXPECT_TRUE(is(done_by("etsiReboot", with("RESTART_ONE_APPL"), "reboot"), "STATUS_BAD_REQUEST"));
  EXPECT_TRUE(is(done_by("etsiReboot", with("RESTART_ONE_APPL", "Device.ManagementServer"), "reboot"), "STATUS_BAD_REQUEST"));   // no way to other objects
  EXPECT_TRUE(is(done_by("etsiReboot", with("RESTART_ONE_APPL", "Device.SoftwareModules.ExecutionUnit.7.X"), "reboot"), "STATUS_BAD_REQUEST"));
}

TEST(MappedActions, Switches) {
  EXPECT_EQ(done_by("capabilityInstance", object({{"originalMO", "Device.WiFi.Radio.1."}}), "devCapEnable"), "Device.WiFi.Radio.1.Enable=true -> capabilityActionStatus");
  EXPECT_EQ(done_by("capabilityInstance", object({{"originalMO", "Device.WiFi.Radio.1."}}), "devCapDisable"), "Device.WiFi.Radio.1.Enable=false -> capabilityActionStatus");
  const auto alarm = object({{"originalMO", "Device.FaultMgmt.SupportedAlarm.1."}});
  EXPECT_EQ(done_by("trapInstance", alarm, "trapEventEnable"), "Device.FaultMgmt.SupportedAlarm.1.ReportingMechanism=0 Expedited -> trapActionStatus");
  EXPECT_EQ(done_by("trapInstance", alarm, "trapEventDisable"), "Device.FaultMgmt.SupportedAlarm.1.ReportingMechanism=3 Disabled -> trapActionStatus");
  const auto parameter = object({{"trapId", "Device.WiFi.Radio.1.Status"}});   // that an application made
  EXPECT_EQ(done_by("trapInstance", parameter, "trapEventEnable"), "notify Device.WiFi.Radio.1.Status=2 -> trapActionStatus");
  EXPECT_EQ(done_by("trapInstance", parameter, "trapEventDisable"), "notify Device.WiFi.Radio.1.Status=0 -> trapActionStatus");
  EXPECT_TRUE(is(done_by("trapInstance", parameter, "trapEventEnable", facts_with({"Reboot"})), "STATUS_NOT_IMPLEMENTED trapEventEnable: the device does not know SetParameterAttributes"));
  EXPECT_TRUE(is(done_by("trapInstance", object({{"trapId", "Overheating"}}), "trapEventEnable"), "STATUS_BAD_REQUEST"));
  const auto statistics = object({{"originalMO", "Device.PeriodicStatistics.SampleSet.2."}}), log = object({{"originalMO", "Device.DeviceInfo.VendorLogFile.2."}});
  EXPECT_EQ(done_by("etsiPerformanceLog", statistics, "perfLogStop"), "Device.PeriodicStatistics.SampleSet.2.Enable=false -> perfoLogActionStatus");
  EXPECT_EQ(done_by("etsiPerformanceLog", log, "perfLogStart"), "UPLOAD FileType=4 Vendor Log File 2 -> perfoLogActionStatus");
  EXPECT_EQ(done_by("etsiPerformanceLog", object({{"originalMO", "Device.DeviceInfo."}}), "perfLogStart"), "UPLOAD FileType=2 Vendor Log File -> perfoLogActionStatus");
  EXPECT_TRUE(is(done_by("etsiPerformanceLog", log, "perfLogStop"), "STATUS_NOT_IMPLEMENTED"));
  const auto scl = object({{"originalMO", "Device.ETSIM2M.SCL.1."}});
  EXPECT_EQ(done_by("etsiSclMo", scl, "reRegistration"), "Device.ETSIM2M.SCL.1.Reregistration.Reregistration=true -> sclActionStatus");
  EXPECT_EQ(done_by("etsiSclMo", scl, "deRegistration"), "Device.ETSIM2M.SCL.1.Enable=false -> sclActionStatus");
}

TEST(MappedActions, ProgressIsWatchedWhereTheDeviceTellsIt) {
  const auto facts = facts_with();
  const DeviceMapping mapping(builtin(), facts);
  const auto attributes = object({{"originalMO", "Device.ETSIM2M.SCL.1."}});
  const auto plan = mapping.action(type("etsiSclMo"), attributes, "reRegistration");
  ASSERT_TRUE(plan);
  const std::string status = "Device.ETSIM2M.SCL.1.Reregistration.ActionStatus.";
  EXPECT_EQ(plan->watch, (std::vector<std::string>{status + "Progress", status + "FinalStatus"}));
  EXPECT_EQ(mapping.action_state(type("etsiSclMo"), attributes, {{status + "Progress", "40"}, {status + "FinalStatus", "SUCCESS"}}), (ActionState{40, false}));
  EXPECT_EQ(mapping.action_state(type("etsiSclMo"), attributes, {{status + "Progress", "100"}, {status + "FinalStatus", "SUCCESS"}}), (ActionState{100, true}));
  EXPECT_EQ(mapping.action_state(type("etsiSclMo"), attributes, {{status + "Progress", "100"}, {status + "FinalStatus", "FAILURE"}}), (ActionState{100, false}));
}

TEST(MappedActions, OfNothing) {
  EXPECT_TRUE(is(done_by("fwInstance", image, "reboot"), "STATUS_NOT_IMPLEMENTED"));
  EXPECT_TRUE(is(done_by("trapInstance", {}, "trapEventEnable"), "STATUS_BAD_REQUEST trapEventEnable: trapId is empty"));
  EXPECT_TRUE(is(done_by("capabilityInstance", {}, "devCapEnable"), "STATUS_NOT_IMPLEMENTED devCapEnable: nothing on the device"));
  EXPECT_TRUE(is(done_by("fwInstance", object({{"originalMO", "Device.Else."}}), "fwDownload"), "STATUS_NOT_IMPLEMENTED"));
}

}  // namespace
}  // namespace nscl::rem
