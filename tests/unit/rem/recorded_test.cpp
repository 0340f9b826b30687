// SPDX-License-Identifier: Apache-2.0
// Messages recorded from real CPEs, read as the table beside the recordings says.
#include <nscl/rem/tr069/values.h>

#include "support.h"

namespace nscl::rem::tr069 {
namespace {

class Recorded : public WithRecordings {};

const ParameterValueStruct* find(const std::vector<ParameterValueStruct>& parameters, std::string_view name) {
  for (const auto& parameter : parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

TEST_F(Recorded, EveryMessageHasItsName) {
  std::size_t read = 0;
  for (const auto& path : all()) {
    const auto file = path.filename().string();
    if (file.ends_with("setvouchers.xml")) continue;
    const auto envelope = envelope_of(recorded(file));
    ASSERT_TRUE(envelope.tree) << file;
    EXPECT_FALSE(envelope.header.id.empty()) << file;
    EXPECT_EQ(envelope.header.name_space, NameSpace::cwmp_1_0) << file;
    EXPECT_TRUE(envelope.not_understood.empty()) << file;
    const auto message = read_message(envelope);
    ASSERT_TRUE(message) << file << ": " << message.error().text;
    EXPECT_EQ(name_of(*message), envelope.rpc) << file;
    ++read;
  }
  EXPECT_EQ(read, 58u);
}

TEST_F(Recorded, SetVouchersIsNoMessageOfOurs) {
  const auto text = recorded("cwmp-own-setvouchers.xml");
  const auto message = read_message(envelope_of(text));
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().code, 8000u);
}

TEST_F(Recorded, AddObject) {
  {
    const auto text = recorded("cwmp-cwmp-sim-addobject-failed-as-response.xml");
    const auto failed = read<AddObjectResponse>(text);
    EXPECT_EQ(failed.instance_number, 0u);
    EXPECT_EQ(failed.status, 9005u);
    EXPECT_EQ(failed.fault_code(), 9005u);
  }
  const auto text = recorded("cwmp-genieacs-sim-addobject-response.xml");
  const auto made = read<AddObjectResponse>(text);
  EXPECT_EQ(made.instance_number, 1u);
  EXPECT_EQ(made.status, 0u);
  EXPECT_EQ(made.fault_code(), 0u);
}

TEST_F(Recorded, Statuses) {
  const auto gone = recorded("cwmp-cwmp-sim-deleteobject-response-status1.xml");
  EXPECT_EQ(read<DeleteObjectResponse>(gone).status, 1u);
  const auto deleted = recorded("cwmp-genieacs-sim-deleteobject-response.xml");
  EXPECT_EQ(read<DeleteObjectResponse>(deleted).status, 0u);
  const auto set = recorded("cwmp-genieacs-sim-spv-response.xml");
  EXPECT_EQ(read<SetParameterValuesResponse>(set).status, 0u);
}

TEST_F(Recorded, TransferResponsesWithoutTimes) {
  for (const auto* file : {"cwmp-cwmp-sim-download-response.xml", "cwmp-genieacs-sim-download-response.xml", "cwmp-netcwmp-download-response-empty-times.xml"}) {
    const auto text = recorded(file);
    const auto response = read<DownloadResponse>(text);
    EXPECT_EQ(response.status, 1u) << file;
    EXPECT_FALSE(response.start_time) << file;
    EXPECT_FALSE(response.complete_time) << file;
  }
  for (const auto* file : {"cwmp-cwmp-sim-upload-response.xml", "cwmp-netcwmp-upload-response-empty-times.xml"}) {
    const auto text = recorded(file);
    const auto response = read<UploadResponse>(text);
    EXPECT_EQ(response.status, 1u) << file;
    EXPECT_FALSE(response.start_time) << file;
  }
}

TEST_F(Recorded, EmptyResponses) {
  const auto reset = recorded("cwmp-cwmp-sim-factoryreset-response.xml");
  read<FactoryResetResponse>(reset);
  const auto reboot = recorded("cwmp-cwmp-sim-reboot-response.xml");
  EXPECT_EQ(envelope_of(reboot).header.id, "nrem-19");
  read<RebootResponse>(reboot);
  const auto reboot_of_other = recorded("cwmp-netcwmp-reboot-response.xml");
  read<RebootResponse>(reboot_of_other);
  const auto schedule = recorded("cwmp-cwmp-sim-scheduleinform-response.xml");
  read<ScheduleInformResponse>(schedule);
  const auto attributes = recorded("cwmp-cwmp-sim-spa-response.xml");
  read<SetParameterAttributesResponse>(attributes);
  const auto transfers = recorded("cwmp-cwmp-sim-getallqueuedtransfers-empty.xml");
  EXPECT_TRUE(read<GetAllQueuedTransfersResponse>(transfers).transfers.empty());
}

TEST_F(Recorded, Methods) {
  const auto sim = recorded("cwmp-cwmp-sim-getrpcmethods-response.xml");
  const auto seventeen = read<GetRPCMethodsResponse>(sim).methods;
  ASSERT_EQ(seventeen.size(), 17u);
  EXPECT_EQ(seventeen.back(), "CancelTransfer");
  const auto netcwmp = recorded("cwmp-netcwmp-getrpcmethods-response.xml");
  const auto eleven = read<GetRPCMethodsResponse>(netcwmp).methods;
  ASSERT_EQ(eleven.size(), 11u);
  EXPECT_EQ(eleven.front(), "GetRPCMethods");
}

TEST_F(Recorded, ParameterAttributes) {
  const auto text = recorded("cwmp-cwmp-sim-gpa-response.xml");
  const auto attributes = read<GetParameterAttributesResponse>(text).parameters;
  ASSERT_EQ(attributes.size(), 1u);
  EXPECT_EQ(attributes[0].name, "Device.DeviceInfo.SerialNumber");
  EXPECT_EQ(attributes[0].notification, 0u);
  EXPECT_TRUE(attributes[0].access_list.empty());
}

TEST_F(Recorded, ParameterNames) {
  const auto genieacs = recorded("cwmp-genieacs-sim-gpn-response.xml");
  const auto names = read<GetParameterNamesResponse>(genieacs).parameters;
  ASSERT_EQ(names.size(), 16u);
  EXPECT_EQ(names[9].name, "InternetGatewayDevice.DeviceInfo.ProvisioningCode");
  EXPECT_TRUE(names[9].writable);
  EXPECT_FALSE(names[8].writable);
  EXPECT_TRUE(names.back().name.ends_with('.'));
  const auto netcwmp = recorded("cwmp-netcwmp-gpn-response.xml");
  const auto digits = read<GetParameterNamesResponse>(netcwmp).parameters;
  ASSERT_EQ(digits.size(), 8u);
  EXPECT_FALSE(digits[1].writable);
  EXPECT_TRUE(digits[2].writable);
}

TEST_F(Recorded, ParameterValues) {
  const auto genieacs = recorded("cwmp-genieacs-sim-gpv-response.xml");
  const auto values = read<GetParameterValuesResponse>(genieacs).parameters;
  ASSERT_EQ(values.size(), 2u);
  EXPECT_EQ(values[0].type, "string");
  EXPECT_EQ(values[0].value, "NREM0001");
  EXPECT_EQ(values[1].type, "unsignedInt");
  EXPECT_EQ(values[1].value, "300");
  const auto netcwmp = recorded("cwmp-netcwmp-gpv-response.xml");
  const auto others = read<GetParameterValuesResponse>(netcwmp).parameters;
  ASSERT_EQ(others.size(), 2u);
  EXPECT_EQ(others[1].value, "");
  for (const auto* file : {"cwmp-cwmp-sim-gpv-unknown-name-empty-list.xml", "cwmp-netcwmp-gpv-unknown-name-empty-list.xml"}) {
    const auto unknown = recorded(file);
    EXPECT_TRUE(read<GetParameterValuesResponse>(unknown).parameters.empty()) << file;
  }
}

TEST_F(Recorded, InformOfNetcwmp) {
  const auto text = recorded("cwmp-netcwmp-inform-0-bootstrap.xml");
  const auto inform = read<Inform>(text);
  EXPECT_EQ(printable(inform.device_id), "A00001-OT2800-NREM0003");
  EXPECT_EQ(inform.device_id.manufacturer, "ChinaNMS");
  ASSERT_EQ(inform.events.size(), 1u);
  EXPECT_EQ(inform.events[0].event(), Event::bootstrap);
  EXPECT_EQ(inform.events[0].command_key, "");
  EXPECT_EQ(inform.current_time, parse_date_time("2026-11-22T02:55:30Z"));
  EXPECT_EQ(inform.max_envelopes, 1u);
  EXPECT_EQ(inform.parameters.size(), 17u);
  ASSERT_TRUE(find(inform.parameters, "InternetGatewayDevice.ManagementServer.URL"));
  EXPECT_EQ(find(inform.parameters, "InternetGatewayDevice.ManagementServer.URL")->value, "http://127.0.0.1:7714/");
  const auto boot = recorded("cwmp-netcwmp-inform-1boot-only.xml");
  const auto booted = read<Inform>(boot).events;
  ASSERT_EQ(booted.size(), 1u);
  EXPECT_EQ(booted[0].event(), Event::boot);
  const auto transfer = recorded("cwmp-netcwmp-inform-7-only.xml");
  const auto transferred = read<Inform>(transfer).events;
  ASSERT_EQ(transferred.size(), 1u);
  EXPECT_EQ(transferred[0].event(), Event::transfer_complete);
}

TEST_F(Recorded, InformOfGenieacsSimDeclaresMoreThanIsThere) {
  const auto text = recorded("cwmp-genieacs-sim-inform-periodic.xml");
  EXPECT_EQ(envelope_of(text).header.id, "356bta85");
  const auto inform = read<Inform>(text);
  EXPECT_EQ(inform.device_id.manufacturer, "Huawei Technologies Co., Ltd.");
  ASSERT_EQ(inform.events.size(), 1u);
  EXPECT_EQ(inform.events[0].event(), Event::periodic);
  EXPECT_EQ(inform.parameters.size(), 7u);
}

TEST_F(Recorded, InformOfZte) {
  const auto text = recorded("cwmp-zte-ebg2100-inform.xml");
  const auto inform = read<Inform>(text);
  EXPECT_EQ(printable(inform.device_id), "00AA11-ZXECS%20EBG2100-0410400AA11AA2255");
  ASSERT_EQ(inform.parameters.size(), 13u);
  for (const auto& parameter : inform.parameters) EXPECT_EQ(parameter.type, "string");
  EXPECT_TRUE(inform.parameters[0].value.starts_with("InternetGatewayDevice:1.0[](Baseline:1"));
  EXPECT_EQ(inform.current_time, parse_date_time("2009-05-14T14:05:00Z"));
}

TEST_F(Recorded, InformOfCwmpSim) {
  const auto text = recorded("cwmp-cwmp-sim-inform-boot.xml");
  const auto inform = read<Inform>(text);
  EXPECT_EQ(printable(inform.device_id), "00A0C9-SIM-NREM0002");
  EXPECT_EQ(inform.current_time, parse_date_time("2026-11-22T02:45:47.353Z"));
  const auto reboot = recorded("cwmp-cwmp-sim-inform-1boot-and-M-Reboot.xml");
  const auto rebooted = read<Inform>(reboot).events;
  ASSERT_EQ(rebooted.size(), 2u);
  EXPECT_EQ(rebooted[0].event(), Event::boot);
  EXPECT_EQ(rebooted[1].event(), Event::m_reboot);
  EXPECT_EQ(rebooted[1].command_key, "");
  const auto upload = recorded("cwmp-cwmp-sim-inform-7-and-M-Upload.xml");
  const auto uploaded = read<Inform>(upload).events;
  ASSERT_EQ(uploaded.size(), 2u);
  EXPECT_EQ(uploaded[0].event(), Event::transfer_complete);
  EXPECT_EQ(uploaded[1].event(), Event::m_upload);
}

TEST_F(Recorded, TransferComplete) {
  const auto failed = recorded("cwmp-cwmp-sim-transfercomplete-9010.xml");
  const auto upload = read<TransferComplete>(failed);
  EXPECT_EQ(upload.command_key, "ei-10");
  EXPECT_EQ(upload.fault.code, 9010u);
  EXPECT_EQ(upload.fault.text, "Unknown FileType: 1 Vendor Configuration File");
  for (const auto* file : {"cwmp-cwmp-sim-transfercomplete-ok.xml", "cwmp-genieacs-sim-transfercomplete-ok.xml"}) {
    const auto text = recorded(file);
    const auto download = read<TransferComplete>(text);
    EXPECT_EQ(download.command_key, "ei-9") << file;
    EXPECT_EQ(download.fault.code, 0u) << file;
    ASSERT_TRUE(download.start_time && download.complete_time) << file;
    EXPECT_LT(*download.start_time, *download.complete_time) << file;
  }
  const auto denied = recorded("cwmp-netcwmp-transfercomplete-9001.xml");
  const auto refused = read<TransferComplete>(denied);
  EXPECT_EQ(refused.command_key, "ei-9");
  EXPECT_EQ(refused.fault.code, 9001u);
  EXPECT_EQ(refused.fault.text, "Request denied");
  EXPECT_FALSE(refused.start_time || refused.complete_time);
}

TEST_F(Recorded, Faults) {
  const auto undeclared = recorded("cwmp-cwmp-sim-fault-9008-undeclared-prefix.xml");
  const auto not_writable = read<Fault>(undeclared);
  EXPECT_EQ(not_writable.code, 9008u);
  EXPECT_TRUE(not_writable.parameters.empty());
  EXPECT_EQ(status_of(not_writable), Status::method_not_allowed);
  const auto genieacs = recorded("cwmp-genieacs-sim-fault-9000.xml");
  EXPECT_EQ(read<Fault>(genieacs).code, 9000u);
  EXPECT_EQ(read<Fault>(genieacs).text, "Method not supported");
  const auto nested = recorded("cwmp-netcwmp-fault-9005.xml");
  EXPECT_EQ(read<Fault>(nested).code, 9005u);
  EXPECT_EQ(read<Fault>(nested).text, "Invalid parameter name");
}

TEST_F(Recorded, FaultWithParameters) {
  const auto text = recorded("cwmp-netcwmp-fault-9003-with-spvfaults.xml");
  const auto fault = read<Fault>(text);
  EXPECT_EQ(fault.code, 9003u);
  ASSERT_EQ(fault.parameters.size(), 2u);
  EXPECT_EQ(fault.parameters[0].parameter_name, "InternetGatewayDevice.ManagementServer.PeriodicInformInterval");
  EXPECT_EQ(fault.parameters[0].code, 9008u);
  EXPECT_EQ(fault.parameters[1].parameter_name, "InternetGatewayDevice.ManagementServer.PeriodicInformEnable");
  EXPECT_EQ(fault.parameters[1].text, "Attempt to set a non-writable parameter");
  EXPECT_EQ(status_of(fault), Status::method_not_allowed);
}

}  // namespace
}  // namespace nscl::rem::tr069
