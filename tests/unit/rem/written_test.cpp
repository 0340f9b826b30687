// SPDX-License-Identifier: Apache-2.0
// What we write, octet by octet: the messages that real CPEs understood.
#include "support.h"

namespace nscl::rem::tr069 {
namespace {

/// The recording has the ID; everything else must come from us.
void expect_as_recorded(const Message& message, std::string_view file) {
  const auto recorded = nscl::test::content_of(recordings() / file);
  ASSERT_FALSE(recorded.empty()) << file;
  const auto envelope = envelope_of(recorded);
  EXPECT_EQ(write_message({.id = envelope.header.id}, message), recorded) << file;
  const auto read = read_message(envelope);
  ASSERT_TRUE(read) << file;
  EXPECT_EQ(write_message({.id = envelope.header.id}, *read), recorded) << file;
}

class Written : public WithRecordings {};

TEST_F(Written, Session) {
  expect_as_recorded(InformResponse{}, "cwmp-own-informresponse.xml");
  expect_as_recorded(TransferCompleteResponse{}, "cwmp-own-transfercompleteresponse.xml");
  expect_as_recorded(GetRPCMethods{}, "cwmp-own-getrpcmethods.xml");
  expect_as_recorded(Reboot{.command_key = "ei-11"}, "cwmp-own-reboot.xml");
  expect_as_recorded(FactoryReset{}, "cwmp-own-factoryreset.xml");
  expect_as_recorded(ScheduleInform{.delay_seconds = 5, .command_key = "ei-7"}, "cwmp-own-scheduleinform.xml");
}

TEST_F(Written, Parameters) {
  const std::string serial = "Device.DeviceInfo.SerialNumber";
  const std::string interval = "Device.ManagementServer.PeriodicInformInterval";
  const std::string enable = "Device.ManagementServer.PeriodicInformEnable";
  expect_as_recorded(GetParameterNames{.parameter_path = "Device.DeviceInfo.", .next_level = true}, "cwmp-own-getparameternames.xml");
  expect_as_recorded(GetParameterValues{.parameter_names = {serial, interval}}, "cwmp-own-getparametervalues.xml");
  expect_as_recorded(SetParameterValues{.parameters = {{interval, "3", "unsignedInt"}, {enable, "1", "boolean"}}, .parameter_key = "k-1"},
                     "cwmp-own-setparametervalues.xml");
  expect_as_recorded(GetParameterAttributes{.parameter_names = {serial}}, "cwmp-own-getparameterattributes.xml");
  expect_as_recorded(SetParameterAttributes{.parameters = {{.name = interval, .notification_change = true, .notification = 2, .access_list = {}}}},
                     "cwmp-own-setparameterattributes.xml");
  expect_as_recorded(AddObject{.object_name = "Device.NAT.PortMapping.", .parameter_key = "k-3"}, "cwmp-own-addobject.xml");
  expect_as_recorded(DeleteObject{.object_name = "Device.NAT.PortMapping.1.", .parameter_key = "k-4"}, "cwmp-own-deleteobject.xml");
}

TEST_F(Written, Transfers) {
  Download download{.command_key = "ei-9", .file_type = "1 Firmware Upgrade Image", .url = "http://127.0.0.1:7716/fw.bin", .username = {},
                    .file_size = 5, .target_file_name = "fw.bin", .success_url = {}, .failure_url = {}};
  expect_as_recorded(std::move(download), "cwmp-own-download.xml");
  Upload upload{.command_key = "ei-10", .file_type = "1 Vendor Configuration File", .url = "http://127.0.0.1:7716/up.cfg", .username = {}};
  expect_as_recorded(std::move(upload), "cwmp-own-upload.xml");
  expect_as_recorded(GetAllQueuedTransfers{}, "cwmp-own-getallqueuedtransfers.xml");
}

TEST_F(Written, Software) {
  ChangeDUState change{.operations = {}, .command_key = "ei-8"};
  change.operations.emplace_back(InstallOpStruct{.url = "http://127.0.0.1:7599/app.ipk", .uuid = "11111111-2222-5333-8444-555555555555",
                                                 .username = {}, .execution_env_ref = {}});
  expect_as_recorded(std::move(change), "cwmp-own-changedustate.xml");
}

TEST(Envelopes, NoHeaderWithoutAnId) {
  const auto text = write_message({}, TransferCompleteResponse{});
  EXPECT_EQ(text, head + "<soap-env:Body><cwmp:TransferCompleteResponse/></soap-env:Body></soap-env:Envelope>");
  EXPECT_EQ(envelope_of(text).header.id, "");
}

TEST(Envelopes, HeadersAndNameSpaces) {
  const Header given{.id = "a<&\">b", .name_space = NameSpace::cwmp_1_2, .supported_versions = "1.0,1.4", .use_version = "1.4", .session_timeout = 60};
  const auto text = write_message(given, InformResponse{});
  EXPECT_NE(text.find("xmlns:cwmp=\"urn:dslforum-org:cwmp-1-2\""), text.npos);
  EXPECT_NE(text.find("<soap-env:Header><cwmp:ID soap-env:mustUnderstand=\"1\">a&lt;&amp;\"&gt;b</cwmp:ID>"
                      "<cwmp:SupportedCWMPVersions soap-env:mustUnderstand=\"0\">1.0,1.4</cwmp:SupportedCWMPVersions>"
                      "<cwmp:UseCWMPVersion soap-env:mustUnderstand=\"1\">1.4</cwmp:UseCWMPVersion>"
                      "<cwmp:SessionTimeout soap-env:mustUnderstand=\"0\">60</cwmp:SessionTimeout></soap-env:Header>"), text.npos);
  EXPECT_EQ(text.find('\n'), text.npos);
  EXPECT_EQ(text.find("<?"), text.npos);
  const auto read = envelope_of(text).header;
  EXPECT_EQ(read.id, given.id);
  EXPECT_EQ(read.name_space, given.name_space);
  EXPECT_EQ(read.supported_versions, given.supported_versions);
  EXPECT_EQ(read.use_version, given.use_version);
  EXPECT_EQ(read.session_timeout, 60u);
}

TEST(Envelopes, EveryNameSpaceIsReadAsWritten) {
  for (const auto name_space : {NameSpace::cwmp_1_0, NameSpace::cwmp_1_1, NameSpace::cwmp_1_2, NameSpace::cwmp_1_3, NameSpace::cwmp_1_4}) {
    const auto text = write_message({.id = "1", .name_space = name_space}, FactoryReset{});
    EXPECT_NE(text.find(uri_of(name_space)), text.npos);
    EXPECT_EQ(envelope_of(text).header.name_space, name_space);
  }
}

TEST(Envelopes, VersionOfTheSession) {
  EXPECT_EQ(common_version("1.0,1.1,1.2"), "1.2");
  EXPECT_EQ(common_version(" 1.4 , 1.0, 2.0"), "1.4");
  EXPECT_EQ(common_version("1.0,1.5,1.10"), "1.0");
  EXPECT_EQ(common_version("2.0"), "");
  EXPECT_EQ(common_version(",,"), "");
  EXPECT_EQ(version_of({.name_space = NameSpace::cwmp_1_1}), "1.1");
  EXPECT_EQ(version_of({.name_space = NameSpace::cwmp_1_2, .supported_versions = "1.0,1.1,1.2,1.3,1.4"}), "1.4");
  EXPECT_EQ(version_of({.supported_versions = "3.0"}), "");
}

TEST(WrittenValues, TypesThatSchemaLacksAreStrings) {
  const auto text = write_message({}, SetParameterValues{.parameters = {{"A", "x", "string\" evil=\""}, {"B", "", "IPAddress"}, {"C", "\r", "dateTime"}}, .parameter_key = {}});
  EXPECT_NE(text.find("<Name>A</Name><Value xsi:type=\"xsd:string\">x</Value>"), text.npos);
  EXPECT_NE(text.find("<Name>B</Name><Value xsi:type=\"xsd:string\"/>"), text.npos);
  EXPECT_NE(text.find("<Name>C</Name><Value xsi:type=\"xsd:dateTime\">&#13;</Value>"), text.npos);
}

}  // namespace
}  // namespace nscl::rem::tr069
