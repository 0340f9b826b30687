// SPDX-License-Identifier: Apache-2.0
// A simulated CPE driven without sockets: the test is the ACS, and turns the clock.
#include <nscl/rem/simulator.h>

#include <algorithm>
#include <functional>

#include "support.h"

namespace nscl::rem::simulator {
namespace {

using namespace std::chrono_literals;
using namespace tr069;

class Simulated : public testing::Test {
 protected:
  void make(Style style = Style::plain, ModelKind kind = ModelKind::tr181, std::optional<std::uint32_t> interval = {}) {
    CpeOptions options;
    options.acs_url = "http://acs.example/acs?x=1";
    options.style = style;
    options.model = ModelTree::built_in(kind, style == Style::netcwmp);
    options.interval = interval;
    shared_ = std::make_shared<const CpeOptions>(std::move(options));
    cpe_.emplace(shared_, "S1", "http://127.0.0.1:7/1", now_);
  }

  static net::WebAnswer answer(unsigned status, std::string body = {}) {
    net::WebAnswer out;
    out.status = status;
    out.body = std::move(body);
    return out;
  }

  void post(std::optional<net::WebCall> call) {
    posted_.reset();
    goes_on_ = call.has_value();
    if (call) posted_ = call->body ? *call->body : std::string();
  }

  void begin() {
    ASSERT_TRUE(cpe_->wants_session(now_));
    post(cpe_->begin(now_));
  }
  void reply(const net::WebAnswer& given) { post(cpe_->take(given, now_)); }

  /// What was posted, as a message of kind M.
  template <class M>
  M posted() {
    EXPECT_TRUE(posted_ && !posted_->empty()) << cpe_->failure().value_or("");
    return posted_ && !posted_->empty() ? read<M>(*posted_) : M{};
  }

  /// Answers the message that was posted last.
  void respond(const Message& message) {
    ASSERT_TRUE(posted_ && !posted_->empty());
    Header header;
    header.id = envelope_of(*posted_).header.id;
    reply(answer(200, write_message(header, message)));
  }

  /// The first message of a session and everything up to the empty POST; gives the Inform.
  Inform open() {
    begin();
    auto inform = posted<Inform>();
    respond(InformResponse{});
    return inform;
  }

  void ask(const Message& rpc) {
    Header header;
    header.id = "acs-1";
    reply(answer(200, write_message(header, rpc)));
  }
  template <class Response>
  Response asked(const Message& rpc) {
    ask(rpc);
    return posted<Response>();
  }
  void close() {
    reply(answer(204));
    EXPECT_FALSE(goes_on_);
    EXPECT_EQ(cpe_->failure().value_or(""), "");
  }

  static std::vector<std::string> codes(const Inform& inform) {
    std::vector<std::string> out;
    for (const auto& event : inform.events) out.push_back(event.code + (event.command_key.empty() ? "" : "=" + event.command_key));
    return out;
  }

  static SetParameterValues setting(std::string name, std::string value, std::string type = "string") {
    SetParameterValues out;
    out.parameters.push_back({std::move(name), std::move(value), std::move(type)});
    out.parameter_key = "k1";
    return out;
  }

  std::string value(const std::string& name) {
    const auto values = asked<GetParameterValuesResponse>(GetParameterValues{{name}}).parameters;
    return values.size() == 1 ? values[0].value : "(none)";
  }

  void wait_for_session(std::chrono::microseconds most = 1h) {
    const auto next = cpe_->next();
    ASSERT_LE(next, now_ + most);
    now_ = std::max(now_, next);
  }

