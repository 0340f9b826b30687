// SPDX-License-Identifier: Apache-2.0
// Who devices prove to be, and we to them (rem.md 3.4).
#include "dm_fixture.h"
#include "dm_gate.h"

namespace nscl::rem::omadm {
namespace {

using namespace std::chrono_literals;

TEST_F(DmTest, Row42BasicWhereMd5IsWanted) {
  wants(5, {{command_on(Kind::get, {"./DevDetail/FwV"})}});
  const auto first = say(package_1(), cred_text("syncml:auth-basic", base64_encode("user:right")));
  EXPECT_EQ(header_code(first), 401);
  EXPECT_EQ(element_at<StatusElement>(first, 0).chal->type, "syncml:auth-md5");
  EXPECT_EQ(statuses(first), "Alert 401, Replace 401");
  EXPECT_TRUE(first.is_final);
  EXPECT_TRUE(commands(first).empty());
  EXPECT_TRUE(work.contacts.empty());
  ASSERT_EQ(nonce_in(first).size(), 16u);
  const auto second = say(status_text("3", "1", "0", "SyncHdr", "212", chal_text("theirs-1")) + package_1(), md5_cred(nonce_in(first)));
  EXPECT_EQ(header_code(second), 212);
  EXPECT_EQ(statuses(second), "Alert 200, Replace 200");
  EXPECT_EQ(commands(second).size(), 1u);
  EXPECT_EQ(nonce_in(second), accounts.ours) << "it is durable before the message leaves";
  EXPECT_EQ(accounts.theirs, "theirs-1");
  EXPECT_EQ(accounts.kept, 1u);
  ASSERT_EQ(work.contacts.size(), 1u);
  EXPECT_TRUE(refused.empty()) << "a weaker type is no attempt";
}

TEST_F(DmTest, Row41AWrongPasswordIsAskedForAgainAndThenNot) {
  wants(5, {{command_on(Kind::get, {"./A"})}});
  auto answer = say(package_1(), md5_cred("", "wrong"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(header_code(answer), 401);
    EXPECT_FALSE(nonce_in(answer).empty()) << i;
    answer = say(package_1(), md5_cred(nonce_in(answer), "wrong"));
  }
  EXPECT_EQ(header_code(answer), 401);
  EXPECT_TRUE(nonce_in(answer).empty());
  EXPECT_TRUE(commands(answer).empty());
  EXPECT_EQ(refused, (std::vector<std::string>{"dm.login_failed d d", "dm.login_failed d d"})) << "the first may be of a nonce that was lost";
  target = "/dm";
  session = "2";
  msg_id = 0;
  accounts.ours = "kept";
  EXPECT_EQ(header_code(begin()), 401) << "from there nothing is looked at for a minute";
  EXPECT_TRUE(work.contacts.empty());
  peer = "192.0.2.8";
  session = "3";
  msg_id = 0;
  EXPECT_EQ(header_code(begin()), 212);
}

TEST_F(DmTest, NoCredentialIsAskedFor) {
  const auto answer = say(package_1());
  EXPECT_EQ(header_code(answer), 407);
  EXPECT_EQ(statuses(answer), "Alert 407, Replace 407");
  EXPECT_EQ(header_code(say(package_1(), md5_cred(nonce_in(answer)))), 212);
}

TEST_F(DmTest, AnUnknownDeviceLooksLikeAWrongPassword) {
  const auto known = say(package_1(), md5_cred("", "wrong"));
  device = "nobody";
  session = "9";
  msg_id = 0;
  target = "/dm";
  const auto unknown = say(package_1(), md5_cred("", "wrong"));
  EXPECT_EQ(header_code(unknown), 401);
  EXPECT_EQ(statuses(unknown), statuses(known));
  ASSERT_TRUE(known.header.cred && unknown.header.cred);
  EXPECT_EQ(unknown.header.cred->data.size(), known.header.cred->data.size());
  session = "10";
  msg_id = 0;
  target = "/dm";
  EXPECT_EQ(say(package_1(), md5_cred("", "wrong")).header.cred, unknown.header.cred) << "it does not change from try to try";
}

TEST_F(DmTest, BasicIsTakenOverTlsOrWhereItIsAllowed) {
  options.authentication = DmOptions::Authentication::basic;
  restart();
  const auto basic = cred_text("syncml:auth-basic", base64_encode("user:right"));
  EXPECT_EQ(element_at<StatusElement>(say(package_1(), basic), 0).chal->type, "syncml:auth-md5");
  request.tls = &tls;
  EXPECT_EQ(header_code(say(package_1(), basic)), 212);
  options.basic_without_tls = true;
  restart();
  request.tls = nullptr;
  target = "/dm";
  EXPECT_EQ(header_code(say(package_1(), basic)), 212);
}

// 3.4: the nonce of the next session, which basic does not use up
TEST_F(DmTest, BasicKeepsTheNonceThatIsStillGood) {
  options.authentication = DmOptions::Authentication::basic;
  options.basic_without_tls = true;
  restart();
  const auto basic = cred_text("syncml:auth-basic", base64_encode("user:right"));
  const auto begin_with = [&](unsigned number, const std::string& cred) {
    target = "/dm";
    session = std::to_string(number);
    msg_id = 0;
    return say(package_1(), cred);
  };
  const auto first = nonce_in(begin_with(1, basic));
  EXPECT_EQ(first.size(), 16u);
  EXPECT_EQ(accounts.kept, 1u);
  EXPECT_EQ(nonce_in(begin_with(2, basic)), first);
  EXPECT_EQ(accounts.kept, 1u) << "there is nothing to write";
  const auto by_md5 = begin_with(3, md5_cred(first));
  EXPECT_EQ(header_code(by_md5), 212);
  EXPECT_NE(nonce_in(by_md5), first) << "now it is used up";
  EXPECT_EQ(accounts.kept, 2u);
  EXPECT_EQ(nonce_in(begin_with(4, basic)), nonce_in(by_md5));
  EXPECT_EQ(header_code(begin_with(5, md5_cred(first))), 401);
}

TEST_F(DmTest, ANonceIsGoodForOneSession) {
  accounts.ours = "once";
  const auto octets = message(package_1(), md5_cred("once"));
  EXPECT_EQ(header_code(answer_to(octets)), 212);
  EXPECT_NE(accounts.ours, "once");
  target = "/dm";
  session = "2";
  msg_id = 0;
  EXPECT_EQ(header_code(say(package_1(), md5_cred("once"))), 401);
}

TEST_F(DmTest, NothingIsSentWhoseNonceIsNotKept) {
  wants(5, {{command_on(Kind::get, {"./A"})}});
  accounts.fails = true;
  const auto answer = begin();
  EXPECT_EQ(header_code(answer), 503);
  EXPECT_TRUE(nonce_in(answer).empty());
  EXPECT_TRUE(commands(answer).empty());
  EXPECT_EQ(work.ended, std::vector<std::string>{"d 5"});
}

TEST_F(DmTest, Row43OurCredentialsAreRefused) {
  accounts.theirs = "stale";
  wants(5, {{command_on(Kind::get, {"./A"})}});
  wants(6, {{command_on(Kind::get, {"./B"})}});
  const auto cred_for = [](std::string_view nonce) { return md5_data(digest_of("funambol", Secret(std::string_view("srvpwd"))), nonce); };
  const auto first = begin();
  ASSERT_TRUE(first.header.cred);
  EXPECT_EQ(first.header.cred->data, cred_for("stale"));
  const auto refusal = [&](const DmMessage& ours, std::string_view nonce) {
    return status_text("1", ours.header.msg_id, "0", "SyncHdr", "401", chal_text(nonce)) + status_text("2", ours.header.msg_id, commands(ours).at(0).id, "Get", "401") + final_text;
  };
  const auto again = say(refusal(first, "fresh"));
  ASSERT_EQ(commands(again).size(), 1u);
  EXPECT_EQ(commands(again).at(0).items[0].target, "./A") << "the same command";
  EXPECT_EQ(again.header.cred->data, cred_for("fresh"));
  EXPECT_EQ(accounts.theirs, "fresh") << "it is durable before it is used";
  EXPECT_TRUE(refused.empty());
  const auto last_one = say(refusal(again, "other"));
  EXPECT_TRUE(commands(last_one).empty()) << "nothing more is tried in this session";
  ASSERT_EQ(scripts[5].answers.size(), 1u);
  EXPECT_EQ(scripts[5].answers[0][0].status, 401);
  EXPECT_EQ(scripts[6].answers.size(), 0u);
  EXPECT_EQ(refused, std::vector<std::string>{"dm.server_refused funambol d"});
  EXPECT_EQ(work.ended, std::vector<std::string>{"d"});
}

TEST_F(DmTest, Row43ARetryThatIsTaken) {
  wants(5, {{command_on(Kind::get, {"./A"})}});
  const auto first = begin();
  const auto again = say(status_text("1", "1", "0", "SyncHdr", "401", chal_text("fresh")) + final_text);
  say(taken(again) + results_text("9", again.header.msg_id, commands(again).at(0).id, "./A", "v") + final_text);
  ASSERT_EQ(scripts[5].answers.size(), 1u);
  EXPECT_EQ(scripts[5].answers[0][0].items[0].results.at(0).data, "v");
  EXPECT_EQ(scripts[5].unanswered, 0u);
}

TEST_F(DmTest, MacProvesEachMessage) {
  options.authentication = DmOptions::Authentication::mac;
  restart();
  wants(5, {{command_on(Kind::get, {"./A"})}});
  const auto first = say(package_1(), md5_cred(accounts.ours));
  EXPECT_EQ(element_at<StatusElement>(first, 0).chal->type, "syncml:auth-MAC");
  const auto second = say_with_mac(package_1(), nonce_in(first));
  EXPECT_EQ(header_code(second), 200);
  EXPECT_EQ(nonce_in(second), accounts.ours);
  ASSERT_EQ(commands(second).size(), 1u);
  const auto unproved = say(taken(second) + final_text);
  EXPECT_EQ(header_code(unproved), 401);
  EXPECT_NE(nonce_in(unproved), nonce_in(second)) << "the one before has been shown to whoever sent this";
  EXPECT_EQ(nonce_in(unproved), accounts.ours) << "it is kept before it is told";
  EXPECT_TRUE(scripts[5].answers.empty()) << "nothing of a message is taken that is not proved";
  const auto proved = say_with_mac(taken(second) + final_text, nonce_in(unproved));
  EXPECT_EQ(header_code(proved), 200);
  EXPECT_EQ(scripts[5].answers.size(), 1u);
}

TEST_F(DmTest, WhoIsNotKnownAndRefusedGetsNoSecondChance) {
  work.begin_error = Error{Status::not_found, ""};
  const auto answer = begin();
  EXPECT_EQ(header_code(answer), 401);
  EXPECT_TRUE(nonce_in(answer).empty());
  EXPECT_TRUE(work.ended.empty());
}

TEST_F(DmTest, Row63NoPasswordIsInAnyAnswer) {
  wants(5, {{command_on(Kind::get, {"./A"})}});
  begin();
  EXPECT_EQ(last.find("srvpwd"), std::string::npos);
  EXPECT_EQ(last.find("right"), std::string::npos);
}

TEST(DmLockout, OneThenFiveThenThirtyMinutes) {
  DmLockout::Clock::time_point now{1000s};
  DmLockout lockout([&] { return now; });
  for (const auto time : {1min, 5min, 30min, 30min}) {
    EXPECT_FALSE(lockout.note_wrong("d", "192.0.2.7"));
    EXPECT_FALSE(lockout.note_wrong("d", "192.0.2.7"));
    EXPECT_FALSE(lockout.is_locked("d", "192.0.2.7"));
    EXPECT_TRUE(lockout.note_wrong("d", "192.0.2.7"));
    EXPECT_TRUE(lockout.is_locked("d", "192.0.2.7"));
    EXPECT_FALSE(lockout.is_locked("d", "192.0.2.8")) << "nobody locks out a device from elsewhere";
    EXPECT_FALSE(lockout.is_locked("e", "192.0.2.7"));
    now += time - 1s;
    EXPECT_TRUE(lockout.is_locked("d", "192.0.2.7")) << time.count();
    now += 1s;
    EXPECT_FALSE(lockout.is_locked("d", "192.0.2.7")) << time.count();
  }
  lockout.forgive("d", "192.0.2.7");
  for (int i = 0; i < 3; ++i) lockout.note_wrong("d", "192.0.2.7");
  now += 61s;
  EXPECT_FALSE(lockout.is_locked("d", "192.0.2.7"));
}

}  // namespace
}  // namespace nscl::rem::omadm
