// SPDX-License-Identifier: Apache-2.0
// What is said in a session: whose turn it is, packages over several messages, alerts, and who may say what (rem.md 3.3, 3.6).
#include "dm_fixture.h"

namespace nscl::rem::omadm {
namespace {

TEST_F(DmTest, ASessionFromPackage1ToTheEnd) {
  wants(5, {{command_on(Kind::get, {"./DevDetail/FwV", "./DevDetail/SwV"})}, {command_on(Kind::replace, {"./A"}, "x")}});
  const auto first = begin();
  EXPECT_EQ(first.header.target, "d");
  EXPECT_EQ(first.header.source, "http://dm.example/dm");
  EXPECT_TRUE(first.header.resp_uri.starts_with("http://dm.example/dm?s="));
  EXPECT_EQ(first.header.msg_id, "1");
  EXPECT_EQ(first.header.meta.max_msg_size, model.own_message_size);
  const auto& header = element_at<StatusElement>(first, 0);
  EXPECT_EQ(header.target_refs, std::vector<std::string>{"http://dm.example/dm"});
  EXPECT_EQ(header.source_refs, std::vector<std::string>{"d"});
  ASSERT_EQ(work.contacts.size(), 1u);
  const auto& contact = work.contacts[0];
  EXPECT_EQ(contact.protocol, store::ManagementProtocol::oma_dm);
  EXPECT_EQ(contact.facts.manufacturer, "Maker");
  EXPECT_EQ(contact.facts.model, "Box");
  EXPECT_EQ(contact.facts.root, "./");
  EXPECT_EQ(contact.events.at(0).code, "1201");
  EXPECT_EQ(contact.leaves, (std::vector<Leaf>{{"./DevInfo/Man", "Maker", "chr"}, {"./DevInfo/Mod", "Box", "chr"}}));
  const auto get = commands(first).at(0);
  const auto second = say(taken(first) + results_text("8", "1", get.id, "./DevDetail/SwV", "s1") + results_text("9", "1", get.id, "./DevDetail/FwV", "f1") + final_text);
  EXPECT_EQ(header_code(second), 200);
  EXPECT_EQ(statuses(second), "") << "results need none";
  const auto& answer = scripts[5].answers.at(0).at(0);
  EXPECT_EQ(answer.items.at(0).results.at(0).data, "f1") << "by what it is of, not by its place";
  EXPECT_EQ(answer.items.at(1).results.at(0).data, "s1");
  const auto third = say(taken(second) + final_text);
  EXPECT_TRUE(third.is_final);
  EXPECT_TRUE(commands(third).empty());
  EXPECT_EQ(work.finished.size(), 1u);
  EXPECT_EQ(work.ended, std::vector<std::string>{"d"});
  const auto late = say(status_text("1", "3", "0", "SyncHdr", "212") + final_text);
  EXPECT_TRUE(commands(late).empty());
  EXPECT_EQ(work.ended.size(), 1u);
}

TEST_F(DmTest, M1WhoKnowsADeviceIsToldWhichPasswordItShowed) {
  accounts.client.changed = Time{std::chrono::hours(7)};
  begin();
  ASSERT_EQ(work.contacts.size(), 1u);
  EXPECT_EQ(work.contacts[0].password_set, accounts.client.changed);
}

TEST_F(DmTest, Row50TheSameMessageAgain) {
  wants(5, {{command_on(Kind::get, {"./A"})}, {command_on(Kind::get, {"./B"})}});
  const auto octets = message(package_1(), md5_cred(accounts.ours));
  const auto first = answer_to(octets);
  const auto text = last;
  target = "/dm";   // where it posted before
  answer_to(octets);
  EXPECT_EQ(last, text);
  const auto next = message(taken(first) + final_text);
  const auto second = answer_to(next);
  const auto answer = last;
  answer_to(next);
  EXPECT_EQ(last, answer);
  EXPECT_EQ(scripts[5].answers.size(), 1u);
  EXPECT_EQ(work.contacts.size(), 1u);
  const auto end = message(taken(second) + final_text);
  answer_to(end);
  const auto closing = last;
  answer_to(end);
  EXPECT_EQ(last, closing);
  EXPECT_EQ(work.finished.size(), 1u);
}

TEST_F(DmTest, Row50AChallengeAgain) {
  const auto octets = message(package_1());
  answer_to(octets);
  const auto text = last;
  answer_to(octets);
  EXPECT_EQ(last, text);
}

TEST_F(DmTest, ASessionIsFoundWithoutRespUriToo) {
  heeds_uri = false;
  wants(5, {{command_on(Kind::get, {"./A"})}});
  const auto challenged = say(package_1());
  const auto first = say(package_1(), md5_cred(nonce_in(challenged)));
  ASSERT_EQ(header_code(first), 212);
  peer = "198.51.100.9";
  const auto stranger = message(taken(first) + final_text);
  EXPECT_TRUE(has_alert(answer_to(stranger), "1223")) << "but from there it came from";
  EXPECT_TRUE(scripts[5].answers.empty());
  peer = "192.0.2.7";
  answer_to(stranger);
  EXPECT_EQ(scripts[5].answers.size(), 1u);
}

TEST_F(DmTest, TheSameSessionIdOnceMoreIsAnotherSession) {
  heeds_uri = false;
  begin();
  ASSERT_EQ(work.ended.size(), 1u);
  msg_id = 0;
  EXPECT_EQ(header_code(begin()), 212);
  EXPECT_EQ(work.contacts.size(), 2u);
}

TEST_F(DmTest, AMessageOutOfTurnEndsIt) {
  wants(5, {{command_on(Kind::get, {"./A"})}});
  const auto first = begin();
  ++msg_id;
  const auto answer = say(taken(first) + final_text);
  EXPECT_EQ(header_code(answer), 400);
  EXPECT_TRUE(has_alert(answer, "1223"));
  EXPECT_EQ(work.ended, std::vector<std::string>{"d 5"});
  EXPECT_TRUE(scripts[5].answers.empty());
}

TEST_F(DmTest, WhatBeginsNothingIsAborted) {
  const auto answer = say(status_text("1", "7", "0", "SyncHdr", "212") + final_text, md5_cred(accounts.ours));
  EXPECT_EQ(header_code(answer), 400);
  EXPECT_TRUE(has_alert(answer, "1223"));
  EXPECT_TRUE(work.contacts.empty());
}

TEST_F(DmTest, TheDeviceAborts) {
  wants(5, {{command_on(Kind::get, {"./A"})}});
  begin();
  const auto answer = say(alert_text("1", "1223") + final_text);
  EXPECT_TRUE(commands(answer).empty());
  EXPECT_EQ(work.ended, std::vector<std::string>{"d 5"});
}

TEST_F(DmTest, Row51WithoutFinalTheNextMessageIsAskedFor) {
  wants(5, {{command_on(Kind::get, {"./A", "./B"})}});
  const auto cut = begin(alert_text("1", "1201"));
  EXPECT_EQ(header_code(cut), 212);
  EXPECT_EQ(statuses(cut), "Alert 200");
  EXPECT_FALSE(cut.is_final);
  ASSERT_EQ(commands(cut).size(), 1u);
  EXPECT_TRUE(has_alert(cut, "1222"));
  const auto first = say(status_text("1", "1", "0", "SyncHdr", "212") + status_text("3", "1", commands(cut).at(0).id, "Alert", "200") + dev_info() + final_text);
  EXPECT_EQ(work.contacts.back().facts.model, "Box") << "what comes later of package 1 is told too";
  ASSERT_EQ(commands(first).size(), 1u);
  const auto get = commands(first).at(0);
  const auto more = say(status_text("1", "2", get.id, "Get", "200") + results_text("2", "2", get.id, "./A", "a"));
  EXPECT_TRUE(has_alert(more, "1222"));
  EXPECT_EQ(commands(more).size(), 1u);
  say(results_text("1", "2", get.id, "./B", "b") + final_text);
  EXPECT_EQ(scripts[5].answers.at(0).at(0).items.at(1).results.at(0).data, "b");
}

TEST_F(DmTest, Row51AClientThatKnowsNo1222) {
  wants(5, {{command_on(Kind::get, {"./A"})}});
  const auto cut = begin(alert_text("1", "1201") + dev_info());
  const auto answer = say(status_text("1", "1", "0", "SyncHdr", "212") + status_text("2", "1", commands(cut).at(0).id, "Alert", "500"));
  ASSERT_EQ(commands(answer).size(), 1u);
  EXPECT_EQ(commands(answer).at(0).kind, Kind::get) << "its package is over";
}

TEST_F(DmTest, WhatOnlyServersMaySay) {
  const auto answer = begin(alert_text("1", "1201") + dev_info() + "<Get><CmdID>3</CmdID><Item><Target><LocURI>./A</LocURI></Target></Item></Get>" +
                            "<Replace><CmdID>4</CmdID><Item><Source><LocURI>./DevInformal/X</LocURI></Source><Data>x</Data></Item></Replace>" +
                            "<Map><CmdID>5</CmdID></Map>" + alert_text("6", "4711") + alert_text("7", "1226") + final_text);
  EXPECT_EQ(statuses(answer), "Alert 200, Replace 200, Get 405, Replace 405, Map 405, Alert 406, Alert 412");
}

TEST_F(DmTest, AQuarantinedDeviceIsWelcomeAndToldNothing) {
  work.welcome.state = store::ManagedState::quarantined;
  const auto answer = begin(alert_text("1", "1201") + final_text);
  EXPECT_EQ(header_code(answer), 212);
  EXPECT_TRUE(commands(answer).empty());
  EXPECT_TRUE(answer.is_final);
  EXPECT_EQ(work.ended, std::vector<std::string>{"d"});
}

TEST_F(DmTest, WhoDoesNotTellWhoItIsIsAsked) {
  const auto first = begin(alert_text("1", "1201") + final_text);
  ASSERT_EQ(commands(first).size(), 1u);
  EXPECT_EQ(commands(first).at(0).items.at(1).target, "./DevInfo/Man");
  say(taken(first) + results_text("8", "1", commands(first).at(0).id, "./DevInfo/Mod", "Box") + final_text);
  ASSERT_EQ(work.contacts.size(), 2u);
  EXPECT_EQ(work.contacts.at(1).facts.model, "Box");
  EXPECT_TRUE(work.contacts.at(1).events.empty()) << "it called once";
  EXPECT_EQ(work.ended.size(), 2u) << "each that began has its end";
}

TEST_F(DmTest, TwoDevicesOfOneId) {
  wants(5, {{command_on(Kind::get, {"./A"})}});
  accounts.ours = "n";
  begin();
  const auto mine = target;
  target = "/dm";
  session = "2";
  msg_id = 0;
  peer = "192.0.2.8";
  const auto second = begin();
  EXPECT_EQ(header_code(second), 503);
  EXPECT_EQ(statuses(second), "Alert 503, Replace 503");
  EXPECT_EQ(refused, std::vector<std::string>{"dm.second_session user d"});
  EXPECT_EQ(work.contacts.size(), 1u);
  target = mine;
  session = "1";
  msg_id = 1;
  EXPECT_EQ(header_code(say(status_text("1", "1", "0", "SyncHdr", "212") + final_text)), 200) << "the first goes on";
}

TEST_F(DmTest, WhoProvesNothingKeepsNobodyOut) {
  for (int i = 0; i < 50; ++i) {
    session = "s" + std::to_string(i);
    msg_id = 0;
    target = "/dm";
    peer = "198.51.100.1";
    EXPECT_EQ(header_code(say(package_1())), 407);
  }
  session = "1";
  msg_id = 0;
  target = "/dm";
  peer = "192.0.2.7";
  EXPECT_EQ(header_code(begin()), 212);
}

TEST_F(DmTest, AtMostSoManyMessages) {
  options.sessions.messages = 3;
  restart();
  wants(5, {{command_on(Kind::get, {"./A"})}, {command_on(Kind::get, {"./B"})}, {command_on(Kind::get, {"./C"})}, {command_on(Kind::get, {"./D"})}});
  const auto first = begin();
  const auto second = say(taken(first) + final_text);
  EXPECT_EQ(commands(second).size(), 1u);
  const auto third = say(taken(second) + final_text);
  EXPECT_TRUE(commands(third).empty());
  EXPECT_TRUE(third.is_final);
  EXPECT_EQ(work.ended, std::vector<std::string>{"d 5"}) << "the operation is done another time";
}

TEST_F(DmTest, TheAnswerIsInTheEncodingOfTheQuestion) {
  const auto binary = write_message(read_dm(message(package_1(), md5_cred(accounts.ours))), Encoding::wbxml);
  ASSERT_TRUE(binary);
  request.content_type = "application/vnd.syncml+wbxml";
  const auto response = post(*binary);
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(response.content_type, "application/vnd.syncml.dm+wbxml");
  EXPECT_EQ(header_code(read_dm(*response.body, Encoding::wbxml)), 212);
}

TEST_F(DmTest, Row49TheOldMediaType) {
  request.content_type = "application/vnd.syncml+xml; charset=utf-8";
  const auto response = post(message(package_1(), md5_cred(accounts.ours)));
  EXPECT_EQ(response.status, 200u);
  EXPECT_EQ(response.content_type, "application/vnd.syncml.dm+xml");
}

TEST_F(DmTest, WhatIsNoMessage) {
  const auto status_of = [this](std::string_view octets) { return post(octets).status; };
  EXPECT_EQ(status_of("<SyncML>"), 400u);
  EXPECT_EQ(status_of("<!DOCTYPE x [<!ENTITY a 'b'>]><SyncML>&a;</SyncML>"), 400u);
  EXPECT_EQ(status_of(in_syncml(std::string(100, '<'))), 400u);
  request.content_type = "application/json";
  EXPECT_EQ(status_of("{}"), 415u);
  request.content_type = "application/vnd.syncml.dm+wbxml";
  EXPECT_EQ(status_of(std::string("\x02\xa4\x01\x6a\x00\x6d\xff", 7)), 400u);
  device = std::string(300, 'x');
  request.content_type = {};
  EXPECT_EQ(status_of(message(package_1())), 400u);
  request.method = net::Method::get;
  EXPECT_EQ(status_of(""), 405u);
  target = "/elsewhere";
  EXPECT_EQ(status_of(""), 404u);
  EXPECT_TRUE(work.contacts.empty());
}

}  // namespace
}  // namespace nscl::rem::omadm
