// SPDX-License-Identifier: Apache-2.0
// Nodes: made, found again, removed.
#include "node_tree.h"

namespace nscl::rem::omadm {
namespace {

AddInstance named(std::string object, std::vector<Leaf> leaves, std::string name) {
  return {.object = std::move(object), .leaves = std::move(leaves), .name = std::move(name)};
}

AddInstance app() { return named("./SCOMO/Download/", {{"PkgID", "p1", "chr"}, {"Operations/Ext/Flag", "true", "bool"}}, "app1"); }
AddInstance leaf() { return named("./Vendor/memory/", {{"", "hello", "chr"}}, "a"); }

NodeTree with_parents() { return NodeTree(Nodes{{"./SCOMO/Download", {"node", {}}}, {"./Vendor/memory", {"node", {}}}}); }

TEST(DmAdd, TheNodeThenWhatStandsBelowParentsFirst) {
  auto tree = with_parents();
  Play play(app());
  EXPECT_EQ(play.with(tree).end, Report::End::done);
  EXPECT_EQ(play.asked, (Texts{"Add ./SCOMO/Download/app1 node ", "Add ./SCOMO/Download/app1/Operations node  | Add ./SCOMO/Download/app1/PkgID chr p1",
                               "Add ./SCOMO/Download/app1/Operations/Ext node ", "Add ./SCOMO/Download/app1/Operations/Ext/Flag bool true"}));
  EXPECT_EQ(play.report.object, "./SCOMO/Download/app1/");
  EXPECT_EQ(play.report.leaves, (std::vector<Leaf>{{"./SCOMO/Download/app1/PkgID", "p1", "chr"}, {"./SCOMO/Download/app1/Operations/Ext/Flag", "true", "bool"}}));
}

// Row 44.
TEST(DmAdd, ALeafByItself) {
  auto tree = with_parents();
  Play play(leaf());
  EXPECT_EQ(play.with(tree).object, "./Vendor/memory/a");
  EXPECT_EQ(play.asked, Texts{"Add ./Vendor/memory/a chr hello"});
  EXPECT_EQ(play.report.leaves, (std::vector<Leaf>{{"./Vendor/memory/a", "hello", "chr"}}));
}

// Row 45.
TEST(DmAdd, WhatIsThereIsAConflict) {
  auto tree = with_parents();
  Play(leaf()).with(tree);
  expect_failure(Play(leaf()).with(tree), Status::conflict, "418", "OMA-DM 418 Already exists: ./Vendor/memory/a");
  Play(app()).with(tree);
  expect_failure(Play(app()).with(tree), Status::conflict, "418");
}

TEST(DmAdd, WhatTheDeviceMadeByItselfIsReplaced) {
  auto tree = with_parents();
  tree.refuses = {{"Add ./SCOMO/Download/app1/PkgID", 418}, {"Add ./SCOMO/Download/app1/Operations", 418}};
  tree.nodes["./SCOMO/Download/app1/Operations"] = {"node", {}};
  tree.nodes["./SCOMO/Download/app1/PkgID"] = {"chr", "none"};
  Play play(app());
  EXPECT_EQ(play.with(tree).end, Report::End::done);
  EXPECT_EQ(play.asked[2], "Replace ./SCOMO/Download/app1/PkgID chr p1");
}

TEST(DmAdd, IfALeafCannotBeMadeTheNodeGoes) {
  auto tree = with_parents();
  tree.refuses["Add ./SCOMO/Download/app1/PkgID"] = 415;
  Play play(app());
  expect_failure(play.with(tree), Status::unsupported_media_type, "415", "./SCOMO/Download/app1/PkgID");
  EXPECT_EQ(play.asked.back(), "Delete ./SCOMO/Download/app1");
  EXPECT_EQ(play.report.object, "");
  EXPECT_FALSE(tree.nodes.contains("./SCOMO/Download/app1"));
  tree.refuses["Add ./SCOMO/Download/app1/PkgID"] = 404;
  EXPECT_TRUE(Play(app()).with(tree).unknown_path);
  tree.refuses["Delete ./SCOMO/Download/app1"] = 405;
  Play stays(app());
  expect_failure(stays.with(tree), Status::not_found, "404", "could not be removed");
  EXPECT_FALSE(stays.report.unknown_path);
  tree = with_parents();
  tree.refuses = {{"Delete ./SCOMO/Download/app1", 405}, {"Add ./SCOMO/Download/app1/PkgID", 415}};
  expect_failure(Play(app()).with(tree), Status::unsupported_media_type, "415", "the new node ./SCOMO/Download/app1 could not be removed");
}

TEST(DmAdd, WithoutItsParentOrAName) {
  auto tree = with_parents();
  Play play(named("./Nowhere/", {}, "n"));
  expect_failure(play.with(tree), Status::not_found, "404", "./Nowhere/n");
  EXPECT_TRUE(play.report.unknown_path);
  expect_failure(Play(named("./Vendor/memory/", {}, "")).with(tree), Status::not_implemented, "REFUSED", "name");
}

// 5.4: 418, then Get and compare.
TEST(DmAddAgain, WhatIsAsItShouldBeIsDone) {
  auto tree = with_parents();
  Play(app()).with(tree);
  Play play(app());
  EXPECT_EQ(play.again().with(tree).end, Report::End::done);
  EXPECT_EQ(play.asked.size(), 2u);
  EXPECT_EQ(play.report.object, "./SCOMO/Download/app1/");
  Play(leaf()).with(tree);
  Play one(leaf());
  EXPECT_EQ(one.again().with(tree).end, Report::End::done);
  EXPECT_EQ(one.asked, (Texts{"Add ./Vendor/memory/a chr hello", "Get ./Vendor/memory/a"}));
}

TEST(DmAddAgain, WhatIsMissingIsMade) {
  auto tree = with_parents();
  EXPECT_EQ(Play(app()).dies_at("Add ./SCOMO/Download/app1/Operations").with(tree).end, Report::End::no_answer);
  Play play(app());
  EXPECT_EQ(play.again().with(tree).end, Report::End::done);
  EXPECT_EQ(tree.nodes.at("./SCOMO/Download/app1/Operations/Ext/Flag").value, "true");
  EXPECT_EQ(play.asked[2], "Add ./SCOMO/Download/app1/Operations node  | Add ./SCOMO/Download/app1/PkgID chr p1");
}

TEST(DmAddAgain, WhatIsOtherwiseIsAConflictAndStays) {
  auto tree = with_parents();
  Play(app()).with(tree);
  tree.nodes["./SCOMO/Download/app1/PkgID"].value = "another";
  expect_failure(Play(app()).again().with(tree), Status::conflict, "418");
  tree.nodes.erase("./SCOMO/Download/app1/PkgID");
  tree.refuses["Add ./SCOMO/Download/app1/PkgID"] = 415;
  Play play(app());
  expect_failure(play.again().with(tree), Status::unsupported_media_type, "415", "./SCOMO/Download/app1 was there before");
  EXPECT_TRUE(tree.nodes.contains("./SCOMO/Download/app1"));
  tree.nodes["./Vendor/memory/a"] = {"node", {}};
  expect_failure(Play(leaf()).again().with(tree), Status::conflict, "418");
  tree.refuses["Get ./Vendor/memory/a"] = 405;
  expect_failure(Play(leaf()).again().with(tree), Status::conflict, "418");
}

TEST(DmAddAgain, WhatDidNotHappenHappens) {
  auto tree = with_parents();
  Play play(leaf());
  EXPECT_EQ(play.again().with(tree).end, Report::End::done);
  EXPECT_EQ(play.asked.size(), 1u);
}

// Rows 44 and 48.
TEST(DmDelete, DeletedAndGoneAreTheSame) {
  auto tree = with_parents();
  Play(leaf()).with(tree);
  Play play(DeleteInstance{"./Vendor/memory/a"});
  EXPECT_EQ(play.with(tree), Report{});
  EXPECT_EQ(play.asked, Texts{"Delete ./Vendor/memory/a"});
  EXPECT_EQ(Play(DeleteInstance{"./Vendor/memory/a/"}).with(tree), Report{});
}

TEST(DmDelete, WhatIsPermanent) {
  auto tree = with_parents();
  tree.refuses["Delete ./SCOMO"] = 405;
  expect_failure(Play(DeleteInstance{"./SCOMO/"}).with(tree), Status::method_not_allowed, "405", "./SCOMO");
  EXPECT_EQ(Play(DeleteInstance{"./Vendor/"}).dies_at("Delete").with(tree).end, Report::End::no_answer);
}

}  // namespace
}  // namespace nscl::rem::omadm
