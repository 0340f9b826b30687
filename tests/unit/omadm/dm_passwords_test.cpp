// SPDX-License-Identifier: Apache-2.0
// Sessions in which passwords are changed, and those after it (rem.md 3.7).
#include <algorithm>
#include <utility>

#include "dm_fixture.h"
#include "dm_trace.h"
#include "node_tree.h"

namespace nscl::rem::omadm {
namespace {

const std::string own = "./DMAcc/a/AppAuth/1/AAuthSecret", servers = "./DMAcc/a/AppAuth/2/AAuthSecret";

/// "d" with an account that it keeps to: it shows what stands there when a session begins, and believes what does.
class DmPasswords : public DmTest {
 protected:
  void SetUp() override {
    DmTest::SetUp();
    options.basic_without_tls = true;
    accounts.client = {.password = "right", .other = "new own", .is_next = true, .changed = Time{std::chrono::hours(1)}, .other_changed = Time{std::chrono::hours(2)}};
    accounts.server = {.password = "srvpwd", .other = "new server's", .is_next = true, .changed = Time{std::chrono::hours(1)}, .other_changed = Time{std::chrono::hours(2)}};
    restart();
  }

  /// A session up to its end, or until the command `until` is sent, which is told nothing of.
  void call(std::string_view until = "never") {
    call_anew(std::to_string(++sessions));
    shown = tree.nodes[own].value;
    believed = tree.nodes[servers].value;
    their_nonce = accounts.theirs;
    refusals = 0;
    heard.clear();
    auto message = say(package_1(), md5_cred(accounts.ours, shown));
    first_code = header_code(message);
    for (int i = 0; i < 40 && !commands(message).empty(); ++i) {
      for (const auto& command : commands(message)) {
        heard.push_back(text_of(command));
        if (heard.back().starts_with(until)) return;
        if (heard.back().starts_with("Replace " + servers) && later != 0) wants(std::exchange(later, 0), {{command_on(Kind::get, {"./B"})}});
      }
      message = say(answers(message) + final_text);
    }
  }
  bool has_heard(std::string_view part) const {
    return std::ranges::any_of(heard, [&](const std::string& text) { return text.find(part) != std::string::npos; });
  }

  std::string answers(const DmMessage& ours) {
    const auto wanted = md5_data(digest_of("funambol", Secret(believed)), their_nonce);
    const auto id = ours.header.msg_id;
    if (!ours.header.cred || ours.header.cred->data != wanted) {
      their_nonce = "nonce " + id + " of " + session;
      ++refusals;
      std::string out = status_text("1", id, "0", "SyncHdr", "401", chal_text(their_nonce));
      int number = 2;
      for (const auto& command : commands(ours)) out += status_text(std::to_string(number++), id, command.id, name_of(command), "401");
      return out;
    }
    std::string out = status_text("1", id, "0", "SyncHdr", "212");
    const auto all = commands(ours);
    const auto told = tree.take(all);
    int number = 2;
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (const auto& item : told[i].items) {
        out += status_text(std::to_string(number++), id, all[i].id, name_of(all[i]), std::to_string(item.status), "<TargetRef>" + item.uri + "</TargetRef>");
        for (const auto& result : item.results) {
          out += results_text(std::to_string(number++), id, all[i].id, item.uri, result.data.value_or(""), "<Meta><Format xmlns=\"syncml:metinf\">" + result.meta.format + "</Format></Meta>");
        }
      }
    }
    return out;
  }

