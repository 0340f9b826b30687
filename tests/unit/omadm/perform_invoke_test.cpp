// SPDX-License-Identifier: Apache-2.0
// Nodes that are run, and commands that have no node.
#include <algorithm>

#include "node_tree.h"

namespace nscl::rem::omadm {
namespace {

const std::string fumo = "./FUMO/1/";

Invoke update() { return {{{fumo + "DownloadAndUpdate/PkgURL", "http://x/f", "chr"}}, fumo + "DownloadAndUpdate", {}, fumo + "State", {"10"}, true}; }
Invoke plain() { return {{}, "./test/execute"}; }

NodeTree with_commands() {
  NodeTree tree(Nodes{{fumo + "State", {"int", "10"}}, {fumo + "DownloadAndUpdate/PkgURL", {"chr", ""}}, {"./SCOMO/Download", {"node", {}}}, {"./test/execute", {"null", ""}}});
  tree.of_exec = {{fumo + "DownloadAndUpdate", 202}, {"./test/execute", 200}, {"./SCOMO/Download/app1/Operations/Download", 202}};
  return tree;
}

const std::string writes = "Replace ./FUMO/1/DownloadAndUpdate/PkgURL chr http://x/f", runs = "Exec ./FUMO/1/DownloadAndUpdate e123";

// 2.12; row 56 as far as it is asked here.
TEST(DmInvoke, TheLeavesAndThenExecWithOurKey) {
  auto tree = with_commands();
  Play play(update());
  EXPECT_EQ(play.with(tree).end, Report::End::accepted);
  EXPECT_EQ(play.asked, (Texts{writes, runs}));
  EXPECT_EQ(tree.nodes.at(fumo + "DownloadAndUpdate/PkgURL").value, "http://x/f");
}

// Row 47.
TEST(DmInvoke, WhatIsDoneAtOnce) {
  auto tree = with_commands();
  Play play(plain());
  EXPECT_EQ(play.with(tree), Report{});
  EXPECT_EQ(play.asked, Texts{"Exec ./test/execute e123"});
  Play with_data(Invoke{{}, "./test/execute", "now"});
  with_data.with(tree);
  EXPECT_EQ(with_data.asked, Texts{"Exec ./test/execute e123 now"});
}

TEST(DmInvoke, MissingNodesAreMadeWithThoseAbove) {
  auto tree = with_commands();
  const std::string app = "./SCOMO/Download/app1/";
  Play play(Invoke{{{app + "PkgID", "p1", "chr"}, {app + "PkgURL", "http://x/p", "chr"}}, app + "Operations/Download"});
  EXPECT_EQ(play.with(tree).end, Report::End::accepted);
  EXPECT_EQ(play.asked, (Texts{"Replace ./SCOMO/Download/app1/PkgID chr p1 | Replace ./SCOMO/Download/app1/PkgURL chr http://x/p",
                               "Get ./SCOMO ./SCOMO/Download ./SCOMO/Download/app1", "Add ./SCOMO/Download/app1 node ",
                               "Add ./SCOMO/Download/app1/PkgID chr p1 | Add ./SCOMO/Download/app1/PkgURL chr http://x/p",
                               "Exec ./SCOMO/Download/app1/Operations/Download e123"}));
}

TEST(DmInvoke, OnlyTheLeafIsMissing) {
  auto tree = with_commands();
  tree.nodes.erase(fumo + "DownloadAndUpdate/PkgURL");
  tree.refuses["Get ./FUMO/1"] = 405;   // it is there all the same
  Play play(update());
  EXPECT_EQ(play.with(tree).end, Report::End::accepted);
  EXPECT_EQ(play.asked[2], "Add ./FUMO/1/DownloadAndUpdate/PkgURL chr http://x/f");
}

TEST(DmInvoke, NothingIsRunIfALeafIsRefused) {
  auto tree = with_commands();
  tree.refuses["Replace ./FUMO/1/DownloadAndUpdate/PkgURL"] = 425;
  Play play(update());
  expect_failure(play.with(tree), Status::forbidden, "425", "PkgURL");
  EXPECT_EQ(play.asked, Texts{writes});
  tree = with_commands();
  tree.nodes.erase(fumo + "DownloadAndUpdate/PkgURL");
  tree.refuses["Add ./FUMO/1/DownloadAndUpdate/PkgURL"] = 420;
  Play full(update());
  expect_failure(full.with(tree), Status::not_acceptable, "420", "PkgURL");
  EXPECT_FALSE(full.asked.back().starts_with("Exec"));
}

TEST(DmInvoke, RefusedIsAConflictWhileItIsBusy) {
  auto tree = with_commands();
  tree.of_exec[fumo + "DownloadAndUpdate"] = 405;
  expect_failure(Play(update()).with(tree), Status::method_not_allowed, "405", "./FUMO/1/DownloadAndUpdate");
  tree.nodes[fumo + "State"].value = "30";
  expect_failure(Play(update()).with(tree), Status::conflict, "405", "./FUMO/1/State is 30");
  expect_failure(Play(update()).dies_at("Get").with(tree), Status::method_not_allowed, "405");
}

// 2.7.
TEST(DmInvoke, ResultCodesOfFumoAreNoStatuses) {
  auto tree = with_commands();
  for (const auto status : {401, 407, 408}) {
    tree.of_exec[fumo + "DownloadAndUpdate"] = tree.of_exec["./test/execute"] = status;
    Play play(update());
    play.facts.models = {{"urn:oma:mo:oma-fumo:1.0", fumo}};
    EXPECT_EQ(play.with(tree).end, Report::End::failed) << status;
    EXPECT_EQ(play.report.code, std::to_string(status));
    Play other(plain());
    other.facts.models = {{"urn:oma:mo:oma-fumo:1.0", fumo}, {"urn:oma:mo:oma-dcmo:1.0", "./test/"}};
    EXPECT_EQ(other.with(tree).end, Report::End::later) << status;
  }
}

// 5.4: the alert, or the state, tells whether it has begun.
TEST(DmInvokeAgain, GoingOnOrEndedIsNotRepeated) {
  auto tree = with_commands();
  for (const auto* state : {"30", "60", "100"}) {
    tree.nodes[fumo + "State"].value = state;
    Play play(update());
    EXPECT_EQ(play.again().with(tree).end, Report::End::accepted);
    EXPECT_EQ(play.asked, Texts{"Get ./FUMO/1/State"});
  }
}

TEST(DmInvokeAgain, IdleOrUnknownIsRepeatedWithTheSameKey) {
  auto tree = with_commands();
  Play idle(update());
  idle.again().with(tree);
  EXPECT_EQ(idle.asked, (Texts{"Get ./FUMO/1/State", writes, runs}));
  tree.nodes.erase(fumo + "State");
  Play unknown(update());
  unknown.again().with(tree);
  EXPECT_EQ(unknown.asked.back(), runs);
  Play stateless(plain());
  stateless.again().with(tree);
  EXPECT_EQ(stateless.asked, Texts{"Exec ./test/execute e123"});
}

TEST(DmInvokeAgain, TheAlertWasTold) {
  auto tree = with_commands();
  Play play(update());
  play.situation.correlators = {"other", our_key};
  EXPECT_EQ(play.again().with(tree).end, Report::End::accepted);
  EXPECT_TRUE(play.asked.empty());
}

TEST(DmInvokeAgain, ADeviceThatCameBackHasRestarted) {
  auto tree = with_commands();
  Invoke restart = plain();
  restart.restarts = true;
  EXPECT_EQ(Play(restart).dies_at("Exec").with(tree).end, Report::End::no_answer);
  Play play(restart);
  EXPECT_EQ(play.again().with(tree), Report{});
  EXPECT_TRUE(play.asked.empty());
}

Invoke stoppable(std::string state = fumo + "State") {
  auto out = update();
  out.state = std::move(state);
  out.cancel = fumo + "Ext/Stop";
  out.restarts = false;
  return out;
}

// 1.7: what a lost session had is not begun anew for somebody who has cancelled it.
TEST(DmInvokeAgain, OneThatIsCancelledIsNotBegunOnceMore) {
  auto tree = with_commands();
  const auto play = [&](Invoke task) {
    Play out(std::move(task));
    out.assignment.is_cancelled = true;
    out.again().with(tree);
    EXPECT_TRUE(std::ranges::none_of(out.asked, [](const std::string& text) { return text.find("Exec") != text.npos; }));
    return out.report;
  };
  EXPECT_EQ(play(stoppable()).code, "CANCELLED") << "it is idle";
  tree.nodes[fumo + "State"].value = "30";
  EXPECT_EQ(play(stoppable()).end, Report::End::accepted);
  tree.nodes.erase(fumo + "State");
  EXPECT_EQ(play(stoppable()).end, Report::End::accepted) << "it may go on";
  EXPECT_EQ(play(update()).code, "CANCELLED") << "nothing could end it";
  EXPECT_EQ(play(stoppable({})).end, Report::End::accepted);
}

TEST(DmInvoke, OneThatIsCancelledAndWasNeverSentIsBegun) {
  auto tree = with_commands();
  Play play(stoppable());
  play.assignment.is_cancelled = true;
  EXPECT_EQ(play.with(tree).end, Report::End::accepted);
}

TEST(DmInvoke, WithoutAStatusItIsNotKnownWhetherItHappened) {
  auto tree = with_commands();
  tree.of_exec["./test/execute"] = 0;
  EXPECT_EQ(Play(plain()).with(tree).end, Report::End::no_answer);
}

TEST(DmCommand, TheSessionIsWhatWasWanted) {
  auto tree = with_commands();
  Play play(Command{"SCHEDULEINFORM", {{"DelaySeconds", "60"}}});
  EXPECT_EQ(play.with(tree), Report{});
  EXPECT_TRUE(play.asked.empty());
}

TEST(DmCommand, WhatHasNoCommand) {
  auto tree = with_commands();
  expect_failure(Play(Command{"UPLOAD", {}}).with(tree), Status::not_implemented, "REFUSED", "UPLOAD");
  expect_failure(Play(SetNotifications{}).with(tree), Status::not_implemented, "REFUSED");
  expect_failure(Play(Cancel{"e1"}).with(tree), Status::conflict, "REFUSED", "cancelled");
}

// 1.7, 2.5: the cancel node.
TEST(DmCancel, RunsItsNode) {
  auto tree = with_commands();
  for (const auto status : {200, 202}) {
    tree.of_exec["./FUMO/1/Ext/Stop"] = status;
    Play play(Cancel{"e1", "./FUMO/1/Ext/Stop"});
    EXPECT_EQ(play.with(tree), Report{}) << status;
    EXPECT_EQ(play.asked, Texts{"Exec ./FUMO/1/Ext/Stop e123"});
    EXPECT_EQ(play.again().with(tree), Report{}) << "a lost session does not tell, and it is said again";
  }
}

TEST(DmCancel, WhatIsRefusedGoesOn) {
  auto tree = with_commands();
  const std::pair<int, Status> refusals[] = {{405, Status::method_not_allowed}, {425, Status::forbidden}, {406, Status::not_implemented}, {404, Status::not_found}};
  for (const auto& [code, status] : refusals) {
    tree.of_exec["./FUMO/1/Ext/Stop"] = code;
    expect_failure(Play(Cancel{"e1", "./FUMO/1/Ext/Stop"}).with(tree), status, std::to_string(code), "./FUMO/1/Ext/Stop");
  }
  EXPECT_EQ(Play(Cancel{"e1", "./FUMO/1/Ext/Stop"}).dies_at("Exec").with(tree).end, Report::End::no_answer);
}

}  // namespace
}  // namespace nscl::rem::omadm
