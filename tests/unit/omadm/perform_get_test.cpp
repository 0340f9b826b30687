// SPDX-License-Identifier: Apache-2.0
// Reading.
#include "node_tree.h"

namespace nscl::rem::omadm {
namespace {

NodeTree with_info() {
  return NodeTree(Nodes{{"./DevInfo/Man", {"chr", "Acme"}}, {"./DevInfo/Mod", {"chr", "M1"}}, {"./DevDetail/FwV", {"chr", "1.0"}},
                   {"./DevDetail/URI/MaxDepth", {"int", "0"}}, {"./DevDetail/LrgObj", {"bool", "false"}}});
}

TEST(DmGet, LeavesWithTheirFormats) {
  auto tree = with_info();
  Play play(GetLeaves{{"./DevInfo/Man", "./DevDetail/LrgObj"}});
  const std::vector<Leaf> leaves = {{"./DevDetail/LrgObj", "false", "bool"}, {"./DevInfo/Man", "Acme", "chr"}};
  EXPECT_EQ(play.with(tree).leaves, leaves);
  EXPECT_EQ(play.asked, Texts{"Get ./DevInfo/Man ./DevDetail/LrgObj"});
}

TEST(DmGet, AsManyItemsAsTheModelTakes) {
  auto tree = with_info();
  Play play(GetLeaves{{"./DevInfo/Man", "./DevInfo/Mod", "./DevDetail/FwV"}});
  play.situation.model.get_items = 2;
  EXPECT_EQ(play.with(tree).leaves.size(), 3u);
  EXPECT_EQ(play.asked, Texts{"Get ./DevInfo/Man ./DevInfo/Mod | Get ./DevDetail/FwV"});
}

// Row 48.
TEST(DmGet, WhatIsNotThereIsMissingAndNoFailure) {
  auto tree = with_info();
  Play play(GetLeaves{{"./nope", "./DevInfo/Man", "./DevInfo"}});
  EXPECT_EQ(play.with(tree).end, Report::End::done);
  EXPECT_EQ(play.report.leaves, (std::vector<Leaf>{{"./DevInfo/Man", "Acme", "chr"}}));
}

TEST(DmGet, OtherStatusesFail) {
  auto tree = with_info();
  tree.refuses["Get ./DevInfo/Mod"] = 425;
  Play play(GetLeaves{{"./DevInfo/Man", "./DevInfo/Mod"}});
  expect_failure(play.with(tree), Status::forbidden, "425", "./DevInfo/Mod");
  tree.refuses["Get ./DevInfo/Mod"] = 503;
  EXPECT_EQ(Play(GetLeaves{{"./DevInfo/Mod"}}).with(tree).end, Report::End::later);
}

TEST(DmGet, ASubtreeLevelByLevel) {
  auto tree = with_info();
  Play play(GetLeaves{{"./DevDetail/"}});
  const std::vector<Leaf> leaves = {{"./DevDetail/FwV", "1.0", "chr"}, {"./DevDetail/LrgObj", "false", "bool"}, {"./DevDetail/URI/MaxDepth", "0", "int"}};
  EXPECT_EQ(play.with(tree).leaves, leaves);
  EXPECT_EQ(play.asked, (Texts{"Get ./DevDetail", "Get ./DevDetail/FwV ./DevDetail/LrgObj ./DevDetail/URI", "Get ./DevDetail/URI/MaxDepth"}));
}

TEST(DmGet, WhatASubtreeHidesIsLeftOut) {
  auto tree = with_info();
  tree.refuses["Get ./DevDetail/FwV"] = 405;
  EXPECT_EQ(Play(GetLeaves{{"./DevDetail/"}}).with(tree).leaves.size(), 2u);
  tree.refuses["Get ./DevDetail/FwV"] = 417;
  EXPECT_EQ(Play(GetLeaves{{"./DevDetail/"}}).with(tree).end, Report::End::later);
  EXPECT_TRUE(Play(GetLeaves{{"./Nothing/"}}).with(tree).leaves.empty());
}

TEST(DmGet, ASubtreeWithoutEndIsTooMuch) {
  Nodes many;
  for (int i = 0; i < 1100; ++i) many["./Big/" + std::to_string(i)] = {"chr", "x"};
  NodeTree wide(many);
  expect_failure(Play(GetLeaves{{"./Big/"}}).with(wide), Status::not_acceptable, "413", "./Big/");
  std::string deep = "./Deep";
  for (int i = 0; i < 40; ++i) deep += "/d";
  NodeTree tall(Nodes{{deep, {"chr", "x"}}});
  Play play(GetLeaves{{"./Deep/"}});
  EXPECT_EQ(play.with(tall).end, Report::End::done);
  EXPECT_LT(play.asked.size(), 12u);
  NodeTree heavy(Nodes{{"./Heavy/a", {"chr", std::string(5u << 20, 'x')}}, {"./Heavy/b", {"chr", std::string(5u << 20, 'x')}}});
  expect_failure(Play(GetLeaves{{"./Heavy/"}}).with(heavy), Status::not_acceptable, "413");
}

/// Answers as no tree would give them.
Report answered(const std::vector<CommandAnswer>& answers, Texts paths) {
  DeviceFacts facts;
  Assignment assignment;
  assignment.task = GetLeaves{std::move(paths)};
  const auto performance = perform(assignment, {&facts});
  performance->begin();
  const auto step = performance->answered(answers);
  const auto* report = std::get_if<Report>(&step);
  return report ? *report : Report{.end = Report::End::no_answer, .text = text_of(std::get<std::vector<CommandElement>>(step).front())};
}

TEST(DmGet, AStatusForAllOfThemAndOneWithoutResults) {
  Item value{{}, "./A"};
  value.data = "1";
  const auto report = answered({{200, {{"./A", 0, {value}}, {"./B", 0}}}}, {"./A", "./B"});
  EXPECT_EQ(report.leaves, (std::vector<Leaf>{{"./A", "1", ""}, {"./B", "", ""}}));
}

TEST(DmGet, WhatGotNoAnswerIsAskedOnceMoreAlone) {
  const auto report = answered({{0, {{"./A", 200}}}}, {"./A", "./B"});
  EXPECT_EQ(report.text, "Get ./B");
  NodeTree tree(Nodes{});
  tree.refuses = {{"Get ./A", 0}, {"Get ./B", 0}};
  Play play(GetLeaves{{"./A", "./B"}});
  EXPECT_EQ(play.with(tree).end, Report::End::later);
  EXPECT_EQ(play.asked, (Texts{"Get ./A ./B", "Get ./A | Get ./B"}));
}

TEST(DmGet, OctetsAreBase64HoweverTheyCame) {
  const auto value_of = [](std::string format, std::string data, bool is_base64) {
    Item item{{}, "./A"};
    item.meta.format = std::move(format);
    item.data = std::move(data);
    item.is_base64 = is_base64;
    return answered({{200, {{"./A", 200, {item}}}}}, {"./A"}).leaves.front();
  };
  EXPECT_EQ(value_of("bin", "AP8=", false), (Leaf{"./A", "AP8=", "bin"}));
  EXPECT_EQ(value_of("bin", "plain text", false), (Leaf{"./A", "cGxhaW4gdGV4dA==", "bin"}));
  EXPECT_EQ(value_of("chr", "AP8=", true), (Leaf{"./A", "AP8=", "bin"}));
  EXPECT_EQ(value_of("b64", "AP8=", false), (Leaf{"./A", "AP8=", "b64"}));
}

// 2.6, UPLOAD: the first that is there, whichever of them.
TEST(DmGetOneOf, TheFirstThatTheDeviceHas) {
  NodeTree tree(Nodes{{"./Log/Data", {"chr", "the log"}}, {"./Log/More", {"chr", "another"}}, {"./Log/Node/x", {"chr", ""}}});
  Play play(GetLeaves{{"./Log/Text", "./Log/Node", "./Log/Data", "./Log/More"}, true});
  EXPECT_EQ(play.with(tree).leaves, (std::vector<Leaf>{{"./Log/Data", "the log", "chr"}}));
  EXPECT_EQ(play.asked, (Texts{"Get ./Log/Text", "Get ./Log/Node", "Get ./Log/Data"}));
}

TEST(DmGetOneOf, NoneIsAFailure) {
  NodeTree tree(Nodes{{"./Log/Node/x", {"chr", ""}}});
  expect_failure(Play(GetLeaves{{"./Log/Text", "./Log/Data"}, true}).with(tree), Status::not_found, "404", "./Log/Data");
  expect_failure(Play(GetLeaves{{"./Log/Node"}, true}).with(tree), Status::method_not_allowed, "405", "./Log/Node");
  tree.refuses["Get ./Log/Text"] = 425;
  expect_failure(Play(GetLeaves{{"./Log/Text", "./Log/Data"}, true}).with(tree), Status::forbidden, "425", "./Log/Text");
  tree.refuses["Get ./Log/Text"] = 503;
  EXPECT_EQ(Play(GetLeaves{{"./Log/Text"}, true}).with(tree).end, Report::End::later);
}

TEST(DmGet, SilenceIsNoAnswer) {
  auto tree = with_info();
  Play play(GetLeaves{{"./DevInfo/Man"}});
  play.dies_at("Get");
  EXPECT_EQ(play.with(tree).end, Report::End::no_answer);
  EXPECT_NE(play.report.text.find("Get"), std::string::npos);
}

}  // namespace
}  // namespace nscl::rem::omadm
