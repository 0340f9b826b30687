// SPDX-License-Identifier: Apache-2.0
// A simulated DM client: sessions, credentials of both sides, calls, failures.
#include <nscl/rem/omadm/notification.h>
#include <nscl/rem/omadm/push.h>

#include "dm_simulated.h"

namespace nscl::rem::simulator {
namespace {

constexpr std::string_view nonce_of_server = "nonce-one";

std::string our_data(std::string_view nonce) { return md5_data(digest_of("nscl", Secret("srvpwd")), nonce); }

TEST_F(SimulatedDmClient, OpensWithWhoItIsAndEndsWhenNobodyAsks) {   // row 40
  make();
  begin();
  EXPECT_EQ(said(), (Said{"Alert 1201", "Replace "}));
  const auto info = all<CommandElement>()[1];
  ASSERT_EQ(info.items.size(), 5u);
  EXPECT_EQ(info.items[0].source, "./DevInfo/DevId");
  EXPECT_EQ(info.items[0].data, "D1");
  EXPECT_EQ(posted_->header.source, "D1");
  EXPECT_EQ(posted_->header.source_name, "");
  EXPECT_EQ(posted_->header.meta.max_msg_size, 16'384u);
  EXPECT_TRUE(posted_->is_final);
  EXPECT_EQ(call_.uri, "http://server.example/dm");
  close();
  EXPECT_EQ(client_->next(), never);
}

TEST_F(SimulatedDmClient, SwitchesToMd5AndKeepsTheNonceForTheNextSession) {   // row 42
  options_.user = "dev-user";
  options_.begins_with = DmAuthentication::basic;
  options_.interval = 60s;
  make();
  begin();
  EXPECT_EQ(posted_->header.source_name, "dev-user");
  ASSERT_TRUE(posted_->header.cred);
  EXPECT_EQ(posted_->header.cred->type, "syncml:auth-basic");
  EXPECT_EQ(posted_->header.cred->data, base64_encode("dev-user:devpwd"));
  const auto session = posted_->header.session_id;
  auto refusal = answer("401", "401");
  challenge(refusal, std::string(nonce_of_server));
  send(refusal);
  ASSERT_TRUE(posted_);
  const auto digest = digest_of("dev-user", Secret("devpwd"));
  EXPECT_EQ(posted_->header.cred->data, md5_data(digest, nonce_of_server));
  EXPECT_EQ(posted_->header.session_id, session);
  EXPECT_EQ(posted_->header.msg_id, "2");
  EXPECT_EQ(answered(), (Said{"Alert 1201", "Replace "}));
  auto welcome = answer("212");
  challenge(welcome, "nonce-two");
  append(welcome, get("./DevDetail/FwV"));
  send(welcome);
  EXPECT_FALSE(posted_->header.cred) << "212 is for the whole session";
  close();
  wait_for_session();
  begin();
  EXPECT_EQ(posted_->header.cred->data, md5_data(digest, "nonce-two"));
}

TEST_F(SimulatedDmClient, SendsItsCredAgainAfterA200) {
  make();
  begin();
  auto message = answer("200");
  challenge(message, "each-time");
  append(message, get("./DevDetail/FwV"));
  send(message);
  ASSERT_TRUE(posted_ && posted_->header.cred);
  EXPECT_EQ(posted_->header.cred->data, md5_data(digest_of("D1", Secret("devpwd")), "each-time"));
}

TEST_F(SimulatedDmClient, GivesUpWhenItIsNotBelieved) {   // row 41
  make();
  begin();
  for (int i = 0; i < 2; ++i) {
    auto refusal = answer("401", "401");
    challenge(refusal, "n" + std::to_string(i));
    send(refusal);
    ASSERT_TRUE(posted_) << i;
  }
  auto last = answer("401", "401");
  challenge(last, "n3");
  send(last);
  EXPECT_FALSE(posted_);
  EXPECT_EQ(client_->failure(), "the server answers the header with 401");
  EXPECT_EQ(client_->next(), now_ + 7s);
}

TEST_F(SimulatedDmClient, DoesNothingForAServerThatDoesNotProveWhoItIs) {   // row 43
  options_.server_password = Secret("srvpwd");
  make();
  begin();
  ask({replace("./DevDetail/FwV", "9"), add("./Vendor/memory/a", "x")});
  EXPECT_EQ(said(), (Said{"Status SyncHdr D1 407", "Status Replace 407", "Status Add 407"}));
  EXPECT_FALSE(client_->tree().find("./Vendor/memory/a"));
  auto wrong = answer();
  wrong.header.cred = Cred{"syncml:auth-md5", "b64", our_data("some other nonce")};
  append(wrong, add("./Vendor/memory/a", "x"));
  send(wrong);
  EXPECT_EQ(said(), (Said{"Status SyncHdr D1 401", "Status Add 401"}));
  const auto given = all<StatusElement>()[0].chal;
  ASSERT_TRUE(given);
  auto right = answer();
  right.header.cred = Cred{"syncml:auth-md5", "b64", our_data(base64_decode(given->next_nonce).value())};
  append(right, add("./Vendor/memory/a", "x"));
  send(right);
  EXPECT_EQ(said(), (Said{"Status SyncHdr D1 212", "Status Add ./Vendor/memory/a 200"}));
  EXPECT_TRUE(all<StatusElement>()[0].chal) << "for the next session";
  close();
}

TEST_F(SimulatedDmClient, FailsIfTheServerNeverProvesWhoItIs) {   // row 43
  options_.server_password = Secret("srvpwd");
  make();
  begin();
  ask({get("./DevDetail/FwV")});
  send(answer());
  EXPECT_FALSE(posted_);
  EXPECT_EQ(client_->failure(), "the server did not prove who it is");
}

TEST_F(SimulatedDmClient, PostsWhereItIsTold) {
  make();
  begin();
  auto message = answer();
  message.header.resp_uri = "http://server.example/dm?s=token";
  append(message, get("./DevDetail/FwV"));
  send(message);
  EXPECT_EQ(call_.uri, "http://server.example/dm?s=token");
  EXPECT_EQ(posted_->header.target, "http://server.example/dm");
  close();
}

TEST_F(SimulatedDmClient, UsesThePasswordsThatTheServerSet) {
  options_.interval = 60s;
  make();
  begin();
  ask({replace("./DMAcc/account/AppAuth/client/AAuthSecret", "new"), get("./DMAcc/account/AppAuth/client/AAuthSecret")});
  EXPECT_EQ(answered(), (Said{"Status Replace ./DMAcc/account/AppAuth/client/AAuthSecret 200", "Status Get ./DMAcc/account/AppAuth/client/AAuthSecret 405"}));
  close();
  wait_for_session();
  begin();
  EXPECT_EQ(posted_->header.cred->data, md5_data(digest_of("D1", Secret("new")), ""));
}

TEST_F(SimulatedDmClient, ComesWhenItIsCalledByItsServer) {   // row 53
  options_.server_password = Secret("srvpwd");
  make();
  begin();
  auto message = answer();
  message.header.cred = Cred{"syncml:auth-md5", "b64", our_data("")};
  append(message, get("./DevDetail/FwV"));
  send(message);
  const auto nonce = base64_decode(all<StatusElement>()[0].chal->next_nonce).value();
  close();
  const auto digest = digest_of("nscl", Secret("srvpwd"));
  Notification notification;
  notification.session_id = 0x0A2C;
  notification.server_id = "nscl";
  EXPECT_FALSE(client_->take_notification(write_notification(notification, digest, "old"), now_));
  EXPECT_FALSE(client_->take_notification(write_notification(notification, digest_of("nscl", Secret("x")), nonce), now_));
  EXPECT_FALSE(client_->take_notification("nonsense", now_));
  EXPECT_EQ(client_->next(), never);
  EXPECT_TRUE(client_->take_notification(wsp_push(7, notification_headers, write_notification(notification, digest, nonce)), now_));
  begin();
  EXPECT_EQ(said()[0], "Alert 1200");
  EXPECT_EQ(posted_->header.session_id, "A2C");
  EXPECT_FALSE(client_->take_notification(write_notification(notification, digest, nonce), now_)) << "it is in a session";
  client_->fail("no answer", now_);
  EXPECT_TRUE(client_->take_notification(write_notification(notification, digest, default_nonce), now_));
  begin();
  EXPECT_EQ(said()[0], "Alert 1200");
  EXPECT_EQ(client_->events(), "1200");
}

TEST_F(SimulatedDmClient, HostileAnswersEndTheSession) {
  make();
  const auto fails_with = [&](unsigned status, const std::string& type, const std::string& body, const std::string& why) {
    now_ = client_->next();
    begin();
    net::WebAnswer given;
    given.status = status;
    given.content_type = type;
    given.body = body;
    EXPECT_FALSE(client_->take(given, now_));
    EXPECT_EQ(client_->failure().value_or("").substr(0, why.size()), why);
  };
  fails_with(404, "", "", "the server answers 404");
  fails_with(200, "application/vnd.syncml.dm+xml", "<SyncML>", "the answer is no message: ");
  fails_with(200, "application/vnd.syncml.dm+wbxml", "x", "the answer is not in the encoding");
  now_ = client_->next();
  begin();
  auto other = answer();
  other.header.session_id = "77";
  send(other);
  EXPECT_EQ(client_->failure(), "the answer is of session \"77\"");
  now_ = client_->next();
  begin();
  auto silent = answer();
  silent.body.erase(silent.body.begin());
  send(silent);
  EXPECT_EQ(client_->failure(), "the answer has no Status for the header");
  EXPECT_EQ(client_->next(), now_ + 120s);
}

TEST_F(SimulatedDmClient, WaitsAsLongAsItIsTold) {
  make();
  begin();
  net::WebAnswer busy;
  busy.status = 503;
  busy.fields.emplace_back("Retry-After", "17");
  EXPECT_FALSE(client_->take(busy, now_));
  EXPECT_TRUE(client_->is_told_to_wait());
  EXPECT_EQ(client_->next(), now_ + 17s);
}

TEST_F(SimulatedDmClient, AsksForTheRestOfAPackage) {   // row 51 from the other side
  make();
  begin();
  auto message = answer();
  message.is_final = false;
  append(message, get("./DevDetail/FwV"));
  send(message);
  EXPECT_EQ(answered(), (Said{"Status Get ./DevDetail/FwV 200", "Results ./DevDetail/FwV 1.0.0", "Alert 1222"}));
  EXPECT_FALSE(posted_->is_final);
  close();
}

TEST_F(SimulatedDmClient, EndsWhenTheServerAborts) {
  make();
  begin();
  auto message = answer();
  CommandElement abort;
  abort.kind = Kind::alert;
  abort.data = "1223";
  append(message, std::move(abort));
  send(message);
  EXPECT_FALSE(posted_);
  EXPECT_EQ(client_->failure(), "the server aborts the session");
}

TEST_F(SimulatedDmClient, SpeaksWbxml) {
  options_.encoding = Encoding::wbxml;
  make();
  begin();
  EXPECT_EQ(octets_[0], '\x02');
  EXPECT_EQ(value("./DevInfo/Man"), "NSCL Simulator");
  close();
}

TEST_F(SimulatedDmClient, HasTheHabitsOfLibdmclient) {   // rows 43, 44, 47, 49, 54
  options_.style = DmStyle::libdmclient;
  options_.server_password = Secret("srvpwd");
  make();
  begin();
  EXPECT_EQ(call_.fields[0], (std::pair<std::string, std::string>("Content-Type", "application/vnd.syncml+xml")));
  ask({get("./DevDetail/FwV")});
  EXPECT_EQ(said(), (Said{"Status SyncHdr D1 0", "Status Get 0"}));
  auto message = answer();
  message.header.cred = Cred{"syncml:auth-md5", "b64", our_data("")};
  append(message, exec("./test/execute", "ei-1"));
  CommandElement atomic;
  atomic.kind = Kind::atomic;
  atomic.commands = {add("./Vendor/memory/a", "x"), add("./Memory/a", "x")};
  append(message, std::move(atomic));
  auto both = get("./Vendor/memory/a");
  both.items.push_back(get("./Vendor/memory").items[0]);
  append(message, std::move(both));
  auto large = add("./Vendor/memory/b", "ab");
  large.items[0].more_data = true;
  append(message, std::move(large));
  send(message);
  EXPECT_EQ(answered(), (Said{"Alert 1226 ei-1 200", "Status Exec ./test/execute 200", "Status Add ./Vendor/memory/a 200", "Status Add ./Memory/a 425",
                              "Status Get ./Vendor/memory/a 200", "Status Get ./Vendor/memory 200", "Results ./Vendor/memory/a x", "Results ./Vendor/memory a",
                              "Status Add ./Vendor/memory/b 200"}));
  EXPECT_NE(octets_.find(std::string("x\0</Data>", 9)), octets_.npos);
  EXPECT_TRUE(posted_->is_final);
  const auto nonce = base64_decode(all<StatusElement>()[0].chal->next_nonce).value();
  EXPECT_TRUE(base64_decode(nonce)) << "it is encoded twice";
  auto sequence = answer();
  CommandElement deadly;
  deadly.kind = Kind::sequence;
  deadly.commands = {get("./DevInfo")};
  append(sequence, std::move(deadly));
  send(sequence);
  EXPECT_FALSE(posted_);
  EXPECT_EQ(client_->next(), never) << "it crashed";
}

TEST_F(SimulatedDmClient, LibdmclientManglesItsSession) {   // row 54
  options_.style = DmStyle::libdmclient;
  options_.server_password = Secret("srvpwd");
  make();
  begin();
  close();
  Notification notification;
  notification.session_id = 0x0102;
  notification.server_id = "nscl";
  EXPECT_TRUE(client_->take_notification(write_notification(notification, digest_of("x", Secret("y")), "z"), now_)) << "its check is broken";
  begin();
  EXPECT_EQ(posted_->header.session_id, "201");
}

}  // namespace
}  // namespace nscl::rem::simulator
