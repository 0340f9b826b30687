// SPDX-License-Identifier: Apache-2.0
// One session: the state machine of rem.md 4.2 with a scripted device management.
#include "fake_work.h"

namespace nscl::rem::tr069 {
namespace {

using namespace std::chrono_literals;

class SessionTest : public testing::Test {
 protected:
  static constexpr bool elsewhere = true;

  Reply inform(const std::string& text = inform_of()) {
    auto envelope = envelope_of(text);
    auto message = read_message(envelope);
    EXPECT_TRUE(message);
    auto told = std::get<Inform>(*std::move(message));
    return run(context, session.begin(std::move(envelope), std::move(told), "192.0.2.7", context, now));
  }
  Reply post(const std::string& text, bool is_new_connection = false) {
    auto envelope = envelope_of(text);
    return run(context, session.take(std::move(envelope), text, is_new_connection, context, now));
  }
  Reply post_nothing(bool is_new_connection = false) { return run(context, session.take_nothing(is_new_connection, context, now)); }

  /// The path that a reply asks for, and its ID as "id path"; the status of any other.
  static std::string asked(const Reply& reply) {
    if (reply.status != 200) return std::to_string(reply.status);
    const auto envelope = envelope_of(reply.body);
    auto message = read_message(envelope);
    EXPECT_TRUE(message);
    const auto* request = std::get_if<GetParameterValues>(&*message);
    return request ? envelope.header.id + " " + request->parameter_names.at(0) : envelope.rpc;
  }

