// SPDX-License-Identifier: Apache-2.0
// A simulated CPE: sessions, its tree, time and failures.
#include <algorithm>

#include "simulated.h"

namespace nscl::rem::simulator {
namespace {

TEST_F(Simulated, FirstSessionBootstraps) {   // row 1
  make();
  const auto inform = open();
  EXPECT_EQ(codes(inform), (Codes{"0 BOOTSTRAP", "1 BOOT"}));
  EXPECT_EQ(inform.device_id.serial_number, "S1");
  std::vector<std::string> names;
  for (const auto& parameter : inform.parameters) names.push_back(parameter.name);
  EXPECT_EQ(names, (Codes{"Device.DeviceInfo.HardwareVersion", "Device.DeviceInfo.ProvisioningCode", "Device.DeviceInfo.SoftwareVersion",
                          "Device.ManagementServer.AliasBasedAddressing", "Device.ManagementServer.ConnectionRequestURL",
                          "Device.ManagementServer.ParameterKey", "Device.RootDataModelVersion"}));
  EXPECT_EQ(posted_, "");
  close();
  EXPECT_FALSE(cpe_->wants_session(now_));
}

TEST_F(Simulated, KeepsWhatIsSetAndTheKey) {   // row 10
  make();
  open();
  const std::string name = "Device.ManagementServer.PeriodicInformInterval";
  EXPECT_EQ(asked<SetParameterValuesResponse>(setting(name, " 060", "unsignedInt")).status, 0u);
  EXPECT_EQ(value(name), "60");
  close();
  wait_for_session(60s);
  const auto inform = open();
  EXPECT_EQ(codes(inform), (Codes{"2 PERIODIC"}));
  const auto is_key = [](const auto& parameter) { return parameter.name.ends_with("ParameterKey") && parameter.value == "k1"; };
  EXPECT_TRUE(std::ranges::any_of(inform.parameters, is_key));
}

TEST_F(Simulated, RefusesSettingsAllTogetherAndNamesEach) {
  make();
  open();
  auto request = setting("Device.DeviceInfo.SerialNumber", "x");
  request.parameters.push_back({"Device.Nope", "x"});
  request.parameters.push_back({"Device.ManagementServer.PeriodicInformInterval", "0", "unsignedInt"});
  request.parameters.push_back({"Device.ManagementServer.PeriodicInformEnable", "1", "int"});
  request.parameters.push_back({"Device.WiFi.Radio.1.Channel", "11", "unsignedInt"});
  request.parameters.push_back({"Device.WiFi.Radio.1.Channel", "12", "unsignedInt"});
  const auto fault = asked<Fault>(request);
  EXPECT_EQ(fault.code, 9003u);
  std::vector<std::uint32_t> found;
  for (const auto& parameter : fault.parameters) found.push_back(parameter.code);
  EXPECT_EQ(found, (std::vector<std::uint32_t>{9008, 9005, 9007, 9006, 9003}));
  EXPECT_EQ(value("Device.WiFi.Radio.1.Channel"), "6");
  EXPECT_EQ(value("Device.ManagementServer.ParameterKey"), "");
}

TEST_F(Simulated, ShowsItsTree) {
  make();
  open();
  const auto level = asked<GetParameterNamesResponse>(GetParameterNames{"Device.ETSIM2M.SCL.1.", true}).parameters;
  const auto has = [&](std::string_view name) { return std::ranges::any_of(level, [&](const auto& info) { return info.name == name; }); };
  EXPECT_TRUE(has("Device.ETSIM2M.SCL.1.Reregistration."));
  EXPECT_FALSE(has("Device.ETSIM2M.SCL.1."));
  EXPECT_FALSE(has("Device.ETSIM2M.SCL.1.Reregistration.RegSearchStrings"));
  const auto tables = asked<GetParameterNamesResponse>(GetParameterNames{"Device.ETSIM2M.SCL.1.AreaNwkInstance.", true}).parameters;
  EXPECT_EQ(tables.size(), 2u);   // row 58
  EXPECT_EQ(asked<Fault>(GetParameterNames{"Device.Nope.", true}).code, 9005u);
  EXPECT_EQ(asked<Fault>(GetParameterNames{"Device.DeviceInfo.SerialNumber", true}).code, 9003u);
  EXPECT_EQ(asked<GetParameterNamesResponse>(GetParameterNames{"", true}).parameters.size(), 1u);
  EXPECT_EQ(asked<Fault>(GetParameterValues{{"Device.DeviceInfo.SerialNumber", "Device.Nope"}}).code, 9005u);
  EXPECT_GT(asked<GetParameterValuesResponse>(GetParameterValues{{"Device.DeviceInfo."}}).parameters.size(), 10u);
}

TEST_F(Simulated, MakesAndRemovesInstances) {   // row 14
  make();
  open();
  const std::string table = "Device.DHCPv4.Server.Pool.1.StaticAddress.";
  EXPECT_EQ(asked<AddObjectResponse>(AddObject{table, "a"}).instance_number, 1u);
  EXPECT_EQ(asked<AddObjectResponse>(AddObject{table, "b"}).instance_number, 2u);
  EXPECT_EQ(value("Device.DHCPv4.Server.Pool.1.StaticAddressNumberOfEntries"), "2");
  asked<SetParameterValuesResponse>(setting(table + "2.Chaddr", "00:11:22:33:44:55"));
  asked<DeleteObjectResponse>(DeleteObject{table + "2.", "c"});
  EXPECT_EQ(asked<Fault>(DeleteObject{table + "2.", "d"}).code, 9005u);
  EXPECT_EQ(asked<AddObjectResponse>(AddObject{table, "e"}).instance_number, 3u) << "numbers are not given twice";
  EXPECT_EQ(value("Device.ManagementServer.ParameterKey"), "e");
  asked<DeleteObjectResponse>(DeleteObject{"Device.DHCPv4.Server.Pool.1.", "f"});
  EXPECT_EQ(asked<Fault>(GetParameterValues{{table + "1.Chaddr"}}).code, 9005u);
  EXPECT_EQ(asked<AddObjectResponse>(AddObject{"Device.DHCPv4.Server.Pool.", "g"}).instance_number, 2u);
  EXPECT_EQ(asked<Fault>(AddObject{"Device.DHCPv4.Server.Pool", ""}).code, 9003u);
  EXPECT_EQ(asked<Fault>(AddObject{"Device.NAT.PortMapping.", ""}).code, 9005u);
  EXPECT_EQ(asked<Fault>(AddObject{"Device.WiFi.Radio.", ""}).code, 9005u);
}

TEST_F(Simulated, SecretsReadAsNothing) {   // row 63
  make();
  open();
  asked<SetParameterValuesResponse>(setting("Device.ManagementServer.ConnectionRequestPassword", "geheim"));
  EXPECT_EQ(value("Device.ManagementServer.ConnectionRequestPassword"), "");
  EXPECT_EQ(cpe_->model().value("ManagementServer.ConnectionRequestPassword"), "geheim");
}

TEST_F(Simulated, RebootsWithItsKeyAndResets) {   // rows 17, 19
  make();
  open();
  asked<RebootResponse>(Reboot{"e7"});
  close();
  EXPECT_FALSE(cpe_->wants_session(now_));
  EXPECT_FALSE(cpe_->request_connection(now_)) << "it boots";
  wait_for_session(2s);
  EXPECT_EQ(codes(open()), (Codes{"1 BOOT", "M Reboot=e7"}));
  asked<SetParameterValuesResponse>(setting("Device.WiFi.Radio.1.Channel", "11"));
  asked<FactoryResetResponse>(FactoryReset{});
  close();
  wait_for_session(2s);
  EXPECT_EQ(codes(open()), (Codes{"0 BOOTSTRAP", "1 BOOT"}));
  EXPECT_EQ(value("Device.WiFi.Radio.1.Channel"), "6");
}

TEST_F(Simulated, IsScheduledAndTellsChanges) {
  make();
  open();
  asked<ScheduleInformResponse>(ScheduleInform{20, "i1"});
  SetParameterAttributes attributes;
  attributes.parameters.push_back({"Device.WiFi.Radio.1.Status", true, 2, false, {}});
  asked<SetParameterAttributesResponse>(attributes);
  close();
  EXPECT_TRUE(cpe_->change("WiFi.Radio.1.Status", "Down"));
  const auto inform = open();
  EXPECT_EQ(codes(inform), (Codes{"4 VALUE CHANGE"}));
  EXPECT_TRUE(std::ranges::any_of(inform.parameters, [](const auto& parameter) { return parameter.name.ends_with("Radio.1.Status"); }));
  asked<SetParameterValuesResponse>(setting("Device.WiFi.Radio.1.Enable", "false", "boolean"));
  asked<SetParameterValuesResponse>(setting("Device.WiFi.Radio.1.Enable", "true", "boolean"));
  close();
  EXPECT_EQ(codes(open()), (Codes{"4 VALUE CHANGE"})) << "what follows from a value that was set";
  close();
  wait_for_session(20s);
  EXPECT_EQ(codes(open()), (Codes{"3 SCHEDULED", "M ScheduleInform=i1"}));
}

TEST_F(Simulated, TriesAgainLaterAndLater) {   // 4.9 row 39
  make();
  for (const auto pause : {7s, 15s, 30s, 60s}) {
    begin();
    reply(answer(500));
    EXPECT_FALSE(goes_on_);
    EXPECT_TRUE(cpe_->failure());
    EXPECT_EQ(cpe_->next(), now_ + pause);
    now_ += pause;
  }
  begin();
  EXPECT_EQ(posted<Inform>().retry_count, 4u);
  auto busy = answer(503);
  busy.fields.emplace_back("Retry-After", "120");
  reply(busy);
  EXPECT_TRUE(cpe_->is_told_to_wait());
  EXPECT_EQ(cpe_->next(), now_ + 120s);
}

TEST_F(Simulated, InsistsOnItsId) {
  make();
  begin();
  ask(InformResponse{});   // with another ID
  EXPECT_NE(cpe_->failure().value_or("").find("ID"), std::string::npos);
}

TEST_F(Simulated, RepeatsAfter8005) {
  make();
  begin();
  const auto before = posted_;
  respond(make_fault(8005));
  EXPECT_EQ(posted_, before);
  respond(make_fault(8001));
  EXPECT_TRUE(cpe_->failure());
}

TEST_F(Simulated, HostileAnswersEndTheSession) {
  for (const auto* text : {"<", "<a/>", "not XML", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"}) {
    make();
    begin();
    reply(answer(200, text));
    EXPECT_FALSE(goes_on_) << text;
    EXPECT_TRUE(cpe_->failure()) << text;
  }
}

TEST_F(Simulated, UsesTheCredentialsThatTheAcsSet) {   // 4.3, first contact
  make();
  open();
  auto request = setting("Device.ManagementServer.Username", "new");
  request.parameters.push_back({"Device.ManagementServer.Password", "fresh"});
  asked<SetParameterValuesResponse>(request);
  close();
  ASSERT_TRUE(cpe_->request_connection(now_));
  begin();
  auto challenge = answer(401);
  challenge.fields.emplace_back("WWW-Authenticate", "Basic realm=\"acs\"");
  const auto again = cpe_->take(challenge, now_);
  ASSERT_TRUE(again);
  const auto is_signed = [](const auto& field) { return field == std::pair<std::string, std::string>("Authorization", "Basic bmV3OmZyZXNo"); };
  EXPECT_TRUE(std::ranges::any_of(again->fields, is_signed));
}

TEST_F(Simulated, ManyShareOneTree) {   // row 64
  make();
  open();
  EXPECT_LT(cpe_->model().differences(), 8u);
}

}  // namespace
}  // namespace nscl::rem::simulator