  using Codes = std::vector<std::string>;
  Time now_ = *parse_date_time("2026-11-27T07:00:00Z");
  std::shared_ptr<const CpeOptions> shared_;
  std::optional<Cpe> cpe_;
  std::optional<std::string> posted_;
  bool goes_on_ = false;
};

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

TEST_F(Simulated, DownloadsFirmwareAndTellsOnce) {   // row 20
  make();
  open();
  Download download;
  download.command_key = "t1";
  download.file_type = "1 Firmware Upgrade Image";
  download.url = "http://files.example/fw";
  download.file_size = 14;
  download.delay_seconds = 30;
  EXPECT_EQ(asked<DownloadResponse>(std::move(download)).status, 1u);
  const auto queued = asked<GetAllQueuedTransfersResponse>(GetAllQueuedTransfers{}).transfers;
  ASSERT_EQ(queued.size(), 1u);
  EXPECT_EQ(queued[0].state, 1u);
  EXPECT_FALSE(cpe_->next_file(now_));
  close();
  wait_for_session(30s);
  const auto file = cpe_->next_file(now_);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->url, "http://files.example/fw");
  cpe_->file_done(file->job, {{}, "version 3.1.4\n"}, now_);
  wait_for_session(2s);
  begin();
  const auto inform = posted<Inform>();
  EXPECT_EQ(codes(inform), (Codes{"7 TRANSFER COMPLETE", "M Download=t1", "4 VALUE CHANGE", "1 BOOT"}));
  respond(InformResponse{});
  const auto told = posted<TransferComplete>();
  EXPECT_EQ(told.command_key, "t1");
  EXPECT_EQ(told.fault.code, 0u);
  EXPECT_TRUE(told.start_time && told.complete_time);
  cpe_->fail("cut", now_);   // row 35: it is told again
  wait_for_session();
  begin();
  respond(InformResponse{});
  EXPECT_EQ(posted<TransferComplete>().command_key, "t1");
  respond(TransferCompleteResponse{});
  EXPECT_EQ(posted_, "");
  EXPECT_EQ(value("Device.DeviceInfo.SoftwareVersion"), "3.1.4");
  close();
}

TEST_F(Simulated, TellsOfTransfersThatFail) {
  make();
  open();
  Upload upload;
  upload.command_key = "u1";
  upload.file_type = "2 Vendor Log File";
  upload.url = "http://files.example/log";
  asked<UploadResponse>(std::move(upload));
  Download other;
  other.file_type = "3 Vendor Configuration File";
  other.url = "ftp://files.example/x";
  EXPECT_EQ(asked<Fault>(std::move(other)).code, 9013u);
  close();
  const auto file = cpe_->next_file(now_);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->method, net::Method::put);
  EXPECT_FALSE(file->content.empty());
  cpe_->file_done(file->job, {{9011, "no"}, {}}, now_);
  open();
  EXPECT_EQ(posted<TransferComplete>().fault.code, 9011u);
}

TEST_F(Simulated, CancelsWhatHasNotBegun) {   // row 27
  make();
  open();
  Download download;
  download.command_key = "t1";
  download.file_type = "2 Web Content";
  download.url = "http://files.example/x";
  download.delay_seconds = 60;
  asked<DownloadResponse>(std::move(download));
  asked<CancelTransferResponse>(CancelTransfer{"t1"});
  EXPECT_TRUE(asked<GetQueuedTransfersResponse>(GetQueuedTransfers{}).transfers.empty());
  close();
  now_ += 61s;
  EXPECT_FALSE(cpe_->next_file(now_));
}

TEST_F(Simulated, MissesItsWindow) {
  make();
  open();
  ScheduleDownload request;
  request.command_key = "s1";
  request.file_type = "2 Web Content";
  request.url = "http://files.example/x";
  request.time_windows.push_back({.window_start = 10, .window_end = 20, .window_mode = "1 At Any Time", .user_message = {}, .max_retries = 0});
  asked<ScheduleDownloadResponse>(std::move(request));
  close();
  now_ += 21s;
  EXPECT_FALSE(cpe_->next_file(now_));
  EXPECT_EQ(codes(open()), (Codes{"7 TRANSFER COMPLETE", "M ScheduleDownload=s1"}));
  EXPECT_EQ(posted<TransferComplete>().fault.code, 9020u);
}

