// SPDX-License-Identifier: Apache-2.0
// A simulated DM client that proves its messages, and has those of the server proved, by x-syncml-hmac (rem.md 3.4).
#include "dm_simulated.h"

namespace nscl::rem::simulator {
namespace {

constexpr std::string_view type_of_mac = "syncml:auth-MAC";

class MacClient : public SimulatedDmClient {
 protected:
  /// x-syncml-hmac of what was posted; empty: it has none.
  std::string shown_mac() const {
    for (const auto& [name, value] : call_.fields) {
      if (name == "x-syncml-hmac") return value;
    }
    return {};
  }
  std::string right_mac(std::string_view nonce, bool by_rfc_2104 = false) const { return field(digest_of("D1", Secret("devpwd")), "D1", nonce, octets_, by_rfc_2104); }

  /// The server takes the message, and gives the nonce of the next one.
  DmMessage welcome(const std::string& nonce) const {
    auto out = answer("200");
    challenge(out, nonce, std::string(type_of_mac));
    return out;
  }
  DmMessage refusal(const std::string& nonce) const {
    auto out = answer("401", "401");
    challenge(out, nonce, std::string(type_of_mac));
    return out;
  }
  /// The nonce that the client gave the server with what it posted.
  std::string given_nonce() const {
    const auto statuses = all<StatusElement>();
    for (auto i = statuses.rbegin(); i != statuses.rend(); ++i) {
      if (i->chal) return base64_decode(i->chal->next_nonce).value_or("");
    }
    return {};
  }
  /// Of the credentials that the client asks for with the Status of the header; empty: it asks for none.
  std::string asked_type() const {
    const auto statuses = all<StatusElement>();
    return statuses.empty() || !statuses[0].chal ? std::string() : statuses[0].chal->type;
  }
  /// The server proves its message with that nonce; `tampered`: another one comes.
  void send_proved(const DmMessage& message, std::string_view nonce, bool tampered = false, std::string_view user = "nscl") {
    ++messages_;
    net::WebAnswer out;
    out.status = 200;
    out.content_type = media_type(shared_->encoding);
    out.body = write_message(message, shared_->encoding).value();
    out.fields.emplace_back("X-Syncml-HMAC", field(digest_of("nscl", Secret("srvpwd")), user, nonce, out.body, shared_->hmac_by_rfc_2104));
    if (tampered) out.body.insert(out.body.find("</SyncML>"), " ");
    post(client_->take(out, now_));
  }
  void asks_for_mac() {
    options_.server_password = Secret("srvpwd");
    options_.server_shows = DmAuthentication::mac;
  }