  NodeTree tree{Nodes{{"./DMAcc/a/ServerID", {"chr", "funambol"}},
                      {"./DMAcc/a/AppAuth/1/AAuthLevel", {"chr", "CLCRED"}}, {own, {"chr", "right"}},
                      {"./DMAcc/a/AppAuth/2/AAuthLevel", {"chr", "SRVCRED"}}, {servers, {"chr", "srvpwd"}}}};
  std::uint64_t later = 0;   ///< an operation that is wanted while the passwords are changed
  Texts heard;
  std::string shown, believed, their_nonce;
  unsigned sessions = 0, refusals = 0;
  int first_code = 0;
};

TEST_F(DmPasswords, BothAreToldOnceTheWorkIsDone) {
  wants(5, {{command_on(Kind::get, {"./A"})}});
  call();
  ASSERT_GE(heard.size(), 3u);
  EXPECT_EQ(heard.front(), "Get ./A");
  EXPECT_EQ(heard.back(), "Replace " + servers + " chr new server's");
  EXPECT_EQ(tree.nodes[own].value, "new own");
  EXPECT_EQ(accounts.settled, Texts{"client taken, server taken"});
  EXPECT_EQ(work.ended, Texts{"d"});
}

TEST_F(DmPasswords, TheOnesBeforeAreGoodUntilTheNewOnesWereUsed) {
  call();
  accounts.settled.clear();
  tree.nodes[own].value = "right";   // it takes its time
  tree.nodes[servers].value = "srvpwd";
  call();
  EXPECT_EQ(first_code, 212);
  EXPECT_EQ(refusals, 0u) << "nothing was said to it";
  EXPECT_TRUE(accounts.settled.empty());
  wants(6, {{command_on(Kind::get, {"./A"})}});
  call();
  EXPECT_TRUE(has_heard("Get ./A"));
  EXPECT_EQ(refusals, 2u) << "once for the nonce";
  EXPECT_TRUE(accounts.settled.empty());
  tree.nodes[own].value = "new own";
  tree.nodes[servers].value = "new server's";
  wants(7, {{command_on(Kind::get, {"./A"})}});
  call();
  EXPECT_EQ(accounts.settled, (Texts{"client new used, server -", "client -, server new used"}));
  tree.nodes[own].value = "right";
  call();
  EXPECT_EQ(first_code, 401);
}

TEST_F(DmPasswords, AStatusThatWasLostAfterTheyArrived) {
  call("Replace " + servers);
  tree.nodes[own].value = "new own";
  tree.nodes[servers].value = "new server's";
  wants(5, {{command_on(Kind::get, {"./A"})}});
  restart();   // SIGKILL
  call();
  EXPECT_EQ(first_code, 212);
  EXPECT_EQ(refusals, 2u) << "the nonce first, then the password";
  EXPECT_EQ(accounts.settled, (Texts{"client next used, server -", "client -, server next used"}));
  EXPECT_FALSE(has_heard("Replace")) << "it has them";
  EXPECT_EQ(accounts.client.password + " " + accounts.server.password, "new own new server's");
  EXPECT_TRUE(refused.empty()) << "no alarm";
}

TEST_F(DmPasswords, AStatusThatWasLostBeforeTheyArrived) {
  call("Replace " + own);
  restart();
  call();
  EXPECT_EQ(first_code, 212);
  EXPECT_TRUE(has_heard("Replace " + own + " chr new own")) << "the same again";
  EXPECT_EQ(accounts.settled, Texts{"client taken, server taken"});
}

TEST_F(DmPasswords, OneArrivedAndOneDidNot) {
  call("Replace " + own);
  tree.nodes[own].value = "new own";
  restart();
  call();
  EXPECT_EQ(accounts.settled, (Texts{"client next used, server -", "client -, server taken"}));
  EXPECT_FALSE(has_heard("Replace " + own));
}

TEST_F(DmPasswords, ADeviceThatRefusesKeepsWhatItHas) {
  tree.refuses["Replace " + own] = 405;
  tree.refuses["Replace " + servers] = 425;
  call();
  EXPECT_EQ(accounts.settled, Texts{"client refused, server refused: OMA-DM 405 Command not allowed: " + own + "; OMA-DM 425 Permission denied: " + servers});
  call();
  EXPECT_EQ(first_code, 212);
  EXPECT_TRUE(heard.empty()) << "it is not asked again";
}

TEST_F(DmPasswords, ADeviceThatTakesOneOnly) {
  tree.refuses["Replace " + servers] = 405;
  call();
  EXPECT_EQ(accounts.settled, Texts{"client taken, server refused: OMA-DM 405 Command not allowed: " + servers});
  wants(5, {{command_on(Kind::get, {"./A"})}});
  call();
  EXPECT_EQ(first_code, 212);
  EXPECT_EQ(refusals, 0u);
  EXPECT_EQ(heard, Texts{"Get ./A"});
}

TEST_F(DmPasswords, WhatIsPutOffIsTriedOnceInEachSession) {
  tree.refuses["Get ./DMAcc"] = 503;
  call();
  EXPECT_EQ(heard, Texts{"Get ./DMAcc"});
  EXPECT_TRUE(accounts.settled.empty());
  call();
  EXPECT_EQ(heard, Texts{"Get ./DMAcc"});
}

TEST_F(DmPasswords, NothingIsToldWhereOthersCanRead) {
  options.basic_without_tls = false;
  restart();
  call();
  EXPECT_TRUE(heard.empty());
  request.tls = &tls;
  call();
  EXPECT_EQ(accounts.settled, Texts{"client taken, server taken"});
}

TEST_F(DmPasswords, NothingIsToldToWhoHasNotShownWhoItIs) {
  options.authentication = DmOptions::Authentication::off;
  restart();
  call();
  EXPECT_TRUE(heard.empty());
  accounts.client.is_next = accounts.server.is_next = false;
  call();
  EXPECT_TRUE(accounts.settled.empty()) << "nor does its call end what was before";
}

TEST_F(DmPasswords, TheSessionGoesOnWithTheCredentialThatItBeganWith) {
  later = 9;
  call();
  EXPECT_EQ(heard.back(), "Get ./B");
  EXPECT_EQ(refusals, 0u);
  EXPECT_EQ(accounts.settled, Texts{"client taken, server taken"}) << "which says nothing of the new one";
}

TEST_F(DmPasswords, NothingIsToldToADeviceInQuarantine) {
  work.welcome.state = store::ManagedState::quarantined;
  call();
  EXPECT_TRUE(heard.empty());
}

TEST_F(DmPasswords, WhoBelievesNeitherIsAlarmedOfOnce) {
  tree.nodes[servers].value = "a third one";
  wants(5, {{command_on(Kind::get, {"./A"})}});
  call();
  EXPECT_EQ(refusals, 3u);
  EXPECT_EQ(refused, Texts{"dm.server_refused funambol d"});
  EXPECT_FALSE(has_heard("AAuthSecret")) << "nothing more is tried in this session";
  EXPECT_TRUE(accounts.settled.empty());
}

TEST_F(DmPasswords, TheContactTellsWhenThePasswordThatItShowedWasSet) {
  call();
  EXPECT_EQ(work.contacts.back().password_set, Time{std::chrono::hours(1)});
  call();
  EXPECT_EQ(work.contacts.back().password_set, Time{std::chrono::hours(2)});
}

TEST_F(DmPasswords, WhatCannotBeKeptIsNotAnswered) {
  call("Replace " + own);
  tree.nodes[own].value = "new own";
  restart();
  accounts.fails = true;
  call();
  EXPECT_EQ(first_code, 503);
  EXPECT_EQ(accounts.client.password, "right");
  accounts.fails = false;
  call();
  EXPECT_EQ(first_code, 212) << "either is good still";
}

TEST_F(DmPasswords, AMacMayBeMadeWithTheNewOneAtOnce) {
  options.authentication = DmOptions::Authentication::mac;
  restart();
  const auto prove = [&](std::string_view body, std::string_view nonce, std::string_view password) {
    const auto octets = message(body);
    HmacHeader header;
    header.user = "user";
    header.mac = mac_data(digest_of("user", Secret(password)), nonce, octets);
    const auto field = write_hmac(header);
    request.extension_fields = {{"X-SyncML-HMAC", field}};
    auto answer = answer_to(octets);
    request.extension_fields.clear();
    return answer;
  };
  believed = "srvpwd";
  auto ours = prove(package_1(), accounts.ours, "right");
  for (int i = 0; i < 20 && !commands(ours).empty(); ++i) {
    const auto said = answers(ours) + final_text;
    ours = prove(said, accounts.ours, tree.nodes[own].value);
    EXPECT_EQ(header_code(ours), 200);
  }
  EXPECT_EQ(accounts.settled, Texts{"client next used, server taken"}) << "the message that tells of it is made with it";
}

TEST_F(DmPasswords, Row63NoNewPasswordIsInATrace) {
  DmMessage message = read_dm(in_syncml("<Atomic><CmdID>1</CmdID><Replace><CmdID>2</CmdID><Item><Target><LocURI>" + own + "</LocURI></Target><Data>hush-1</Data></Item></Replace></Atomic>"
                                        "<Add><CmdID>3</CmdID><Item><Target><LocURI>./Inbox/DMAcc</LocURI></Target><Data>&lt;MgmtTree&gt;&lt;Node&gt;&lt;NodeName&gt;AAuthSecret&lt;/NodeName&gt;"
                                        "&lt;Value&gt;hush-2&lt;/Value&gt;&lt;/Node&gt;&lt;/MgmtTree&gt;</Data></Item></Add>"));
  Redaction redaction(1 << 16);
  const auto shown_text = redacted(message, redaction);
  EXPECT_NE(shown_text.find("AAuthSecret"), std::string::npos) << shown_text;
  EXPECT_EQ(shown_text.find("hush-"), std::string::npos) << shown_text;
}

}  // namespace
}  // namespace nscl::rem::omadm
