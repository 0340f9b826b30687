// SPDX-License-Identifier: Apache-2.0
// The passwords in a device's account for this server (rem.md 3.7).
#include "node_tree.h"
#include "perform/passwords.h"

namespace nscl::rem::omadm {
namespace {

using End = PasswordChange::End;

const std::string own_secret = "./DMAcc/a/AppAuth/1/AAuthSecret", servers_secret = "./DMAcc/a/AppAuth/2/AAuthSecret";
const std::string sets_own = "Replace " + own_secret + " chr new own", sets_servers = "Replace " + servers_secret + " chr new server's";

/// An account below `root` of the server with this id.
Nodes account(const std::string& root = "./DMAcc/a", const std::string& server_id = "nscl") {
  return {{root + "/AppID", {"chr", "w7"}}, {root + "/ServerID", {"chr", server_id}},
          {root + "/AppAuth/1/AAuthLevel", {"chr", "CLCRED"}}, {root + "/AppAuth/1/AAuthType", {"chr", "DIGEST"}}, {root + "/AppAuth/1/AAuthSecret", {"chr", "own"}},
          {root + "/AppAuth/2/AAuthLevel", {"chr", "SRVCRED"}}, {root + "/AppAuth/2/AAuthType", {"chr", "DIGEST"}}, {root + "/AppAuth/2/AAuthSecret", {"chr", "server's"}}};
}

NodeTree with(Nodes nodes, Nodes more = {}) {
  nodes.merge(more);
  return NodeTree(nodes);
}

class DmPasswordChange : public testing::Test {
 protected:
  DmPasswordChange() {
    change.server_id = "nscl";
    change.client = Secret(std::string_view("new own"));
    change.server = Secret(std::string_view("new server's"));
  }
  /// Both ends, and the commands of the last package.
  std::pair<End, End> run(NodeTree tree) {
    DmSituation situation{&facts};
    situation.model = model;
    const auto performance = perform_password_change(change, std::move(situation));
    auto step = performance->begin();
    for (int i = 0; i < 20 && !std::holds_alternative<Report>(step); ++i) {
      const auto commands = std::get<std::vector<CommandElement>>(step);
      asked.clear();
      for (const auto& command : commands) asked.push_back(text_of(command));
      count += commands.size();
      step = asked.front().starts_with(deadly) ? performance->unanswered() : performance->answered(tree.take(commands));
    }
    left = tree.nodes;
    return {change.client_end, change.server_end};
  }
  bool tells(std::string_view part) const { return change.why.find(part) != std::string::npos; }

