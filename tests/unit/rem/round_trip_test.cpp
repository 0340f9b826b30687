// SPDX-License-Identifier: Apache-2.0
// Every message that is not among the recordings of our own: its elements by name and order, and the way back.
#include "support.h"

namespace nscl::rem::tr069 {
namespace {

void expect_both_ways(std::string_view rpc) {
  const auto text = enveloped(rpc);
  const auto envelope = envelope_of(text);
  ASSERT_TRUE(envelope.tree);
  const auto message = read_message(envelope);
  ASSERT_TRUE(message) << message.error().text;
  EXPECT_EQ(write_message(envelope.header, *message), text);
}

const std::string times = "<StartTime>2026-01-02T03:04:05Z</StartTime><CompleteTime>2026-01-02T03:04:06.500Z</CompleteTime>";
const std::string unknown_times = "<StartTime>0001-01-01T00:00:00Z</StartTime><CompleteTime>0001-01-01T00:00:00Z</CompleteTime>";
const std::string fault_element = "<FaultCode>9010</FaultCode><FaultString>no &amp; never</FaultString>";
const std::string file = "<FileType>1 Firmware Upgrade Image</FileType>";

std::string array(std::string_view name, std::string_view item, std::string_view content, int count) {
  const std::string n(name);
  return "<" + n + " soap-enc:arrayType=\"" + std::string(item) + "[" + std::to_string(count) + "]\">" + std::string(content) + "</" + n + ">";
}

TEST(RoundTrip, MessagesWithoutContent) {
  for (const std::string name : {"GetRPCMethods", "FactoryReset", "GetQueuedTransfers", "GetAllQueuedTransfers", "SetParameterAttributesResponse",
                                 "ScheduleDownloadResponse", "RebootResponse", "FactoryResetResponse", "ScheduleInformResponse", "CancelTransferResponse",
                                 "ChangeDUStateResponse", "TransferCompleteResponse", "AutonomousTransferCompleteResponse",
                                 "DUStateChangeCompleteResponse", "AutonomousDUStateChangeCompleteResponse", "RequestDownloadResponse"}) {
    expect_both_ways("<cwmp:" + name + "/>");
  }
}

TEST(RoundTrip, Inform) {
  expect_both_ways("<cwmp:Inform><DeviceId><Manufacturer>M</Manufacturer><OUI>00A0C9</OUI><ProductClass/><SerialNumber>S 1</SerialNumber></DeviceId>" +
                   array("Event", "cwmp:EventStruct", "<EventStruct><EventCode>1 BOOT</EventCode><CommandKey/></EventStruct>"
                                                      "<EventStruct><EventCode>M Reboot</EventCode><CommandKey>k</CommandKey></EventStruct>", 2) +
                   "<MaxEnvelopes>1</MaxEnvelopes><CurrentTime>2026-01-02T03:04:05Z</CurrentTime><RetryCount>3</RetryCount>" +
                   array("ParameterList", "cwmp:ParameterValueStruct",
                         "<ParameterValueStruct><Name>Device.A</Name><Value xsi:type=\"xsd:unsignedInt\">7</Value></ParameterValueStruct>", 1) +
                   "</cwmp:Inform>");
}

TEST(RoundTrip, ResponsesAboutParameters) {
  expect_both_ways("<cwmp:GetRPCMethodsResponse>" + array("MethodList", "xsd:string", "<string>Inform</string><string>Reboot</string>", 2) + "</cwmp:GetRPCMethodsResponse>");
  expect_both_ways("<cwmp:GetParameterNamesResponse>" +
                   array("ParameterList", "cwmp:ParameterInfoStruct", "<ParameterInfoStruct><Name>Device.A.</Name><Writable>1</Writable></ParameterInfoStruct>", 1) +
                   "</cwmp:GetParameterNamesResponse>");
  expect_both_ways("<cwmp:GetParameterValuesResponse>" +
                   array("ParameterList", "cwmp:ParameterValueStruct",
                         "<ParameterValueStruct><Name>A</Name><Value xsi:type=\"xsd:boolean\">true</Value></ParameterValueStruct>", 1) +
                   "</cwmp:GetParameterValuesResponse>");
  expect_both_ways("<cwmp:GetParameterAttributesResponse>" +
                   array("ParameterList", "cwmp:ParameterAttributeStruct",
                         "<ParameterAttributeStruct><Name>A</Name><Notification>2</Notification>" +
                             array("AccessList", "xsd:string", "<string>Subscriber</string>", 1) + "</ParameterAttributeStruct>", 1) +
                   "</cwmp:GetParameterAttributesResponse>");
  expect_both_ways("<cwmp:SetParameterValuesResponse><Status>1</Status></cwmp:SetParameterValuesResponse>");
  expect_both_ways("<cwmp:AddObjectResponse><InstanceNumber>4</InstanceNumber><Status>1</Status></cwmp:AddObjectResponse>");
  expect_both_ways("<cwmp:DeleteObjectResponse><Status>1</Status></cwmp:DeleteObjectResponse>");
}

TEST(RoundTrip, Downloads) {
  const std::string access = "<URL>http://a/b?c&amp;d</URL><Username>u</Username><Password>p&lt;w</Password>";
  expect_both_ways("<cwmp:Download><CommandKey> k </CommandKey>" + file + access + "<FileSize>5</FileSize><TargetFileName>t</TargetFileName>"
                   "<DelaySeconds>9</DelaySeconds><SuccessURL>http://s</SuccessURL><FailureURL>http://f</FailureURL></cwmp:Download>");
  expect_both_ways("<cwmp:DownloadResponse><Status>0</Status>" + times + "</cwmp:DownloadResponse>");
  expect_both_ways("<cwmp:Upload><CommandKey>k</CommandKey>" + file + access + "<DelaySeconds>0</DelaySeconds></cwmp:Upload>");
  expect_both_ways("<cwmp:UploadResponse><Status>1</Status>" + unknown_times + "</cwmp:UploadResponse>");
  expect_both_ways("<cwmp:ScheduleDownload><CommandKey>k</CommandKey>" + file + access + "<FileSize>0</FileSize><TargetFileName/>" +
                   array("TimeWindowList", "cwmp:TimeWindowStruct",
                         "<TimeWindowStruct><WindowStart>60</WindowStart><WindowEnd>120</WindowEnd><WindowMode>3 When Idle</WindowMode>"
                         "<UserMessage>wait</UserMessage><MaxRetries>-1</MaxRetries></TimeWindowStruct>", 1) + "</cwmp:ScheduleDownload>");
  expect_both_ways("<cwmp:CancelTransfer><CommandKey>k</CommandKey></cwmp:CancelTransfer>");
}

TEST(RoundTrip, QueuedTransfers) {
  expect_both_ways("<cwmp:GetQueuedTransfersResponse>" +
                   array("TransferList", "cwmp:QueuedTransferStruct", "<QueuedTransferStruct><CommandKey>k</CommandKey><State>2</State></QueuedTransferStruct>", 1) +
                   "</cwmp:GetQueuedTransfersResponse>");
  expect_both_ways("<cwmp:GetAllQueuedTransfersResponse>" +
                   array("TransferList", "cwmp:AllQueuedTransferStruct",
                         "<AllQueuedTransferStruct><CommandKey>k</CommandKey><State>3</State><IsDownload>1</IsDownload>" + file +
                             "<FileSize>8</FileSize><TargetFileName>t</TargetFileName></AllQueuedTransferStruct>", 1) +
                   "</cwmp:GetAllQueuedTransfersResponse>");
}

TEST(RoundTrip, Reports) {
  expect_both_ways("<cwmp:TransferComplete><CommandKey>k</CommandKey><FaultStruct>" + fault_element + "</FaultStruct>" + times + "</cwmp:TransferComplete>");
  expect_both_ways("<cwmp:AutonomousTransferComplete><AnnounceURL>http://a</AnnounceURL><TransferURL>http://t</TransferURL><IsDownload>1</IsDownload>" + file +
                   "<FileSize>3</FileSize><TargetFileName>t</TargetFileName><FaultStruct>" + fault_element + "</FaultStruct>" + times + "</cwmp:AutonomousTransferComplete>");
  expect_both_ways("<cwmp:RequestDownload>" + file +
                   array("FileTypeArg", "cwmp:ArgStruct", "<ArgStruct><Name>Version</Name><Value> 2 </Value></ArgStruct>", 1) + "</cwmp:RequestDownload>");
}

TEST(RoundTrip, Software) {
  const std::string result = "<UUID>u</UUID><DeploymentUnitRef>Device.SoftwareModules.DeploymentUnit.1</DeploymentUnitRef><Version>2</Version>"
                             "<CurrentState>Installed</CurrentState><Resolved>1</Resolved><ExecutionUnitRefList>a,b</ExecutionUnitRefList>" +
                             times + "<Fault>" + fault_element + "</Fault>";
  expect_both_ways("<cwmp:DUStateChangeComplete><Results>" + result + "</Results><Results>" + result + "</Results><CommandKey>k</CommandKey></cwmp:DUStateChangeComplete>");
  expect_both_ways("<cwmp:AutonomousDUStateChangeComplete><Results>" + result + "<OperationPerformed>Update</OperationPerformed></Results></cwmp:AutonomousDUStateChangeComplete>");
  expect_both_ways("<cwmp:ChangeDUState>"
                   "<Operations xsi:type=\"cwmp:UpdateOpStruct\"><UUID>u</UUID><Version>2</Version><URL>http://u</URL><Username>n</Username><Password>p</Password></Operations>"
                   "<Operations xsi:type=\"cwmp:UninstallOpStruct\"><UUID>u</UUID><Version>1</Version><ExecutionEnvRef>e</ExecutionEnvRef></Operations>"
                   "<Operations xsi:type=\"cwmp:InstallOpStruct\"><URL>http://i</URL><UUID/><Username/><Password/><ExecutionEnvRef/></Operations>"
                   "<CommandKey>k</CommandKey></cwmp:ChangeDUState>");
}

TEST(RoundTrip, Faults) {
  const auto soap = [](std::string_view who, std::string_view what) {
    return "<soap-env:Fault><faultcode>" + std::string(who) + "</faultcode><faultstring>CWMP fault</faultstring><detail><cwmp:Fault>" + std::string(what) +
           "</cwmp:Fault></detail></soap-env:Fault>";
  };
  expect_both_ways(soap("Server", "<FaultCode>8000</FaultCode><FaultString>Method not supported</FaultString>"));
  expect_both_ways(soap("Client", "<FaultCode>9003</FaultCode><FaultString>Invalid arguments</FaultString>"
                                  "<SetParameterValuesFault><ParameterName>A</ParameterName><FaultCode>9006</FaultCode><FaultString>x</FaultString></SetParameterValuesFault>"
                                  "<SetParameterValuesFault><ParameterName>B</ParameterName><FaultCode>9007</FaultCode><FaultString/></SetParameterValuesFault>"));
}

}  // namespace
}  // namespace nscl::rem::tr069
