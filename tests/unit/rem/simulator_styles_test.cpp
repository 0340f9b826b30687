// SPDX-License-Identifier: Apache-2.0
// A simulated CPE with the habits of the recorded clients.
#include <functional>

#include "simulated.h"

namespace nscl::rem::simulator {
namespace {

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