  boost::asio::io_context context{1};
  FakeWork work;
  Performing performing = one_by_one();
  SessionLimits limits;
  Session session{work, performing, limits, "00AABB-Box-S1"};
  Session::Clock::time_point now{1000s};
};

TEST_F(SessionTest, AnInformIsToldAndAnswered) {
  const auto reply = inform(inform_of("S1", "<EventStruct><EventCode>0 BOOTSTRAP</EventCode><CommandKey/></EventStruct><EventStruct><EventCode>1  boot</EventCode>"
                                            "<CommandKey/></EventStruct><EventStruct><EventCode>2 PERIODIC</EventCode><CommandKey/></EventStruct><EventStruct>"
                                            "<EventCode>M Reboot</EventCode><CommandKey>k9</CommandKey></EventStruct>",
                                      "<ParameterValueStruct><Name>Device.DeviceInfo.SoftwareVersion</Name><Value>1.2</Value></ParameterValueStruct>"
                                      "<ParameterValueStruct><Name>Device.ManagementServer.ParameterKey</Name><Value>pk</Value></ParameterValueStruct>"
                                      "<ParameterValueStruct><Name>Device.GatewayInfo.ManufacturerOUI</Name><Value>00CCDD</Value></ParameterValueStruct>"
                                      "<ParameterValueStruct><Name>Device.GatewayInfo.SerialNumber</Name><Value>G 1</Value></ParameterValueStruct>"));
  EXPECT_EQ(reply.status, 200u);
  EXPECT_TRUE(reply.body.starts_with("<soap-env:Envelope")) << reply.body;
  const auto envelope = envelope_of(reply.body);
  EXPECT_EQ(envelope.rpc, "InformResponse");
  EXPECT_EQ(envelope.header.id, "7");
  EXPECT_TRUE(envelope.header.use_version.empty());
  ASSERT_EQ(work.contacts.size(), 1u);
  const auto& contact = work.contacts[0];
  EXPECT_EQ(contact.device, "00AABB-Box-S1");
  EXPECT_EQ(contact.facts.serial, "S1");
  EXPECT_EQ(contact.facts.root, "Device.");
  EXPECT_EQ(contact.facts.software_version, "1.2");
  EXPECT_EQ(contact.facts.parameter_key, "pk");
  EXPECT_EQ(contact.facts.version, "1.0");
  EXPECT_EQ(contact.facts.address, "192.0.2.7");
  EXPECT_EQ(contact.gateway, "00CCDD-G%201");
  EXPECT_TRUE(contact.is_bootstrap && contact.is_boot);
  ASSERT_EQ(contact.events.size(), 3u);   // nothing lasting follows from 2 PERIODIC
  EXPECT_EQ(contact.events[1].code, "1 BOOT");
  EXPECT_EQ(contact.events[2].key, "k9");
  EXPECT_EQ(contact.leaves.size(), 4u);
}

TEST_F(SessionTest, VersionsAreAgreedUpon) {
  auto text = inform_of();
  const std::string id = "<cwmp:ID soap-env:mustUnderstand=\"1\">7</cwmp:ID>";
  text.insert(text.find(id), "<cwmp:SupportedCWMPVersions soap-env:mustUnderstand=\"0\">1.0,1.1,1.2,1.3</cwmp:SupportedCWMPVersions>");
  const auto envelope = envelope_of(inform(text).body);
  EXPECT_EQ(envelope.header.use_version, "1.3");
  EXPECT_EQ(envelope.header.session_timeout, 60u);
}

TEST_F(SessionTest, NoCommonVersionIs8006) {
  auto text = inform_of();
  text.insert(text.find("<cwmp:ID"), "<cwmp:SupportedCWMPVersions>9.0</cwmp:SupportedCWMPVersions>");
  EXPECT_EQ(read<Fault>(inform(text).body).code, 8006u);
  EXPECT_TRUE(work.contacts.empty());
  EXPECT_TRUE(session.is_over());
}

TEST_F(SessionTest, WithoutWorkItEndsAt204) {   // rows 1, 23: asked again after the end, the end is said again
  inform();
  EXPECT_EQ(post_nothing().status, 204u);
  EXPECT_TRUE(session.is_over());
  EXPECT_EQ(post_nothing(elsewhere).status, 204u);
  EXPECT_EQ(work.ended, std::vector<std::string>{"00AABB-Box-S1"});
}

TEST_F(SessionTest, OperationsFollowEachOther) {
  work.wants(5, {"a", "b"});
  work.wants(6, {"c"});
  inform();
  EXPECT_EQ(asked(post_nothing()), "1 a");
  EXPECT_TRUE(session.awaits_response());
  EXPECT_EQ(session.patience(), 300s);
  EXPECT_EQ(asked(post(values_of("1", "a", "x"))), "2 b");
  EXPECT_EQ(asked(post(values_of("2", "b", "y"))), "3 c");
  EXPECT_EQ(asked(post(values_of("3", "c", "z"))), "204");
  ASSERT_EQ(work.finished.size(), 2u);
  EXPECT_EQ(work.finished[0].first, 5u);
  EXPECT_EQ(work.finished[0].second.leaves.size(), 2u);
  EXPECT_EQ(work.finished[1].first, 6u);
}

TEST_F(SessionTest, AFaultIsAnAnswer) {
  work.wants(5, {"a"});
  inform();
  post_nothing();
  EXPECT_EQ(asked(post(with_id("1", "<soap-env:Fault><faultcode>Client</faultcode><faultstring>CWMP fault</faultstring><detail><cwmp:Fault><FaultCode>9005"
                                    "</FaultCode><FaultString>no</FaultString></cwmp:Fault></detail></soap-env:Fault>"))),
            "204");
  EXPECT_EQ(work.finished.at(0).second.code, "9005");
}

TEST_F(SessionTest, AWrongIdIsTakenIfTheNameFits) {
  work.wants(5, {"a"});
  inform();
  post_nothing();
  EXPECT_EQ(asked(post(values_of("other", "a", "x"))), "204");
  EXPECT_EQ(work.finished.size(), 1u);
}

TEST_F(SessionTest, TheResponseToSomethingElseEndsIt) {
  work.wants(5, {"a"});
  inform();
  post_nothing();
  EXPECT_EQ(post(with_id("1", "<cwmp:RebootResponse/>")).status, 400u);
  EXPECT_TRUE(session.is_over());
  EXPECT_TRUE(work.finished.empty());
  EXPECT_EQ(work.ended, std::vector<std::string>{"00AABB-Box-S1 5"});
}

TEST_F(SessionTest, NothingInsteadOfAResponseIsNoAnswer) {   // 4.9 row 5: netcwmp skips what it does not know
  work.wants(5, {"a", "b"});
  inform();
  EXPECT_EQ(asked(post_nothing()), "1 a");
  EXPECT_EQ(asked(post_nothing()), "2 b");
  EXPECT_EQ(asked(post(values_of("2", "b", "y"))), "204");
  EXPECT_EQ(work.finished.at(0).second.methods, std::vector<std::string>{"unanswered"});
}

TEST_F(SessionTest, OnANewConnectionTheRequestIsRepeatedOnce) {
  work.wants(5, {"a"});
  inform();
  const auto first = post_nothing();
  EXPECT_EQ(post_nothing(elsewhere).body, first.body);
  EXPECT_EQ(asked(post_nothing(elsewhere)), "204");
  EXPECT_EQ(work.finished.at(0).second.methods, std::vector<std::string>{"unanswered"});
}

TEST_F(SessionTest, ARepeatedResponseIsAnsweredAsBefore) {
  work.wants(5, {"a", "b"});
  inform();
  post_nothing();
  const auto second = post(values_of("1", "a", "x"));
  EXPECT_EQ(post(values_of("1", "a", "x"), elsewhere).body, second.body);
  EXPECT_EQ(post(values_of("1", "a", "x")).body, second.body);
  EXPECT_EQ(asked(post(values_of("2", "b", "y"))), "204");
  EXPECT_EQ(post(values_of("2", "b", "y"), elsewhere).status, 204u);
  EXPECT_EQ(work.finished.at(0).second.leaves.size(), 2u);
}

TEST_F(SessionTest, WithoutIdsTheSameResponseAnswersTheNextRequest) {   // 4.9 row 14: no SOAP Header at all
  work.wants(5, {"a", "a", "a"});
  inform();
  EXPECT_EQ(asked(post_nothing()), "1 a");
  EXPECT_EQ(asked(post(values_of("", "a", "x"))), "2 a");
  EXPECT_EQ(asked(post(values_of("", "a", "x"))), "3 a");
  EXPECT_EQ(asked(post(values_of("", "a", "x"), elsewhere)), "3 a");
  EXPECT_EQ(asked(post(values_of("", "a", "x"))), "204");
  EXPECT_EQ(work.finished.at(0).second.leaves.size(), 3u);
}

TEST_F(SessionTest, ARequestOfTheCpeLeavesOursOutstanding) {
  work.wants(5, {"a"});
  inform();
  const auto ours = post_nothing();
  const auto told = post(with_id("t1", "<cwmp:TransferComplete><CommandKey>k3</CommandKey><StartTime/><CompleteTime/></cwmp:TransferComplete>"));
  EXPECT_EQ(envelope_of(told.body).rpc, "TransferCompleteResponse");
  EXPECT_EQ(envelope_of(told.body).header.id, "t1");
  EXPECT_EQ(post_nothing().body, ours.body);
  EXPECT_EQ(asked(post(values_of("1", "a", "x"))), "204");
  ASSERT_EQ(work.completions.size(), 1u);
  EXPECT_EQ(work.completions[0].key, "k3");
  EXPECT_EQ(work.completions[0].kind, "TransferComplete");
  EXPECT_EQ(work.completions[0].report.end, Report::End::done);
}

TEST_F(SessionTest, WhatWasToldIsKnownToOperations) {
  work.wants(5, {});
  inform(inform_of("S1", "", "<ParameterValueStruct><Name>InternetGatewayDevice.ManagementServer.ParameterKey</Name><Value>pk</Value></ParameterValueStruct>"));
  post(with_id("t1", "<cwmp:TransferComplete><CommandKey>k3</CommandKey><FaultStruct><FaultCode>9010</FaultCode><FaultString>f</FaultString></FaultStruct>"
                     "</cwmp:TransferComplete>"));
  post_nothing();
  EXPECT_EQ(work.completions.at(0).report.end, Report::End::failed);
  EXPECT_EQ(work.completions.at(0).report.code, "9010");
  EXPECT_EQ(work.finished.at(0).second.text, "pk");
  EXPECT_EQ(work.finished.at(0).second.objects, std::vector<std::string>{"k3"});
}

TEST_F(SessionTest, ChangesOfSoftwareAreTold) {
  inform();
  const std::string good = "<Results><UUID>u1</UUID><CurrentState>Installed</CurrentState><Resolved>1</Resolved></Results>";
  const std::string bad = "<Results><UUID>u2</UUID><CurrentState>Failed</CurrentState><Fault><FaultCode>9027</FaultCode></Fault></Results>";
  EXPECT_EQ(envelope_of(post(enveloped("<cwmp:DUStateChangeComplete>" + good + bad + good + "<CommandKey>k4</CommandKey></cwmp:DUStateChangeComplete>")).body).rpc,
            "DUStateChangeCompleteResponse");
  EXPECT_EQ(envelope_of(post(enveloped("<cwmp:AutonomousTransferComplete><IsDownload>0</IsDownload></cwmp:AutonomousTransferComplete>")).body).rpc,
            "AutonomousTransferCompleteResponse");
  ASSERT_EQ(work.completions.size(), 2u);
  EXPECT_EQ(work.completions[0].key, "k4");
  EXPECT_EQ(work.completions[0].report.code, "9027");
  EXPECT_EQ(work.completions[0].report.results.size(), 3u);
  EXPECT_EQ(work.completions[1].is_upload, true);
}

TEST_F(SessionTest, OtherRequestsOfTheCpe) {
  inform();
  EXPECT_EQ(read<GetRPCMethodsResponse>(post(enveloped("<cwmp:GetRPCMethods/>")).body).methods.size(), 7u);
  read<RequestDownloadResponse>(post(enveloped("<cwmp:RequestDownload><FileType>1 Firmware Upgrade Image</FileType></cwmp:RequestDownload>")).body);
  EXPECT_EQ(read<Fault>(post(enveloped("<cwmp:Kicked/>")).body).code, 8000u);
  EXPECT_EQ(read<Fault>(post(enveloped("<cwmp:Reboot/>")).body).code, 8000u);
  EXPECT_FALSE(session.is_over());
}

TEST_F(SessionTest, WhoIsRefused) {
  work.begin_error = Error{Status::forbidden, ""};
  EXPECT_EQ(read<Fault>(inform().body).code, 8001u);
  work.begin_error = Error{Status::not_found, ""};
  const auto unknown = inform();
  EXPECT_EQ(unknown.status, 401u);
  EXPECT_TRUE(unknown.is_challenge);
  work.begin_error = Error{Status::service_unavailable, ""};
  const auto busy = inform();
  EXPECT_EQ(busy.status, 503u);
  EXPECT_GT(busy.retry_after, 0s);
  EXPECT_TRUE(work.ended.empty());   // none of them had begun
}

TEST_F(SessionTest, AStoreThatCannotWrite) {
  inform();
  work.complete_error = Error{Status::service_unavailable, ""};
  EXPECT_EQ(post(enveloped("<cwmp:TransferComplete><CommandKey>k</CommandKey></cwmp:TransferComplete>")).status, 503u);
  EXPECT_TRUE(session.is_over());
}

TEST_F(SessionTest, ALostSessionLeavesItsOperationUnanswered) {
  work.wants(5, {"a"});
  inform();
  post_nothing();
  session.abandon("lost");
  EXPECT_EQ(work.ended, std::vector<std::string>{"00AABB-Box-S1 5"});
}

TEST_F(SessionTest, BoundsOfTimeAndNumber) {
  work.wants(5, {"a"});
  work.wants(6, {"b"});
  inform();
  post_nothing();
  now += 301s;
  EXPECT_EQ(asked(post(values_of("1", "a", "x"))), "204");
  EXPECT_EQ(work.finished.size(), 1u);
  EXPECT_EQ(work.queue.size(), 1u);
  limits.rpcs = 2;
  Session short_one(work, performing, limits, "d");
  work.wants(7, {"c", "d"});
  auto envelope = envelope_of(inform_of());
  auto told = std::get<Inform>(*read_message(envelope));
  run(context, short_one.begin(std::move(envelope), std::move(told), "192.0.2.7", context, now));
  EXPECT_EQ(asked(run(context, short_one.take_nothing(false, context, now))), "1 b");
  auto body = values_of("1", "b", "x");
  EXPECT_EQ(asked(run(context, short_one.take(envelope_of(body), body, false, context, now))), "2 c");
  body = values_of("2", "c", "x");
  EXPECT_EQ(asked(run(context, short_one.take(envelope_of(body), body, false, context, now))), "204");
  EXPECT_EQ(work.ended.back(), "d 7");
}

TEST_F(SessionTest, AHeartbeatWantsNoWork) {
  work.wants(5, {"a"});
  inform(inform_of("S1", "<EventStruct><EventCode>14 HEARTBEAT</EventCode></EventStruct>"));
  EXPECT_EQ(post_nothing().status, 204u);
  EXPECT_EQ(work.queue.size(), 1u);
}

class RecordedSession : public WithRecordings {};

TEST_F(RecordedSession, EveryInformIsAnsweredAndToldWithItsParameters) {
  boost::asio::io_context context{1};
  FakeWork work;
  const auto performing = one_by_one();
  const SessionLimits limits;
  for (const auto& path : all()) {
    const auto file = path.filename().string();
    if (file.find("-inform") == file.npos || file.starts_with("cwmp-own")) continue;
    auto envelope = envelope_of(recorded(file));
    auto told = std::get<Inform>(*read_message(envelope));
    const auto count = told.parameters.size();
    const auto id = envelope.header.id;
    Session session(work, performing, limits, printable(told.device_id));
    const auto reply = run(context, session.begin(std::move(envelope), std::move(told), "192.0.2.7", context, {}));
    EXPECT_EQ(envelope_of(reply.body).header.id, id) << file;
    EXPECT_EQ(work.contacts.back().leaves.size(), count) << file;
    EXPECT_EQ(work.contacts.back().device, session.device());
    EXPECT_FALSE(work.contacts.back().facts.root.empty()) << file;
    EXPECT_EQ(run(context, session.take_nothing(false, context, {})).status, 204u) << file;
  }
  EXPECT_GE(work.contacts.size(), 7u);
}

TEST_F(RecordedSession, UnknownTransfersAreAnswered) {   // 4.9 rows 12, 37
  boost::asio::io_context context{1};
  FakeWork work;
  const auto performing = one_by_one();
  const SessionLimits limits;
  Session session(work, performing, limits, "d");
  auto envelope = envelope_of(inform_of());
  auto told = std::get<Inform>(*read_message(envelope));
  run(context, session.begin(std::move(envelope), std::move(told), "192.0.2.7", context, {}));
  for (const auto* file : {"cwmp-netcwmp-transfercomplete-9001.xml", "cwmp-cwmp-sim-transfercomplete-ok.xml", "cwmp-genieacs-sim-transfercomplete-ok.xml"}) {
    const auto text = recorded(file);
    const auto reply = run(context, session.take(envelope_of(text), text, false, context, {}));
    EXPECT_EQ(envelope_of(reply.body).rpc, "TransferCompleteResponse") << file;
  }
  ASSERT_EQ(work.completions.size(), 3u);
  EXPECT_EQ(work.completions[0].report.code, "9001");
  EXPECT_FALSE(work.completions[0].report.started);
  EXPECT_TRUE(work.completions[1].report.completed);
}

}  // namespace
}  // namespace nscl::rem::tr069
