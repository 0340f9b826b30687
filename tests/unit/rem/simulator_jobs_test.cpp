// SPDX-License-Identifier: Apache-2.0
// A simulated CPE: files and software, fetched after the session and told of in the next one.
#include "simulated.h"

namespace nscl::rem::simulator {
namespace {

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

}  // namespace
}  // namespace nscl::rem::simulator
