// SPDX-License-Identifier: Apache-2.0
// As whom devices of OMA-DM authenticate, as it is kept; and who waits in the lobby.
#include <nscl/rem/cpe_credentials.h>
#include <nscl/rem/credentials.h>
#include <nscl/rem/omadm/dm_accounts.h>

#include "../rem/fake_work.h"
#include "../security/key_fixture.h"
#include "dm_lobby.h"

#include <set>

namespace nscl::rem::omadm {
namespace {

using namespace std::chrono_literals;
using store::CredentialPurpose;
using What = DmPasswordNews::What;

class DmAccountsTest : public security::KeyTest {
 protected:
  void put(CredentialPurpose purpose, std::string user, std::string device, std::string_view password, std::string oui = {}) {
    store::ManagementCredential row;
    row.purpose = purpose;
    row.user = std::move(user);
    row.device = std::move(device);
    row.oui = std::move(oui);
    row.changed = Time{std::chrono::hours(1)};
    row.secret = seal(*wrapper, row, Secret(password));
    ASSERT_TRUE(write([&](store::Transaction& t) -> Result<void> { return t.manage().put_credential(row), Result<void>{}; }));
  }

  std::unique_ptr<security::KeyWrapper> wrapper = security::aes_wrapper(random_secret(32));
  boost::asio::io_context context_;
};

TEST_F(DmAccountsTest, TheLoginOfTheDeviceIsLookedForFirst) {
  put(CredentialPurpose::login, "box", "urn:imei:1", "p 1");
  put(CredentialPurpose::login, "all", "", "p 2");
  put(CredentialPurpose::login, "cwmp", "", "p 3", "00AABB");
  put(CredentialPurpose::connection_request, "nscl", "urn:imei:1", "s 1");
  StoredDmAccounts accounts(*store, *wrapper);
  const auto own = accounts.find("urn:imei:1", "all", context_);
  ASSERT_TRUE(own.client && own.server);
  EXPECT_EQ(own.client->user, "box");
  EXPECT_EQ(own.client->password.view(), "p 1");
  EXPECT_EQ(own.client->changed, Time{std::chrono::hours(1)});
  EXPECT_EQ(own.server->user, "nscl");
  EXPECT_EQ(own.server->password.view(), "s 1");
  const auto shared = accounts.find("urn:imei:2", "all", context_);
  ASSERT_TRUE(shared.client);
  EXPECT_EQ(shared.client->password.view(), "p 2");
  EXPECT_FALSE(shared.server);
  EXPECT_FALSE(accounts.find("urn:imei:2", "box", context_).client) << "another device's";
  EXPECT_FALSE(accounts.find("urn:imei:2", "cwmp", context_).client) << "of devices with an OUI";
  EXPECT_FALSE(accounts.find("urn:imei:2", "nobody", context_).client);
  EXPECT_FALSE(accounts.find(std::string(10'000, 'x'), std::string(10'000, 'x'), context_).client);
}

TEST_F(DmAccountsTest, WhatIsKnownOfTheDeviceGoesAlong) {
  store::ManagedDevice device;
  device.id = "urn:imei:1";
  device.protocol = store::ManagementProtocol::oma_dm;
  DeviceFacts known;
  known.model = "Box";
  device.facts = to_json(known);
  ASSERT_TRUE(write([&](store::Transaction& t) -> Result<void> { return t.manage().put_device(device), Result<void>{}; }));
  StoredDmAccounts accounts(*store, *wrapper);
  EXPECT_EQ(accounts.find("urn:imei:1", "", context_).facts.model, "Box");
  EXPECT_EQ(accounts.find("urn:imei:2", "", context_).facts, DeviceFacts{});
}

TEST_F(DmAccountsTest, NoncesAreKept) {
  StoredDmAccounts accounts(*store, *wrapper);
  const std::string ours("\0\xff" "1", 3);
  ASSERT_TRUE(tr069::run(context, accounts.keep_nonces("urn:imei:1", ours, "theirs", context)));
  const auto found = accounts.find("urn:imei:1", "", context_);
  EXPECT_EQ(found.ours, ours);
  EXPECT_EQ(found.theirs, "theirs");
  EXPECT_EQ(accounts.find("urn:imei:2", "", context_).ours, "");
}

class DmPasswordRows : public DmAccountsTest {
 protected:
  static constexpr auto id = "urn:imei:1";
  void SetUp() override {
    DmAccountsTest::SetUp();
    put(CredentialPurpose::login, "box", id, "own");
    put(CredentialPurpose::connection_request, "nscl", id, "server's");
    put(CredentialPurpose::next_login, "box", id, "new own");
    put(CredentialPurpose::next_connection_request, "nscl", id, "new server's");
  }
  /// "own/new own" before, "new own/(own)" after the next one is in effect and the other accepted still; of the device, and of this server.
  std::string now() {
    const auto account = StoredDmAccounts(*store, *wrapper).find(id, "", context_);
    const auto side = [](const auto& login, const auto& other) {
      auto out = login ? std::string(login->password.view()) : std::string("-");
      if (other) out += other->is_next ? "/" + std::string(other->login.password.view()) : "/(" + std::string(other->login.password.view()) + ")";
      return out;
    };
    return side(account.client, account.other_client) + " " + side(account.server, account.other_server);
  }
  void settle(What client, What server, Time changed = Time{std::chrono::hours(1)}, std::string why = {}) {
    StoredDmAccounts accounts(*store, *wrapper);
    ASSERT_TRUE(tr069::run(context, accounts.settle(id, {{client, changed}, {server, changed}, std::move(why)}, context)));
  }
  std::vector<std::string> events() {
    std::vector<std::string> out;
    store->read([&](store::View& view) {
      for (const auto& event : view.management().events(id, UINT64_MAX, 10)) out.insert(out.begin(), event.code + ": " + event.text);
    });
    return out;
  }
};

TEST_F(DmPasswordRows, BothAreKnown) { EXPECT_EQ(now(), "own/new own server's/new server's"); }

TEST_F(DmPasswordRows, ANextOneThatWasTakenIsInEffectAndTheOneBeforeGoodStill) {
  settle(What::taken, What::taken);
  EXPECT_EQ(now(), "new own/(own) new server's/(server's)");
  EXPECT_EQ(events(), std::vector<std::string>{"passwords.changed: of both sides"});
  settle(What::new_used, What::none);
  EXPECT_EQ(now(), "new own new server's/(server's)");
  settle(What::none, What::new_used);
  EXPECT_EQ(now(), "new own new server's");
  EXPECT_EQ(events().size(), 1u);
}

TEST_F(DmPasswordRows, ANextOneThatIsInUseLeavesNoOther) {
  settle(What::next_used, What::none);
  EXPECT_EQ(now(), "new own server's/new server's");
  settle(What::none, What::next_used);
  EXPECT_EQ(now(), "new own new server's");
  EXPECT_EQ(events(), (std::vector<std::string>{"passwords.changed: of the device", "passwords.changed: of this server"}));
}

TEST_F(DmPasswordRows, OneThatIsRefusedIsGone) {
  settle(What::taken, What::refused, Time{std::chrono::hours(1)}, "OMA-DM 425");
  EXPECT_EQ(now(), "new own/(own) server's");
  EXPECT_EQ(events(), (std::vector<std::string>{"passwords.changed: of the device", "passwords.refused: of this server: OMA-DM 425"}));
}

TEST_F(DmPasswordRows, NewsOfAnotherChangeIsNone) {
  settle(What::taken, What::refused, Time{std::chrono::hours(2)}, "why");
  settle(What::new_used, What::new_used);
  EXPECT_EQ(now(), "own/new own server's/new server's") << "an operator has set others, or it was told before";
  EXPECT_TRUE(events().empty());
  settle(What::taken, What::taken);
  settle(What::next_used, What::refused);
  EXPECT_EQ(now(), "new own/(own) new server's/(server's)");
}

TEST_F(DmPasswordRows, EachIsWrappedForItsPurpose) {
  settle(What::taken, What::none);
  std::optional<store::ManagementCredential> former, login;
  store->read([&](store::View& view) {
    former = view.management().credential(id, CredentialPurpose::former_login);
    login = view.management().credential(id, CredentialPurpose::login);
  });
  ASSERT_TRUE(former && login);
  former->purpose = CredentialPurpose::login;
  EXPECT_FALSE(rem::open(*wrapper, *former)) << "a row that was moved does not open";
  EXPECT_EQ(rem::open(*wrapper, *login)->view(), "new own");
}

TEST_F(DmPasswordRows, AnotherIsNoneWithoutALoginOfItsOwn) {
  ASSERT_TRUE(write([&](store::Transaction& t) -> Result<void> { return t.manage().erase_credential(id, CredentialPurpose::login, "box"), Result<void>{}; }));
  EXPECT_EQ(now(), "- server's/new server's");
}

TEST_F(DmPasswordRows, ADeviceThatIsCalledInVainIsCalledByTheOtherToo) {
  const auto called = [&](unsigned attempt) {
    std::optional<store::ManagementCredential> found;
    store->read([&](store::View& view) { found = credential_of_call(view.management(), id, attempt); });
    return std::string(rem::open(*wrapper, *found)->view());
  };
  EXPECT_EQ(called(1), "server's");
  EXPECT_EQ(called(2), "new server's");
  EXPECT_EQ(called(3), "server's");
  EXPECT_EQ(called(4), "server's") << "with the default nonce";
  EXPECT_EQ(called(5), "new server's");
  settle(What::none, What::taken);
  EXPECT_EQ(called(1), "new server's");
  EXPECT_EQ(called(2), "server's");
  settle(What::none, What::new_used);
  EXPECT_EQ(called(2), "new server's");
}

class DmLobbyTest : public testing::Test {
 protected:
  std::unique_ptr<DmVisit> visit(std::string token) const {
    SyncHdr header;
    header.source = "d";
    header.session_id = "1";
    return std::make_unique<DmVisit>(Dialogue(header, Encoding::xml, "http://h/dm", std::move(token)));
  }
  DmLobby::Clock::time_point now{1000s};
  DmLobby lobby{2, 120s, [this] { return now; }};
  std::set<std::string> in_session;
  void sweep() {
    lobby.sweep([this](const std::string& token) { return in_session.contains(token); });
  }
};

TEST_F(DmLobbyTest, TheOldestGivesWaySoThatNobodyKeepsOthersOut) {
  lobby.put(visit("a"));
  lobby.put(visit("b"));
  lobby.put(visit("c"));
  EXPECT_FALSE(lobby.take("a"));
  EXPECT_TRUE(lobby.take("b"));
  EXPECT_FALSE(lobby.take("b")) << "one request at a time";
  EXPECT_TRUE(lobby.take("c"));
}

TEST_F(DmLobbyTest, ForgetsWhoSaysNothing) {
  lobby.put(visit("a"));
  now += 120s;
  sweep();
  EXPECT_TRUE(lobby.take("a"));
  lobby.put(visit("a"));
  now += 121s;
  sweep();
  EXPECT_FALSE(lobby.take("a"));
}

TEST_F(DmLobbyTest, TokensAreThoseOfADeviceASessionAndAnAddress) {
  const auto one = visit("a");
  lobby.note(one->dialogue, "192.0.2.7");
  SyncHdr header;
  header.source = "d";
  header.session_id = "1";
  EXPECT_EQ(lobby.token_of(header, "192.0.2.7"), "a");
  EXPECT_EQ(lobby.token_of(header, "192.0.2.8"), "");
  header.session_id = "2";
  EXPECT_EQ(lobby.token_of(header, "192.0.2.7"), "");
  header.session_id = "1";
  in_session = {"a"};
  now += 700s;
  sweep();
  EXPECT_EQ(lobby.token_of(header, "192.0.2.7"), "a") << "as long as its session";
  in_session.clear();
  now += 6s;
  sweep();
  EXPECT_EQ(lobby.token_of(header, "192.0.2.7"), "");
}

TEST_F(DmLobbyTest, TokensOfWhatIsOverLeaveRoomForOthers) {
  const auto noted = [&](int number) {
    SyncHdr header;
    header.source = "d" + std::to_string(number);
    header.session_id = "1";
    lobby.note(Dialogue(header, Encoding::xml, "http://h/dm", std::to_string(number)), "192.0.2.7");
    return lobby.token_of(header, "192.0.2.7");
  };
  for (int number = 0; number < 1000; ++number) EXPECT_EQ(noted(number), std::to_string(number)) << "however many there were before";
}

}  // namespace
}  // namespace nscl::rem::omadm
