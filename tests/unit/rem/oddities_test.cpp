// SPDX-License-Identifier: Apache-2.0
// What CPEs need of the messages and answers that they get. Numbers are those of the list of oddities (4.9); what they send is in tolerance_test.cpp.
#include "fake_work.h"
#include "play.h"

namespace nscl::rem::tr069 {
namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

std::vector<std::string> requests() {
  Download download;
  download.file_type = "1 Firmware Upgrade Image";
  download.url = "http://files.example/x";
  Message all[] = {GetRPCMethods{}, GetParameterNames{"Device.", true}, GetParameterValues{{"Device.X"}}, SetParameterValues{{{"Device.X", "1", "boolean"}}, "k"},
                   AddObject{"Device.X.", "k"}, DeleteObject{"Device.X.1.", "k"}, std::move(download), Reboot{"k"}, FactoryReset{}, ScheduleInform{5, "k"}};
  std::vector<std::string> out;
  for (const auto& message : all) out.push_back(text_of(message));
  return out;
}

TEST(Oddities, O2NoDeclarationInFrontOfAnything) {
  for (const auto& text : requests()) EXPECT_TRUE(text.starts_with("<soap-env:Envelope")) << text;
  for (const auto& text : {text_of(InformResponse{}), text_of(TransferCompleteResponse{}), text_of(make_fault(8000))}) EXPECT_TRUE(text.starts_with("<soap-env:Envelope")) << text;
}

TEST(Oddities, O24NoRefusalAsksForTheSameAtOnce) {   // 8005 is answered by ten retries: who is to come later is told so by HTTP
  boost::asio::io_context context{1};
  FakeWork work;
  const auto performing = one_by_one();
  const SessionLimits limits;
  for (const auto status : {Status::service_unavailable, Status::internal_server_error, Status::forbidden}) {
    Session session(work, performing, limits, "00AABB-Box-S1");
    work.begin_error = Error{status, ""};
    auto envelope = envelope_of(inform_of());
    auto inform = std::get<Inform>(*read_message(envelope));
    const auto reply = run(context, session.begin(std::move(envelope), std::move(inform), "192.0.2.7", context, Session::Clock::now()));
    EXPECT_FALSE(has(reply.body, "8005")) << reply.body;
    EXPECT_EQ(reply.status, status == Status::forbidden ? 200u : 503u);
    if (reply.status == 503) { EXPECT_GE(reply.retry_after, std::chrono::seconds{60}); }
  }
}

TEST(Oddities, O25TheUsualPrefixAndBooleansAsDigits) {
  for (const auto space : {NameSpace::cwmp_1_0, NameSpace::cwmp_1_1, NameSpace::cwmp_1_2}) {
    Header header;
    header.id = "1";
    header.name_space = space;
    const auto text = write_message(header, GetParameterNames{"Device.", true});
    EXPECT_TRUE(has(text, "<cwmp:GetParameterNames>")) << text;
    EXPECT_TRUE(has(text, "<NextLevel>1</NextLevel>")) << text;
    EXPECT_TRUE(has(text, "xmlns:cwmp=\"urn:dslforum-org:cwmp-1-" + std::to_string(static_cast<int>(space)) + "\"")) << text;
  }
  EXPECT_TRUE(has(text_of(GetParameterNames{"Device.", false}), "<NextLevel>0</NextLevel>"));
  // HoldRequests is read as a number: it is not sent at all.
  for (const auto& text : requests()) EXPECT_FALSE(has(text, "HoldRequests"));
}

TEST(Oddities, O26ADownloadHasAllItsElements) {
  const auto text = requests()[6];
  for (const auto* element : {"CommandKey", "FileType", "URL", "Username", "Password", "FileSize", "TargetFileName", "DelaySeconds", "SuccessURL", "FailureURL"})
    EXPECT_TRUE(has(text, "<" + std::string(element) + ">") || has(text, "<" + std::string(element) + "/>")) << element << " in " << text;
  EXPECT_TRUE(has(text, "<DelaySeconds>0</DelaySeconds>")) << text;
}

TEST(Oddities, O33AModelThatNeverReportsIsKnownByItsVersion) {
  const Command command{"DOWNLOAD", {{"FileType", "1 Firmware Upgrade Image"}, {"URL", "http://files.example/x"}}};
  const auto accepted = [&](bool may_be_silent, bool again) {
    Play play(command);
    play.facts.software_version = "1.0";
    play.situation.model.success_on_timeout = may_be_silent;
    if (again) play.again().gets(fault(9000));   // GetAllQueuedTransfers
    play.gets(DownloadResponse{1, {}, {}});
    EXPECT_EQ(play.report().end, Report::End::accepted);
    return play.report().version_before;
  };
  EXPECT_EQ(accepted(true, false), "1.0");
  EXPECT_EQ(accepted(false, false), "");
  EXPECT_EQ(accepted(true, true), "") << "which version it had before is not known any more";
  Report report;
  report.version_before = "1.0";
  EXPECT_EQ(report_from_json(to_json(report)).value().version_before, "1.0");
}

TEST(Oddities, ARestartIsSeenByTheEventOfTheModel) {
  const auto is_done = [](std::optional<Event> event, std::string told) {
    Play play(Command{"REBOOT", {}});
    play.again().situation.events = {{std::move(told), ""}};
    play.situation.model.reboot_event = event;
    return play.request_if<Reboot>() == nullptr;
  };
  EXPECT_TRUE(is_done(Event::m_reboot, "M Reboot"));
  EXPECT_FALSE(is_done(Event::m_reboot, "1 BOOT"));
  EXPECT_TRUE(is_done(Event::bootstrap, "0 BOOTSTRAP"));
  EXPECT_FALSE(is_done(std::nullopt, "0 BOOTSTRAP"));
}

}  // namespace
}  // namespace nscl::rem::tr069