TEST_F(Simulated, InstallsAndRemovesSoftware) {
  make();
  open();
  ChangeDUState request;
  request.command_key = "d1";
  InstallOpStruct wanted;
  wanted.url = "http://files.example/meter.tar";
  request.operations.emplace_back(std::move(wanted));
  request.operations.emplace_back(UninstallOpStruct{"00000000-0000-4000-8000-000000000000", "", ""});
  asked<ChangeDUStateResponse>(std::move(request));
  close();
  const auto file = cpe_->next_file(now_);
  ASSERT_TRUE(file);
  cpe_->file_done(file->job, {{}, "content"}, now_);
  EXPECT_FALSE(cpe_->next_file(now_));
  EXPECT_EQ(codes(open()), (Codes{"11 DU STATE CHANGE COMPLETE", "M ChangeDUState=d1"}));
  const auto told = posted<DUStateChangeComplete>();
  ASSERT_EQ(told.results.size(), 2u);
  EXPECT_EQ(told.results[0].current_state, "Installed");
  EXPECT_EQ(told.results[1].fault.code, 9028u);
  respond(DUStateChangeCompleteResponse{});
  EXPECT_EQ(value(told.results[0].deployment_unit_ref + "Name"), "meter.tar");
  const auto run = told.results[0].execution_unit_ref_list;
  asked<SetParameterValuesResponse>(setting(run + "RequestedState", "Active"));
  EXPECT_EQ(value(run + "Status"), "Active");
  EXPECT_EQ(value("Device.SoftwareModules.DeploymentUnitNumberOfEntries"), "1");
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

TEST_F(Simulated, NetcwmpSkipsAndDenies) {   // rows 18, 21, 24
  make(Style::netcwmp, ModelKind::tr098);
  begin();
  EXPECT_EQ(posted_, "");
  reply(answer(204));
  EXPECT_EQ(codes(posted<Inform>()), (Codes{"0 BOOTSTRAP"}));
  EXPECT_TRUE(posted_->starts_with("<SOAP-ENV:Envelope"));
  respond(InformResponse{});
  ask(ScheduleInform{5, "k"});
  EXPECT_EQ(posted_, "");
  EXPECT_TRUE(goes_on_);
  EXPECT_TRUE(asked<GetParameterValuesResponse>(GetParameterValues{{"InternetGatewayDevice.Nope"}}).parameters.empty());
  Download download;
  download.command_key = "ei-9";
  download.file_type = "1 Firmware Upgrade Image";
  download.url = "http://files.example/fw";
  asked<DownloadResponse>(std::move(download));
  close();
  EXPECT_FALSE(cpe_->next_file(now_));
  begin();
  reply(answer(204));
  EXPECT_EQ(codes(posted<Inform>()), (Codes{"7 TRANSFER COMPLETE"}));
  respond(InformResponse{});
  const auto told = posted<TransferComplete>();
  EXPECT_EQ(told.fault.code, 9001u);
  EXPECT_FALSE(told.start_time);
  EXPECT_NE(posted_->find("<StartTime></StartTime>"), std::string::npos);
  reply(answer(200, "<?xml version=\"1.0\"?><a/>"));
  EXPECT_NE(cpe_->failure().value_or("").find("declaration"), std::string::npos);
}

TEST_F(Simulated, GenieacsSimDiesOfStatuses) {
  make(Style::genieacs_sim, ModelKind::tr098);
  begin();
  EXPECT_EQ(codes(posted<Inform>()), (Codes{"2 PERIODIC"}));
  EXPECT_NE(posted_->find("ParameterValueStruct[16]"), std::string::npos);
  reply(answer(503));
  EXPECT_EQ(cpe_->next(), never);
}

TEST_F(Simulated, ManyShareOneTree) {   // row 64
  make();
  open();
  EXPECT_LT(cpe_->model().differences(), 8u);
}

/// Without line breaks, which only one of the clients writes.
std::string in_one_line(std::string text) {
  std::erase(text, '\n');
  return text;
}

TEST_F(Simulated, AnswersLikeTheRecordedClients) {   // row 39 of the acceptance list
  const std::string wrong = "Device.DeviceInfo.Nope";
  struct Case {
    Style style;
    std::string file;
    std::function<Message()> rpc;
  };
  const Case cases[] = {
      {Style::genieacs_sim, "cwmp-genieacs-sim-fault-9000.xml", [] { return GetRPCMethods{}; }},
      {Style::genieacs_sim, "cwmp-genieacs-sim-download-response.xml",
       [] {
         Download download;
         download.file_type = "1 Firmware Upgrade Image";
         download.url = "http://files.example/fw";
         return download;
       }},
      {Style::cwmp_sim, "cwmp-cwmp-sim-fault-9008-undeclared-prefix.xml",
       [&] {
         auto request = setting("Device.DeviceInfo.SerialNumber", "x");
         request.parameters.push_back({wrong, "x"});
         return request;
       }},
      {Style::cwmp_sim, "cwmp-cwmp-sim-addobject-failed-as-response.xml", [] { return AddObject{"Device.NAT.PortMapping.", ""}; }},
      {Style::cwmp_sim, "cwmp-cwmp-sim-deleteobject-response-status1.xml", [] { return DeleteObject{"Device.NAT.PortMapping.1.", ""}; }},
      {Style::cwmp_sim, "cwmp-cwmp-sim-getrpcmethods-response.xml", [] { return GetRPCMethods{}; }},
      {Style::netcwmp, "cwmp-netcwmp-fault-9005.xml", [] { return AddObject{"InternetGatewayDevice.Nope.", ""}; }},
      {Style::netcwmp, "cwmp-netcwmp-fault-9003-with-spvfaults.xml",
       [] {
         auto request = setting("InternetGatewayDevice.ManagementServer.PeriodicInformInterval", "60", "unsignedInt");
         request.parameters.push_back({"InternetGatewayDevice.ManagementServer.PeriodicInformEnable", "1", "boolean"});
         return request;
       }}};
  for (const auto& [style, file, rpc] : cases) {
    const auto path = recordings() / file;
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no recordings at " << recordings();
    const auto text = nscl::test::content_of(path);
    make(style, style == Style::cwmp_sim ? ModelKind::tr181 : ModelKind::tr098);
    begin();
    if (style == Style::netcwmp) reply(answer(204));
    respond(InformResponse{});
    Header header;
    header.id = envelope_of(text).header.id;
    reply(answer(200, write_message(header, rpc())));
    EXPECT_EQ(in_one_line(posted_.value_or("")), in_one_line(text)) << file;
  }
}

}  // namespace
}  // namespace nscl::rem::simulator
