// SPDX-License-Identifier: Apache-2.0
// What a device is found to be and to have.
#include "node_tree.h"

#include <algorithm>
#include <set>

namespace nscl::rem::omadm {
namespace {

const std::string devinfo_urn = "urn:oma:mo:oma-dm-devinfo:1.0", devdetail_urn = "urn:oma:mo:oma-dm-devdetail:1.0", fumo_urn = "urn:oma:mo:oma-fumo:1.0",
                  scomo_urn = "urn:oma:mo:oma-scomo:1.0", memory_urn = "urn:oma:mo:omadiag:memory:1.0";

NodeTree with_models() {
  NodeTree tree(Nodes{{"./DevInfo/Man", {"chr", "Acme"}}, {"./DevDetail/FwV", {"chr", "1.0"}}, {"./DevDetail/URI/MaxDepth", {"int", "0"}},
                 {"./DevDetail/LrgObj", {"bool", "true"}}, {"./FUMO/1/State", {"int", "10"}}, {"./FUMO/1/Download/PkgURL", {"chr", ""}},
                 {"./SCOMO/Download/a/PkgID", {"chr", "p"}}, {"./SCOMO/Download/b/PkgID", {"chr", "q"}}, {"./SCOMO/Inventory/Deployed", {"node", ""}},
                 {"./ManagedObjects/DiagMon/Memory/Total", {"int", "64"}}, {"./Vendor/secret/deep/er/x", {"chr", "1"}}});
  return tree.is("./DevInfo", devinfo_urn).is("./DevDetail", devdetail_urn).is("./FUMO/1", fumo_urn).is("./SCOMO", scomo_urn)
      .is("./ManagedObjects/DiagMon/Memory", memory_urn);
}

std::string in_braces(const std::string& urn) { return "{" + urn + "}"; }

Discover everything() {
  return {{in_braces(devinfo_urn), in_braces(devdetail_urn), in_braces(fumo_urn), in_braces(fumo_urn) + "Download/", in_braces(scomo_urn) + "Download/{i}/", in_braces(memory_urn)}};
}

std::string object_of_model(const Report& report, const std::string& urn) {
  const auto found = std::ranges::find(report.models, urn, &ModelledObject::urn);
  return found == report.models.end() ? "" : found->object;
}

bool has_leaf(const Report& report, const Leaf& leaf) { return std::ranges::find(report.leaves, leaf) != report.leaves.end(); }
bool has_object(const Report& report, const std::string& object) { return std::ranges::find(report.objects, object) != report.objects.end(); }

// 2.3.
TEST(DmDiscover, ObjectsByTheirTypes) {
  auto tree = with_models();
  const auto report = Play(everything()).with(tree);
  EXPECT_EQ(report.end, Report::End::done);
  EXPECT_EQ(object_of_model(report, devinfo_urn), "./DevInfo/");
  EXPECT_EQ(object_of_model(report, fumo_urn), "./FUMO/1/");
  EXPECT_EQ(object_of_model(report, scomo_urn), "./SCOMO/");
  EXPECT_EQ(object_of_model(report, memory_urn), "./ManagedObjects/DiagMon/Memory/");
  EXPECT_EQ(report.objects.front(), "./");
  EXPECT_NE(std::ranges::find(report.methods, "Exec"), report.methods.end());
  EXPECT_NE(std::ranges::find(report.methods, "Get"), report.methods.end());
}

TEST(DmDiscover, WhatIsWantedOfThemAndNoMore) {
  auto tree = with_models();
  Play play(everything());
  const auto report = play.with(tree);
  for (const auto* object : {"./DevInfo/", "./FUMO/1/", "./FUMO/1/Download/", "./SCOMO/Download/", "./SCOMO/Download/a/", "./SCOMO/Download/b/",
                             "./ManagedObjects/DiagMon/Memory/"}) {
    EXPECT_TRUE(has_object(report, object)) << object;
  }
  EXPECT_FALSE(has_object(report, "./Vendor/"));
  EXPECT_TRUE(has_leaf(report, {"./FUMO/1/State", "10", "int"}));
  EXPECT_TRUE(has_leaf(report, {"./SCOMO/Download/b/PkgID", "q", "chr"}));
  EXPECT_TRUE(has_leaf(report, {"./ManagedObjects/DiagMon/Memory/Total", "64", "int"}));
  for (const auto& package : play.asked) EXPECT_EQ(package.find("./Vendor/secret/deep/er"), std::string::npos) << "deeper than three";
  std::set<std::string> seen;
  for (const auto& leaf : report.leaves) EXPECT_TRUE(seen.insert(leaf.path).second) << leaf.path;
}

TEST(DmDiscover, WhatTheServerHasToKnowIsAlwaysRead) {
  auto tree = with_models();
  const auto report = Play(Discover{{in_braces(fumo_urn)}}).with(tree);
  EXPECT_TRUE(has_leaf(report, {"./DevDetail/FwV", "1.0", "chr"}));
  EXPECT_TRUE(has_leaf(report, {"./DevDetail/LrgObj", "true", "bool"}));
  EXPECT_TRUE(has_leaf(report, {"./DevDetail/URI/MaxDepth", "0", "int"}));
}

TEST(DmDiscover, TypesAreComparedInAnyCaseAndTellTheModelAsItIsKnown) {
  auto tree = with_models();
  tree.is("./FUMO/1", "URN:oma:mo:OMA-fumo:1.0");
  EXPECT_EQ(object_of_model(Play(everything()).with(tree), fumo_urn), "./FUMO/1/");
}

// Row 48: real clients answer 406 for ?prop=Type.
TEST(DmDiscover, ByTheirNamesWhereTypesAreNotTold) {
  auto tree = with_models();
  for (auto& [uri, node] : tree.nodes) node.type.clear();
  tree.is("./DevInfo", "text/plain");
  auto report = Play(everything()).with(tree);
  EXPECT_EQ(object_of_model(report, devinfo_urn), "./DevInfo/");
  EXPECT_EQ(object_of_model(report, fumo_urn), "./FUMO/1/") << "where its State is";
  EXPECT_EQ(object_of_model(report, scomo_urn), "./SCOMO/");
  EXPECT_EQ(object_of_model(report, memory_urn), "./ManagedObjects/DiagMon/Memory/");
  NodeTree other(Nodes{{"./ManagedObjects/fumo/State", {"int", "10"}}});
  report = Play(Discover{{"{urn:oma:mo:omafumo:1.0}"}}).with(other);
  EXPECT_EQ(report.models, (std::vector<ModelledObject>{{"urn:oma:mo:omafumo:1.0", "./ManagedObjects/fumo/"}}));
}

TEST(DmDiscover, ATypeThatIsToldIsBelieved) {
  NodeTree tree(Nodes{{"./FUMO/State", {"int", "10"}}});
  tree.is("./FUMO", "urn:acme:mo:something:1.0");
  EXPECT_TRUE(Play(Discover{{in_braces(fumo_urn)}}).with(tree).models.empty());
}

TEST(DmDiscover, ARootThatIsNotListed) {
  for (const auto status : {404, 405, 200}) {
    auto tree = with_models();
    if (status == 200) tree.nodes.at(".").format = "chr";   // nothing that lists
    else tree.refuses["Get ."] = status;
    auto task = everything();
    task.objects.push_back("./Vendor/");
    const auto report = Play(task).with(tree);
    EXPECT_EQ(object_of_model(report, scomo_urn), "./SCOMO/") << status;
    EXPECT_TRUE(has_object(report, "./Vendor/")) << status;
    EXPECT_EQ(report.objects.front(), "./");
  }
}

TEST(DmDiscover, PathsAsTheyAre) {
  auto tree = with_models();
  Play play(Discover{{"./FUMO/1/", "{root}Vendor/{i}/", "Device.DeviceInfo.", "./Nothing/"}});
  play.facts.methods = {"Get"};
  play.facts.models = {{fumo_urn, "./FUMO/1/"}};
  const auto report = play.with(tree);
  EXPECT_EQ(report.objects, (Texts{"./", "./FUMO/1/", "./Vendor/", "./Vendor/secret/"}));
  EXPECT_EQ(report.leaves, (std::vector<Leaf>{{"./FUMO/1/State", "10", "int"}}));
  EXPECT_EQ(report.models, play.facts.models) << "none were looked for";
  EXPECT_EQ(play.asked.front(), "Get .");
}

TEST(DmDiscover, ADeviceThatIsBusyOrSilent) {
  auto tree = with_models();
  tree.refuses["Get ."] = 503;
  EXPECT_EQ(Play(everything()).with(tree).end, Report::End::later);
  EXPECT_EQ(Play(everything()).dies_at("Get").with(tree).end, Report::End::no_answer);
}

TEST(DmDiscover, ATreeWithoutEndIsNotRead) {
  Nodes many;
  for (int i = 0; i < 100; ++i) {
    for (int j = 0; j < 100; ++j) many["./D/" + std::to_string(i) + "/" + std::to_string(j) + "/leaf"] = {"chr", "x"};
  }
  many["./FUMO/State"] = {"int", "10"};
  NodeTree tree(many);
  Play play(Discover{{in_braces(fumo_urn), "./D/{i}/{i}/"}});
  const auto report = play.with(tree);
  EXPECT_EQ(report.end, Report::End::done);
  std::size_t items = 0;
  for (const auto& package : play.asked) items += static_cast<std::size_t>(std::ranges::count(package, '.'));
  EXPECT_LE(items, 2100u);
  EXPECT_TRUE(has_leaf(report, {"./FUMO/State", "10", "int"}));
  EXPECT_LE(play.asked.size(), 20u);
}

TEST(DmDiscover, NamesThatAreNone) {
  NodeTree tree(Nodes{{"./A/x", {"chr", "1"}}});
  tree.nodes["./A/x"].type = "text/plain";
  tree.nodes["./A/x?prop=Type"] = {"chr", "1"};
  tree.nodes["./A/.."] = {"chr", "1"};
  tree.nodes["./A/" + std::string(300, 'n')] = {"chr", "1"};
  Play play(Discover{{"./A/"}});
  play.facts.methods = {"Get"};
  EXPECT_EQ(play.with(tree).leaves, (std::vector<Leaf>{{"./A/x", "1", "chr"}}));
}

}  // namespace
}  // namespace nscl::rem::omadm
