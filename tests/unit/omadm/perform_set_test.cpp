// SPDX-License-Identifier: Apache-2.0
// Writing.
#include "node_tree.h"

namespace nscl::rem::omadm {
namespace {

NodeTree with_values() { return NodeTree(Nodes{{"./V/a", {"chr", "1"}}, {"./V/b", {"int", "2"}}, {"./V/c", {"bool", "true"}}, {"./DevInfo/Man", {"chr", "Acme"}}}); }

SetLeaves three() { return {{{"./V/a", "x", "chr"}, {"./V/b", "7", "int"}, {"./V/c", "false", "bool"}}}; }

const std::string reads_three = "Get ./V/a ./V/b ./V/c", sets_three = "Replace ./V/a chr x | Replace ./V/b int 7 | Replace ./V/c bool false";

// Row 44.
TEST(DmSet, OneOfAKnownFormatIsReplacedAtOnce) {
  auto tree = with_values();
  Play play(SetLeaves{{{"./V/a", "x", "chr"}}});
  EXPECT_EQ(play.with(tree).end, Report::End::done);
  EXPECT_EQ(play.asked, Texts{"Replace ./V/a chr x"});
  EXPECT_EQ(play.report.leaves, (std::vector<Leaf>{{"./V/a", "x", "chr"}}));
}

TEST(DmSet, TheFormatIsAskedForWhereItIsNotKnown) {
  auto tree = with_values();
  Play play(SetLeaves{{{"./V/b", "7"}}});
  EXPECT_EQ(play.with(tree).leaves, (std::vector<Leaf>{{"./V/b", "7", "int"}}));
  EXPECT_EQ(play.asked, (Texts{"Get ./V/b", "Replace ./V/b int 7"}));
}

// Row 46.
TEST(DmSet, WhatIsRefused) {
  auto tree = with_values();
  tree.refuses["Replace ./DevInfo/Man"] = 425;
  expect_failure(Play(SetLeaves{{{"./DevInfo/Man", "x", "chr"}}}).with(tree), Status::forbidden, "425", "OMA-DM 425 Permission denied: ./DevInfo/Man");
  expect_failure(Play(SetLeaves{{{"./V/none", "x", "chr"}}}).with(tree), Status::not_found, "404", "./V/none");
  Play unknown(SetLeaves{{{"./V/none", "x"}}});
  expect_failure(unknown.with(tree), Status::not_found, "404", "./V/none");
  EXPECT_TRUE(unknown.report.unknown_path);
  EXPECT_EQ(unknown.asked.size(), 1u);
  expect_failure(Play(SetLeaves{{{"./V", "x"}}}).with(tree), Status::method_not_allowed, "405");
  expect_failure(Play(SetLeaves{{{"./V/a", "x", "chr"}, {"./V/a", "y", "chr"}}}).with(tree), Status::bad_request, "REFUSED", "twice");
}

TEST(DmSet, AFormatThatIsNoneIsNotTaken) {
  NodeTree tree(Nodes{{"./V/a", {"text/plain", "1"}}});
  Play play(SetLeaves{{{"./V/a", "x"}}});
  play.with(tree);
  EXPECT_EQ(play.asked.back(), "Replace ./V/a chr x");
}

TEST(DmSet, SeveralAreReadAndThenReplaced) {
  auto tree = with_values();
  Play play(three());
  EXPECT_EQ(play.with(tree).end, Report::End::done);
  EXPECT_EQ(play.asked, (Texts{reads_three, sets_three}));
}

TEST(DmSet, APartialFailureIsSetBackAndEachIsNamed) {
  auto tree = with_values();
  tree.refuses["Replace ./V/c"] = 425;
  const auto before = tree.nodes.at("./V/a").value;
  Play play(three());
  expect_failure(play.with(tree), Status::internal_server_error, "425", "OMA-DM 425 Permission denied: ./V/c");
  EXPECT_NE(play.report.text.find("OMA-DM 200 OK: ./V/a"), std::string::npos);
  EXPECT_NE(play.report.text.find("was set back"), std::string::npos);
  EXPECT_EQ(play.asked, (Texts{reads_three, sets_three, "Replace ./V/a chr 1 | Replace ./V/b int 2"}));
  EXPECT_EQ(tree.nodes.at("./V/a").value, before);
}

TEST(DmSet, WhatCannotBeSetBackIsNamed) {
  auto tree = with_values();
  tree.refuses = {{"Replace ./V/c", 425}, {"Get ./V/b", 405}};
  Play play(three());
  expect_failure(play.with(tree), Status::internal_server_error, "425", "could not be set back: ./V/b");
  EXPECT_EQ(play.asked.back(), "Replace ./V/a chr 1");
  auto dying = with_values();
  dying.refuses = {{"Replace ./V/c", 425}};
  expect_failure(Play(three()).dies_at("Replace ./V/a chr 1").with(dying), Status::internal_server_error, "425", "could not be set back: ./V/a ./V/b");
}

TEST(DmSet, AllRefusedIsWhatTheFirstIs) {
  auto tree = with_values();
  for (const auto* leaf : {"./V/a", "./V/b", "./V/c"}) tree.refuses[std::string("Replace ") + leaf] = 425;
  Play play(three());
  expect_failure(play.with(tree), Status::forbidden, "425", "./V/c");
  EXPECT_EQ(play.asked.size(), 2u);
}

TEST(DmSet, ABusyDeviceIsAskedLaterAndNothingIsLeftHalf) {
  auto tree = with_values();
  tree.refuses["Replace ./V/b"] = 503;
  Play play(three());
  EXPECT_EQ(play.with(tree).end, Report::End::later);
  EXPECT_EQ(tree.nodes.at("./V/a").value, "1");
}

// 5.4: Get and compare.
TEST(DmSet, WhatMayHaveHappenedIsLookedAt) {
  auto tree = with_values();
  Play set(SetLeaves{{{"./V/a", "1", "chr"}}});
  EXPECT_EQ(set.again().with(tree).end, Report::End::done);
  EXPECT_EQ(set.asked, Texts{"Get ./V/a"});
  Play not_set(SetLeaves{{{"./V/a", "x", "chr"}}});
  EXPECT_EQ(not_set.again().with(tree).end, Report::End::done);
  EXPECT_EQ(not_set.asked, (Texts{"Get ./V/a", "Replace ./V/a chr x"}));
  Play same(SetLeaves{{{"./V/b", "02", "int"}, {"./V/c", "1", "bool"}}});
  same.again().with(tree);
  EXPECT_EQ(same.asked.size(), 1u);
}

TEST(DmSet, AnAnswerThatIsLostLeavesItOpen) {
  auto tree = with_values();
  EXPECT_EQ(Play(three()).dies_at("Replace").with(tree).end, Report::End::no_answer);
  tree.refuses["Replace ./V/a"] = 0;
  EXPECT_EQ(Play(SetLeaves{{{"./V/a", "x", "chr"}}}).with(tree).end, Report::End::no_answer);
}

TEST(DmSetAtomic, WhereTheModelHasIt) {
  auto tree = with_values();
  Play play(three());
  play.situation.model.uses_atomic = true;
  EXPECT_EQ(play.with(tree).end, Report::End::done);
  EXPECT_EQ(play.asked.back(), "Atomic(Replace ./V/a chr x, Replace ./V/b int 7, Replace ./V/c bool false)");
  Play one(SetLeaves{{{"./V/a", "y", "chr"}}});
  one.situation.model.uses_atomic = true;
  one.with(tree);
  EXPECT_EQ(one.asked, Texts{"Replace ./V/a chr y"});
}

TEST(DmSetAtomic, RolledBackIsAsTheOneThatFailed) {
  auto tree = with_values();
  tree.rolls_back = true;
  tree.refuses["Replace ./V/b"] = 415;
  Play play(three());
  play.situation.model.uses_atomic = true;
  expect_failure(play.with(tree), Status::unsupported_media_type, "415", "OMA-DM 415 Unsupported media type or format: ./V/b");
  EXPECT_NE(play.report.text.find("OMA-DM 215 Not executed: ./V/c"), std::string::npos);
  EXPECT_EQ(play.asked.size(), 2u) << "nothing is to be set back";
}

// A real client does the commands of an Atomic one by one, and gives it no Status of its own.
TEST(DmSetAtomic, DoneByHalvesIsSetBack) {
  auto tree = with_values();
  tree.refuses["Replace ./V/b"] = 425;
  Play play(three());
  play.situation.model.uses_atomic = true;
  expect_failure(play.with(tree), Status::internal_server_error, "425");
  EXPECT_EQ(play.asked.back(), "Replace ./V/a chr 1 | Replace ./V/c bool true");
}

TEST(DmSetAtomic, WhatCouldNotBeRolledBackIsSetBack) {
  auto tree = with_values();
  tree.refuses = {{"Replace ./V/a", 516}, {"Replace ./V/b", 425}, {"Replace ./V/c", 215}, {"Atomic", 507}};
  Play play(three());
  play.situation.model.uses_atomic = true;
  expect_failure(play.with(tree), Status::internal_server_error, "516", "could not be set back: ./V/a");
  EXPECT_EQ(play.asked.back(), "Replace ./V/a chr 1");
}

TEST(DmSetAtomic, ItsOwnStatusTellsWhyWhereNoneDoes) {
  auto tree = with_values();
  for (const auto* leaf : {"./V/a", "./V/b", "./V/c"}) tree.refuses[std::string("Replace ") + leaf] = 215;
  tree.refuses["Atomic"] = 413;
  Play play(three());
  play.situation.model.uses_atomic = true;
  expect_failure(play.with(tree), Status::not_acceptable, "413");
}

TEST(DmSet, OctetsAsTheModelWantsThem) {
  NodeTree tree(Nodes{{"./V/k", {"bin", "AA=="}}});
  Play play(SetLeaves{{{"./V/k", "AP8=", "bin"}}});
  play.with(tree);
  EXPECT_EQ(play.asked, Texts{"Replace ./V/k b64 AP8="});
  Play raw(SetLeaves{{{"./V/k", "AP8=", "bin"}}});
  raw.situation.model.raw_binary = true;
  raw.with(tree);
  EXPECT_EQ(raw.asked, Texts{"Replace ./V/k bin AP8="});
}

}  // namespace
}  // namespace nscl::rem::omadm