  PasswordChange change;
  DeviceFacts facts;
  DmModelOptions model;
  Texts asked;
  std::size_t count = 0;
  std::string deadly = "never";
  Nodes left;
};

TEST_F(DmPasswordChange, BothAreReplacedAndNothingElse) {
  auto nodes = account();
  EXPECT_EQ(run(with(nodes)), std::pair(End::taken, End::taken));
  EXPECT_EQ(asked, (Texts{sets_own, sets_servers}));
  for (const auto& [uri, node] : nodes) EXPECT_EQ(left[uri].value, uri == own_secret ? "new own" : uri == servers_secret ? "new server's" : node.value) << uri;
  EXPECT_EQ(change.why, "");
}

TEST_F(DmPasswordChange, InAnAtomicWhereTheModelHasIt) {
  model.uses_atomic = true;
  EXPECT_EQ(run(with(account())), std::pair(End::taken, End::taken));
  EXPECT_EQ(asked, Texts{"Atomic(" + sets_own + ", " + sets_servers + ")"});
}

TEST_F(DmPasswordChange, OneThatStaysIsNotTouched) {
  change.client.reset();
  EXPECT_EQ(run(with(account())), std::pair(End::open, End::taken));
  EXPECT_EQ(asked, Texts{sets_servers});
}

TEST_F(DmPasswordChange, TheAccountIsThatOfThisServer) {
  EXPECT_EQ(run(with(account("./DMAcc/other", "elsewhere"), account())), std::pair(End::taken, End::taken));
  EXPECT_EQ(left["./DMAcc/other/AppAuth/1/AAuthSecret"].value, "own");
}

TEST_F(DmPasswordChange, TheOnlyAccountMayBeRightThere) {
  EXPECT_EQ(run(with(account("./DMAcc"))), std::pair(End::taken, End::taken));
  EXPECT_EQ(left["./DMAcc/AppAuth/1/AAuthSecret"].value, "new own");
}

TEST_F(DmPasswordChange, NoAccountIsGuessed) {
  EXPECT_EQ(run(with(account("./DMAcc/a", "elsewhere"))), std::pair(End::refused, End::refused));
  EXPECT_TRUE(tells("no account with the ServerID")) << change.why;
  change.why.clear();
  EXPECT_EQ(run(with(account(), account("./DMAcc/b"))), std::pair(End::refused, End::refused));
  EXPECT_TRUE(tells("several accounts")) << change.why;
  EXPECT_EQ(left[own_secret].value, "own");
}

TEST_F(DmPasswordChange, WithoutAccountsItIsRefused) {
  EXPECT_EQ(run(with({{"./DevInfo/Man", {"chr", "x"}}})), std::pair(End::refused, End::refused));
  EXPECT_EQ(change.why, "OMA-DM 404 Not found: ./DMAcc");
}

TEST_F(DmPasswordChange, CredentialsForProxiesAndTheTransportStay) {
  const Nodes more{{"./DMAcc/a/AppAuth/0/AAuthLevel", {"chr", "CLCRED"}}, {"./DMAcc/a/AppAuth/0/AAuthType", {"chr", "HTTP-BASIC"}}, {"./DMAcc/a/AppAuth/0/AAuthSecret", {"chr", "proxy"}},
                   {"./DMAcc/a/AppAuth/3/AAuthLevel", {"chr", "OBEX"}}, {"./DMAcc/a/AppAuth/3/AAuthSecret", {"chr", "obex"}}};
  EXPECT_EQ(run(with(account(), more)), std::pair(End::taken, End::taken));
  EXPECT_EQ(left["./DMAcc/a/AppAuth/0/AAuthSecret"].value, "proxy");
  EXPECT_EQ(left["./DMAcc/a/AppAuth/3/AAuthSecret"].value, "obex");
}

TEST_F(DmPasswordChange, EachOfSeveralTypesIsReplaced) {
  const Nodes more{{"./DMAcc/a/AppAuth/0/AAuthLevel", {"chr", "CLCRED"}}, {"./DMAcc/a/AppAuth/0/AAuthType", {"chr", "HMAC"}}, {"./DMAcc/a/AppAuth/0/AAuthSecret", {"chr", "own"}}};
  auto tree = with(account(), more);
  EXPECT_EQ(run(tree), std::pair(End::taken, End::taken));
  EXPECT_EQ(left["./DMAcc/a/AppAuth/0/AAuthSecret"].value, "new own");
  tree.refuses["Replace " + own_secret] = 425;
  change.client_end = change.server_end = End::open;
  EXPECT_EQ(run(tree), std::pair(End::open, End::taken)) << "half of one side is done: either may be shown";
}

TEST_F(DmPasswordChange, ASideThatIsNotThereIsRefusedAndTheOtherSet) {
  auto nodes = account();
  std::erase_if(nodes, [](const auto& each) { return each.first.starts_with("./DMAcc/a/AppAuth/2"); });
  EXPECT_EQ(run(with(nodes)), std::pair(End::taken, End::refused));
  EXPECT_TRUE(tells("no SRVCRED below ./DMAcc/a/AppAuth")) << change.why;
}

TEST_F(DmPasswordChange, OneIsTakenAndOneRefused) {
  auto tree = with(account());
  tree.refuses["Replace " + servers_secret] = 405;
  EXPECT_EQ(run(tree), std::pair(End::taken, End::refused));
  EXPECT_EQ(change.why, "OMA-DM 405 Command not allowed: " + servers_secret);
}

TEST_F(DmPasswordChange, InAnAtomicNoneIsTakenWhereOneIsRefused) {
  model.uses_atomic = true;
  auto tree = with(account());
  tree.rolls_back = true;
  tree.refuses["Replace " + servers_secret] = 425;
  EXPECT_EQ(run(tree), std::pair(End::refused, End::refused));
  EXPECT_EQ(change.why, "OMA-DM 425 Permission denied: " + servers_secret);
  EXPECT_EQ(left[own_secret].value, "own");
  change.why.clear();
  change.client_end = change.server_end = End::open;
  tree.refuses["Replace " + servers_secret] = 417;
  EXPECT_EQ(run(tree), std::pair(End::open, End::open)) << "another time";
  EXPECT_EQ(change.why, "");
}

TEST_F(DmPasswordChange, AnAtomicThatCouldNotBeRolledBackIsOpen) {
  model.uses_atomic = true;
  auto tree = with(account());
  tree.refuses["Replace " + own_secret] = 516;
  tree.refuses["Replace " + servers_secret] = 425;
  tree.refuses["Atomic"] = 507;
  EXPECT_EQ(run(tree), std::pair(End::open, End::refused));
}

TEST_F(DmPasswordChange, WhatIsPutOffOrNotAnsweredIsOpen) {
  for (const int status : {0, 202, 401, 407, 417, 503}) {
    change.client_end = change.server_end = End::open;
    auto tree = with(account());
    tree.refuses["Replace " + own_secret] = tree.refuses["Replace " + servers_secret] = status;
    EXPECT_EQ(run(tree), std::pair(End::open, End::open)) << status;
  }
  deadly = "Replace";
  EXPECT_EQ(run(with(account())), std::pair(End::open, End::open));
  deadly = "never";
  auto tree = with(account());
  tree.refuses["Get ./DMAcc"] = 503;
  EXPECT_EQ(run(tree), std::pair(End::open, End::open)) << "it is looked at in the next session";
  EXPECT_EQ(change.why, "");
}

}  // namespace
}  // namespace nscl::rem::omadm