 private:
  static std::string field(const Secret& digest, std::string_view user, std::string_view nonce, std::string_view octets, bool by_rfc_2104) {
    HmacHeader header;
    header.user = user;
    header.mac = mac_data(digest, nonce, octets, by_rfc_2104);
    return write_hmac(header);
  }
};

TEST_F(MacClient, ProvesEachMessageOnceItIsAskedTo) {
  options_.interval = 60s;
  make();
  begin();
  EXPECT_EQ(shown_mac(), "");
  send(refusal("n1"));
  ASSERT_TRUE(posted_);
  EXPECT_FALSE(posted_->header.cred);
  EXPECT_EQ(shown_mac(), right_mac("n1"));
  EXPECT_EQ(answered(), (Said{"Alert 1201", "Replace "}));
  auto message = welcome("n2");
  append(message, get("./DevDetail/FwV"));
  send(message);
  EXPECT_FALSE(posted_->header.cred);
  EXPECT_EQ(shown_mac(), right_mac("n2")) << "200 is for one message";
  send(welcome("n3"));
  EXPECT_EQ(client_->failure().value_or(""), "");
  wait_for_session();
  begin();
  EXPECT_EQ(shown_mac(), right_mac("n3")) << "the last nonce is for the next session";
}

TEST_F(MacClient, BeginsWithItAndDoesWhatIsAskedForThen) {
  options_.begins_with = DmAuthentication::mac;
  make();
  EXPECT_EQ(client_->tree().value("./DMAcc/account/AppAuth/client/AAuthType"), "HMAC");
  EXPECT_EQ(client_->tree().value("./DMAcc/account/AppAuth/server/AAuthType"), "DIGEST");
  begin();
  EXPECT_EQ(shown_mac(), right_mac(""));
  auto refusal = answer("401", "401");
  challenge(refusal, "n1");
  send(refusal);
  ASSERT_TRUE(posted_ && posted_->header.cred);
  EXPECT_EQ(posted_->header.cred->data, md5_data(digest_of("D1", Secret("devpwd")), "n1"));
  EXPECT_EQ(shown_mac(), "");
}

TEST_F(MacClient, ProvesTheOctetsOfWbxmlByRfc2104) {
  options_.begins_with = DmAuthentication::mac;
  options_.hmac_by_rfc_2104 = true;
  options_.encoding = Encoding::wbxml;
  make();
  begin();
  EXPECT_EQ(octets_[0], '\x02');
  EXPECT_EQ(shown_mac(), right_mac("", true));
  EXPECT_NE(shown_mac(), right_mac(""));
}

TEST_F(MacClient, WithoutAPasswordNothingIsProved) {
  options_.begins_with = DmAuthentication::mac;
  options_.password = Secret();
  make();
  begin();
  EXPECT_EQ(shown_mac(), "");
  EXPECT_FALSE(posted_->header.cred);
}

TEST_F(MacClient, SaysAgainWhatTheServerDidNotBelieve) {
  options_.begins_with = DmAuthentication::mac;
  make();
  begin();
  auto message = welcome("n1");
  append(message, get("./DevDetail/FwV"));
  append(message, exec("./test/execute", "ei-1"));
  send(message);
  const auto before = said();
  send(refusal("n2"));
  ASSERT_TRUE(posted_);
  EXPECT_EQ(shown_mac(), right_mac("n2"));
  auto again = before;
  again.push_back("Status SyncHdr D1 212");
  EXPECT_EQ(said(), again) << "the same, and what is new";
  EXPECT_EQ(client_->requests(), 2u) << "nothing is done twice";
  const auto alert = all<CommandElement>();
  ASSERT_EQ(alert.size(), 1u);
  send(welcome("n3"));
  EXPECT_EQ(client_->failure().value_or(""), "");
  EXPECT_EQ(client_->next(), never) << "the alert was taken with the second message";
}

TEST_F(MacClient, ThreeMessagesThatAreNotBelievedAreTheEnd) {
  options_.begins_with = DmAuthentication::mac;
  make();
  begin();
  auto message = welcome("n1");
  append(message, get("./DevDetail/FwV"));
  send(message);
  for (const std::string nonce : {"n2", "n3", "n4"}) {
    ASSERT_TRUE(posted_) << nonce;
    send(refusal(nonce));
  }
  EXPECT_FALSE(posted_);
  EXPECT_EQ(client_->failure(), "the server answers the header with 401");
}

TEST_F(MacClient, TheServerHasToProveEachMessage) {
  asks_for_mac();
  make();
  EXPECT_EQ(client_->tree().value("./DMAcc/account/AppAuth/server/AAuthType"), "HMAC");
  begin();
  auto weak = answer();
  weak.header.cred = Cred{"syncml:auth-md5", "b64", md5_data(digest_of("nscl", Secret("srvpwd")), "")};
  append(weak, add("./Vendor/memory/a", "x"));
  send(weak);
  EXPECT_EQ(said(), (Said{"Status SyncHdr D1 401", "Status Add 401"})) << "md5 is right, and too weak";
  EXPECT_EQ(asked_type(), type_of_mac);
  auto right = answer();
  append(right, add("./Vendor/memory/a", "x"));
  send_proved(right, given_nonce());
  EXPECT_EQ(said(), (Said{"Status SyncHdr D1 200", "Status Add ./Vendor/memory/a 200"}));
  EXPECT_EQ(asked_type(), type_of_mac) << "for the next message";
  auto silent = answer();
  append(silent, add("./Vendor/memory/b", "x"));
  send(silent);
  EXPECT_EQ(said(), (Said{"Status SyncHdr D1 407", "Status Add 407"}));
  send_proved(answer(), given_nonce());
  EXPECT_FALSE(posted_);
  EXPECT_EQ(client_->failure().value_or(""), "");
  EXPECT_FALSE(client_->tree().find("./Vendor/memory/b"));
}

TEST_F(MacClient, AServerWhoseMessageIsNotItsOwnIsRefused) {
  asks_for_mac();
  make();
  begin();
  send_proved(answer(), "");   // nothing is asked for yet
  EXPECT_FALSE(posted_);
  const auto refused = [&](std::string_view nonce, bool tampered, std::string_view user) {
    client_.emplace(shared_, "D1", now_);
    begin();
    auto message = answer();
    append(message, add("./Vendor/memory/a", "x"));
    send_proved(message, nonce, tampered, user);
    EXPECT_EQ(said(), (Said{"Status SyncHdr D1 401", "Status Add 401"})) << nonce << user;
    send(answer());
    EXPECT_EQ(client_->failure(), "the server did not prove who it is");
  };
  refused("another nonce", false, "nscl");
  refused("", true, "nscl");
  refused("", false, "another");
}

TEST_F(MacClient, ANonceOfTheServerIsGoodForOneMessage) {
  asks_for_mac();
  make();
  begin();
  auto first = answer();
  append(first, get("./DevDetail/FwV"));
  send_proved(first, "");
  EXPECT_EQ(said()[0], "Status SyncHdr D1 200");
  auto second = answer();
  append(second, get("./DevDetail/FwV"));
  send_proved(second, "");
  EXPECT_EQ(said(), (Said{"Status SyncHdr D1 401", "Status Get 401"}));
}

TEST_F(MacClient, ANonceThatTheServerDidNotTakeIsNotExpectedOfIt) {
  asks_for_mac();
  options_.begins_with = DmAuthentication::mac;
  make();
  begin();
  auto first = welcome("n1");
  append(first, get("./DevDetail/FwV"));
  send_proved(first, "");
  ASSERT_TRUE(posted_);
  send_proved(refusal("n2"), "");   // it has not heard of the new one
  ASSERT_TRUE(posted_);
  EXPECT_EQ(said().back(), "Status SyncHdr D1 200");
  send_proved(welcome("n3"), given_nonce());
  EXPECT_FALSE(posted_);
  EXPECT_EQ(client_->failure().value_or(""), "");
}

TEST_F(MacClient, AServerThatMayBeBasic) {
  options_.server_password = Secret("srvpwd");
  options_.server_shows = DmAuthentication::basic;
  make();
  begin();
  ask({get("./DevDetail/FwV")});
  EXPECT_EQ(said(), (Said{"Status SyncHdr D1 407", "Status Get 407"}));
  EXPECT_EQ(asked_type(), "syncml:auth-basic");
  EXPECT_EQ(given_nonce(), "");
  auto message = answer();
  message.header.cred = Cred{"syncml:auth-basic", "b64", base64_encode("nscl:srvpwd")};
  append(message, get("./DevDetail/FwV"));
  send(message);
  EXPECT_EQ(said()[0], "Status SyncHdr D1 212");
  close();
}

TEST_F(MacClient, AServerThatShowsBasicUnaskedIsAskedForMd5) {
  options_.server_password = Secret("srvpwd");
  make();
  begin();
  auto message = answer();
  message.header.cred = Cred{"syncml:auth-basic", "b64", base64_encode("nscl:srvpwd")};
  append(message, get("./DevDetail/FwV"));
  send(message);
  EXPECT_EQ(said(), (Said{"Status SyncHdr D1 401", "Status Get 401"}));
  EXPECT_EQ(asked_type(), "syncml:auth-md5");
}

TEST_F(MacClient, MakesTheMistakeThatItIsToldToOnce) {
  for (const auto mistake : {DmMacMistake::tampered, DmMacMistake::reused}) {
    SCOPED_TRACE(static_cast<int>(mistake));
    DmClientOptions options;
    options.url = "http://server.example/dm";
    options.password = Secret("devpwd");
    options.tree = DmFactoryTree::built_in();
    options.begins_with = DmAuthentication::mac;
    options.mac_mistake = mistake;
    shared_ = std::make_shared<const DmClientOptions>(std::move(options));
    client_.emplace(shared_, "D1", now_);
    begin();
    EXPECT_EQ(shown_mac(), right_mac(""));
    auto first = welcome("n1");
    append(first, get("./DevDetail/FwV"));
    send(first);
    EXPECT_NE(shown_mac(), right_mac("n1"));
    EXPECT_EQ(shown_mac() == right_mac(""), mistake == DmMacMistake::reused);
    send(refusal("n2"));
    EXPECT_EQ(shown_mac(), right_mac("n2"));
  }
}

}  // namespace
}  // namespace nscl::rem::simulator
