// SPDX-License-Identifier: Apache-2.0
// Traces of sessions: what is kept, and that no secret is in it (row 63).
#include <nscl/base/compression.h>
#include <nscl/rem/device_json.h>

#include "fake_work.h"
#include "trace_recorder.h"

namespace nscl::rem::tr069 {
namespace {

class Fixed final : public Clock {
 public:
  Time now() const override { return Time{std::chrono::seconds{1'780'000'000}}; }
};

class TracesTest : public WithRecordings {
 protected:
  void SetUp() override {}

  std::unique_ptr<SessionObserver> recorder(bool problems_only = false) {
    return observer_of(std::make_unique<TraceRecorder>(SessionOrigin{"00AABB-Box-S1", "box-1", "192.0.2.7", true}, options, problems_only, clock,
                                                       [this](store::ManagementTrace trace) { traces.push_back(std::move(trace)); }));
  }
  /// The JSON of the trace of a session in which these were said.
  template <class... M>
  std::string trace_of(M... messages) {
    auto made = recorder();
    (made->said(Header{}, Message(std::move(messages))), ...);
    made->ended("204", false);
    return json();
  }
  std::string json() const { return traces.empty() ? "" : to_json(traces.back()); }
  static bool holds(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

  Fixed clock;
  TraceOptions options;
  std::vector<store::ManagementTrace> traces;
};

Fault fault_with(std::string text) {
  Fault fault;
  fault.code = 9007;
  fault.text = text;
  fault.parameters.push_back({"Device.X", 9007, std::move(text)});
  return fault;
}

TEST_F(TracesTest, AWholeSession) {
  boost::asio::io_context context{1};
  FakeWork work;
  const auto performing = one_by_one();
  const SessionLimits limits;
  Session session(work, performing, limits, "00AABB-Box-S1");
  work.wants(5, {"Device.A"});
  auto envelope = envelope_of(inform_of());
  auto message = read_message(envelope);
  auto observer = recorder();
  observer->heard(envelope.header, *message);
  session.observe(std::move(observer));
  run(context, session.begin(std::move(envelope), std::get<Inform>(*std::move(message)), "192.0.2.7", context, {}));
  run(context, session.take_nothing(false, context, {}));
  session.note_unreadable(17, "element \"hush-piece\" is not closed");
  const auto response = values_of("1", "Device.A", "value-of-a");
  run(context, session.take(envelope_of(response), response, false, context, {}));
  run(context, session.take_nothing(false, context, {}));
  ASSERT_EQ(traces.size(), 1u);
  EXPECT_EQ(traces[0].device, "00AABB-Box-S1");
  EXPECT_EQ(traces[0].end, "204");
  EXPECT_TRUE(traces[0].is_problem);
  EXPECT_EQ(traces[0].messages, 7u);
  for (const auto part : {R"("peer":"192.0.2.7","isTls":true,"user":"box-1","events":["1 BOOT"])", R"("from":"device","name":"Inform","id":"7","text":"<cwmp:Inform>)",
                          R"("from":"server","name":"InformResponse","id":"7","status":200)", R"("name":"nothing")", R"("name":"GetParameterValues","id":"1")",
                          R"(17 octets that cannot be read: element \"\" is not closed)", "value-of-a", R"("name":"the end","status":204)"}) {
    EXPECT_TRUE(holds(json(), part)) << part << " in " << json();
  }
  EXPECT_FALSE(holds(json(), "hush"));
}

TEST_F(TracesTest, HowSessionsEnd) {
  boost::asio::io_context context{1};
  FakeWork work;
  const auto performing = one_by_one();
  const SessionLimits limits;
  for (const bool begins : {false, true}) {
    Session session(work, performing, limits, "d");
    session.observe(recorder());
    if (!begins) work.begin_error = Error{Status::not_found, ""};
    else work.begin_error.reset();
    auto envelope = envelope_of(inform_of());
    auto told = std::get<Inform>(*read_message(envelope));
    run(context, session.begin(std::move(envelope), std::move(told), "192.0.2.7", context, {}));
    session.abandon("another session began");
    EXPECT_EQ(traces.size(), begins ? 1u : 0u) << "who is not let in leaves none";
  }
  EXPECT_EQ(traces.at(0).end, "another session began");
  EXPECT_TRUE(traces[0].is_problem);
}

TEST_F(TracesTest, ProblemsOnly) {
  auto good = recorder(true);
  good->said(Header{}, Message(InformResponse{}));
  good->ended("204", false);
  EXPECT_TRUE(traces.empty());
  auto faulty = recorder(true);
  faulty->heard(Header{}, Message(fault_with("no")));
  faulty->ended("204", false);
  auto lost = recorder(true);
  lost->ended("nothing came any more", true);
  EXPECT_EQ(traces.size(), 2u);
}

TEST_F(TracesTest, Row63RecordedInform) {
  if (!std::filesystem::exists(recordings())) GTEST_SKIP() << "no recordings";
  const auto text = recorded("cwmp-netcwmp-inform-0-bootstrap.xml");
  auto inform = read<Inform>(text);
  int passwords = 0;
  for (auto& parameter : inform.parameters) {
    if (!parameter.name.ends_with("Password")) continue;
    EXPECT_EQ(parameter.value, "cwmp");   // as its user name, which may be shown
    parameter.value = "hush-" + std::to_string(++passwords);
  }
  ASSERT_EQ(passwords, 2);
  const auto shown = trace_of(std::move(inform));
  EXPECT_TRUE(holds(shown, "ManagementServer.Password")) << shown;
  EXPECT_FALSE(holds(shown, "hush")) << shown;
  EXPECT_TRUE(holds(shown, "(hidden)"));
}

TEST_F(TracesTest, Row63EveryMessageThatCarriesASecret) {
  SetParameterValues set;
  set.parameters = {{"Device.ManagementServer.ConnectionRequestPassword", "hush-set", "string"}, {"Device.X.URL", "http://u:hush-uri@host/", "string"},
                    {"Device.WiFi.AccessPoint.1.Security.KeyPassphrase", "hush-wifi", "string"}, {"Device.Y", "plain-value", "string"}};
  Download download;
  download.url = "http://user:hush-user@files.example:8080/files/hushtoken/fw.bin?sig=hush-sig";
  download.username = "hush-name";
  download.password = Secret(std::string_view("hush-download"));
  download.command_key = "no-secret";
  download.success_url = "https://else.example/hush-success";
  Upload upload;
  upload.url = "hush-no-uri";
  upload.password = Secret(std::string_view("hush-upload"));
  ChangeDUState change;
  InstallOpStruct install;
  install.url = "ftp://h/hush-du";
  install.username = "hush-du-user";
  install.password = Secret(std::string_view("hush-du-password"));
  change.operations.emplace_back(std::move(install));
  RequestDownload request;
  request.arguments = {{"Token", "hush-argument"}};
  AutonomousTransferComplete autonomous;
  autonomous.transfer_url = "http://h/files/hush-autonomous/x";
  autonomous.fault.text = "cannot fetch http://acs.example/files/hush-elsewhere/x";
  const auto shown = trace_of(std::move(set), std::move(download), std::move(upload), std::move(change), std::move(request), std::move(autonomous),
                              fault_with("hush-set is too short"));
  EXPECT_FALSE(holds(shown, "hush")) << shown;
  for (const auto part : {"plain-value", "no-secret", "http://files.example:8080/(hidden)", "https://else.example/(hidden)", "<FaultCode>9007</FaultCode>"}) {
    EXPECT_TRUE(holds(shown, part)) << part << " in " << shown;
  }
}

TEST_F(TracesTest, LongMessagesAreCut) {
  GetParameterValuesResponse long_one;
  for (int i = 0; i < 50'000; ++i) long_one.parameters.push_back({"Device.P." + std::to_string(i), "v", "string"});
  long_one.parameters[0].value = std::string(1 << 20, 'x');
  const auto shown = trace_of(std::move(long_one));
  EXPECT_TRUE(holds(shown, R"("isCut":true)"));
  EXPECT_LT(shown.size(), options.message + 1024);
}

TEST_F(TracesTest, TheOldestMessagesLoseTheirText) {
  auto made = recorder();
  for (int i = 0; i < 300; ++i) {
    GetParameterValues request;
    request.parameter_names = {"Device." + std::to_string(i) + std::string(1000, 'x')};
    made->said(Header{}, Message(std::move(request)));
  }
  made->ended("204", false);
  EXPECT_EQ(traces.at(0).messages, 300u);
  EXPECT_TRUE(holds(json(), "Device.299"));
  EXPECT_FALSE(holds(json(), "Device.100x"));
  EXPECT_TRUE(holds(json(), R"("leftOut":44)")) << json().substr(0, 300);
  EXPECT_LT(json().size(), options.octets + 256 * 200);
}

TEST_F(TracesTest, ARowThatWasChangedIsTold) {
  store::ManagementTrace trace;
  trace.body = "no such thing";
  EXPECT_TRUE(holds(to_json(trace), R"("damaged":true)"));
}

}  // namespace
}  // namespace nscl::rem::tr069
