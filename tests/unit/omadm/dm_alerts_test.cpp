// SPDX-License-Identifier: Apache-2.0
// What devices tell by alerts (rem.md 2.7, 3.6).
#include "dm_fixture.h"

namespace nscl::rem::omadm {
namespace {

TEST_F(DmTest, Row47AnAlertBeforeTheStatusOfItsExec) {
  auto exec = command_on(Kind::exec, {"./test/execute"});
  exec.correlator = "k5";
  wants(5, {{exec}});
  work.wants(6, {});
  const auto first = begin();
  const auto sent = commands(first).at(0);
  EXPECT_EQ(sent.correlator, "k5");
  const auto answer = say(status_text("1", "1", "0", "SyncHdr", "212") +
                          "<Alert><CmdID>2</CmdID><Correlator>k5</Correlator><Data> 1226 </Data><Item><Source><LocURI>./test/execute</LocURI></Source>"
                          "<Meta><Format>text/plain</Format><Type>urn:test</Type></Meta><Data>200</Data></Item></Alert>" +
                          status_text("3", "1", sent.id, "Exec", "202") + final_text);
  EXPECT_EQ(statuses(answer), "Alert 200");
  ASSERT_EQ(work.completions.size(), 1u);
  const auto& told = work.completions[0];
  EXPECT_EQ(told.key, "k5");
  EXPECT_EQ(told.kind, "urn:test");
  EXPECT_EQ(told.object, "./test/execute");
  EXPECT_EQ(told.report.end, Report::End::done);
  EXPECT_EQ(scripts[5].answers.at(0).at(0).status, 202);
  EXPECT_EQ(scripts[6].correlators, std::vector<std::string>{"k5"}) << "operations after it know";
}

// 1.7: what is said first counts, the cancel or the end of what it is for.
TEST_F(DmTest, ACancelIsOverBeforeTheAlertBehindItsStatus) {
  const std::string end = alert_text("7", "1226", "<Correlator>e1</Correlator><Item><Source><LocURI>./FUMO</LocURI></Source><Meta><Type>urn:x</Type></Meta><Data>401</Data></Item>");
  for (const bool is_status_first : {true, false}) {
    perform_truly();
    wants_task(5, Cancel{"e1", "./FUMO/Ext/Stop"});
    session += "x";
    msg_id = 0;
    target = "/dm";
    const auto first = begin();
    ASSERT_EQ(commands(first).size(), 1u);
    const auto status = status_text("2", first.header.msg_id, commands(first)[0].id, "Exec", "200");
    say(status_text("1", first.header.msg_id, "0", "SyncHdr", "212") + (is_status_first ? status + end : end + status) + final_text);
    ASSERT_EQ(work.finished.size(), is_status_first ? 1u : 2u);
    EXPECT_EQ(work.finished.back().second, Report{});
    EXPECT_EQ(work.finished_before.back(), 1u) << "the second time: before it";
  }
}

TEST_F(DmTest, HowAFirmwareUpdateEnded) {
  struct Case {
    std::string_view type, data, code;
    Report::End end;
    std::string_view part;
  };
  using enum Report::End;
  const auto fumo = "Reversed-Domain-Name: org.openmobilealliance.dm.firmwareupdate.update";
  for (const auto& each : {Case{fumo, "200", "0", done, "FUMO 200 successful: ./FUMO"}, Case{fumo, "251", "0", done, "251"}, Case{fumo, "410", "410", failed, "the update failed"},
                           Case{fumo, "404", "404", failed, "could not be validated"}, Case{"urn:oma:at:scomo:1.0:OperationComplete", "1200", "0", done, "SCOMO"},
                           Case{"urn:oma:at:scomo:1.0:OperationComplete", "<X><ResultCode>1404</ResultCode></X>", "1404", failed, "SCOMO 1404"},
                           Case{"urn:oma:at:dcmo:1.0:OperationComplete", "1404", "1404", failed, "DCMO"}, Case{"urn:any", "it is hot", "0", done, "it is hot"}}) {
    const std::string data = each.data.starts_with('<') ? "<![CDATA[" + std::string(each.data) + "]]>" : std::string(each.data);
    session += "x";
    msg_id = 0;
    target = "/dm";
    begin(alert_text("1", "1201") + dev_info() +
          alert_text("3", "1226", "<Item><Source><LocURI>./FUMO</LocURI></Source><Meta><Type>" + std::string(each.type) + "</Type></Meta><Data>" + data + "</Data></Item>") + final_text);
    const auto& report = work.completions.back().report;
    EXPECT_EQ(report.end, each.end) << each.data;
    EXPECT_EQ(report.code, each.code) << each.data;
    EXPECT_NE(report.text.find(each.part), std::string::npos) << report.text;
  }
}

TEST_F(DmTest, AWishForAnUpdateEndsNothing) {
  begin(alert_text("1", "1201") + dev_info() +
        alert_text("3", "1226", "<Item><Source><LocURI>./FUMO</LocURI></Source><Meta><Type>org.openmobilealliance.dm.firmwareupdate.devicerequest</Type></Meta></Item>") + final_text);
  EXPECT_EQ(work.completions.at(0).kind, "org.openmobilealliance.dm.firmwareupdate.devicerequest");
  EXPECT_EQ(work.completions[0].object, "");
}

TEST_F(DmTest, AnAlertIsTakenOnceItIsKept) {
  work.complete_error = Error{Status::service_unavailable, ""};
  const auto answer = begin(alert_text("1", "1201") + dev_info() + alert_text("3", "1226", "<Item><Data>200</Data></Item>") + final_text);
  EXPECT_EQ(header_code(answer), 503);
  EXPECT_EQ(statuses(answer), "Alert 503, Replace 503, Alert 503");
  EXPECT_EQ(work.ended, std::vector<std::string>{"d"});
}

TEST_F(DmTest, AThousandAlertsAreNotAllKept) {
  std::string body = alert_text("1", "1201") + dev_info();
  for (int i = 0; i < 400; ++i) body += alert_text(std::to_string(i + 3), "1224", "<Item><Data>x</Data></Item>");
  const auto answer = begin(body + final_text);
  EXPECT_EQ(work.completions.size(), 256u);
  EXPECT_NE(statuses(answer).find("Alert 417"), std::string::npos);
}

}  // namespace
}  // namespace nscl::rem::omadm
