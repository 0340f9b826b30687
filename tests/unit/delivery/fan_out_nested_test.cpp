// SPDX-License-Identifier: Apache-2.0
// Groups inside groups: everything is reached, once, and it ends (R6.3; procedures 5.5.1 step 2).
#include "group_fixture.h"

namespace nscl::delivery {
namespace {

using model::Verb;
using Texts = std::vector<std::string>;

class NestedGroups : public GroupFixture {
 protected:
  std::vector<MemberStatus> open(const MemberStatus& member) { return read(core::ResponseConfirm{.content_type = member.body_type, .content = std::make_shared<const std::string>(member.body)}); }
  static std::string group(const std::string& id) { return "/m2m/groups/" + id; }
};

TEST_F(NestedGroups, R6_3_AGroupAmongTheMembersIsAskedForItsMembers) {
  for (const char* id : {"c1", "c2"}) make_container(id);
  make_group("inner", {"/m2m/containers/c2"});
  make_group("outer", {"/m2m/containers/c1", group("inner")});
  const auto members = read(retrieve("groups/outer/membersContent/maxNrOfInstances"));
  ASSERT_EQ(statuses_of(members).size(), 2u);
  EXPECT_EQ(members[1].id, "/m2m/groups/inner");
  EXPECT_EQ(members[1].uri, "/m2m/groups/inner/membersContent/maxNrOfInstances");
  const auto nested = open(members[1]);
  ASSERT_EQ(nested.size(), 1u);
  EXPECT_EQ(nested[0].id, "/m2m/containers/c2");
}

TEST_F(NestedGroups, R6_3_ALoopEndsWithAnEmptyAggregate) {
  make_container("c1");
  make_group("a", {group("a"), group("b"), "/m2m/containers/c1"});
  make_group("b", {group("a"), "/m2m/containers/c1"});
  const auto members = read(retrieve("groups/a/membersContent"));
  ASSERT_EQ(statuses_of(members), (Texts{"STATUS_OK", "STATUS_OK", "STATUS_OK"}));
  EXPECT_TRUE(open(members[0]).empty());
  const auto nested = open(members[1]);
  ASSERT_EQ(nested.size(), 2u);
  EXPECT_TRUE(open(nested[0]).empty());
  EXPECT_EQ(nested[1].status, "STATUS_OK");
}

TEST_F(NestedGroups, R6_3_AGroupThatIsReachedTwiceIsAskedOnce) {
  make_container("c1");
  make_group("deep", {"/m2m/containers/c1"});
  make_group("left", {group("deep")});
  make_group("right", {group("deep") + "/membersContent"});
  make_group("top", {group("left"), group("right")});
  const auto made = append("groups/top/membersContent/contentInstances", "1");
  ASSERT_EQ(read(made).size(), 2u);
  EXPECT_NE(retrieve("containers/c1/contentInstances/currentNrOfInstances").content->find(">1<"), std::string::npos);
}

TEST_F(NestedGroups, R6_3_AKnownIdentifierIsAnsweredEmptyButReachesOtherGroups) {
  make_container("c1");
  make_group("a", {"/m2m/containers/c1"});
  make_group("b", {"/m2m/containers/c1"});
  const auto ask = [&](const std::string& path, const std::string& identifier) {
    auto made = request(Verb::retrieve, path);
    made.delivery.group_request = identifier;
    return send(std::move(made));
  };
  EXPECT_EQ(read(ask("groups/a/membersContent", "AB01")).size(), 1u);
  EXPECT_EQ(ask("groups/a/membersContent", "AB01").status, Status::ok);
  EXPECT_TRUE(read(ask("groups/a/membersContent", "AB01")).empty());
  EXPECT_EQ(read(ask("groups/b/membersContent", "AB01")).size(), 1u);
  EXPECT_EQ(read(ask("groups/a/membersContent", "AB02")).size(), 1u);
  EXPECT_EQ(read(retrieve("groups/a/membersContent")).size(), 1u);
  EXPECT_EQ(ask("groups/a/membersContent", std::string(300, 'A')).status, Status::bad_request);
}

TEST_F(NestedGroups, R6_3_IdentifiersAreForgottenWhenThereAreTooMany) {
  make_container("c1");
  make_group("a", {"/m2m/containers/c1"});
  use({.identifiers = 2});
  const auto ask = [&](const std::string& identifier) {
    auto made = request(Verb::retrieve, "groups/a/membersContent");
    made.delivery.group_request = identifier;
    return read(send(std::move(made))).size();
  };
  EXPECT_EQ(ask("01"), 1u);
  EXPECT_EQ(ask("02"), 1u);
  EXPECT_EQ(ask("02"), 0u);
  EXPECT_EQ(ask("03"), 1u);
  EXPECT_EQ(ask("04"), 1u);
  EXPECT_EQ(ask("01"), 1u);
}

TEST_F(NestedGroups, R6_3_ARequestReachesOnlySoManyGroups) {
  Texts members;
  for (const char* id : {"g1", "g2", "g3", "g4"}) {
    make_group(id, {});
    members.push_back(group(id));
  }
  make_group("top", members);
  use({.at_once = 1, .groups = 3});
  EXPECT_EQ(statuses_of(read(retrieve("groups/top/membersContent"))), (Texts{"STATUS_OK", "STATUS_OK", "STATUS_FORBIDDEN", "STATUS_FORBIDDEN"}));
}

TEST_F(NestedGroups, D6_OnlySoManyMembersAreAskedAtOnce) {
  FanOutOptions options;
  options.members = 3;
  use(options);
  make_container("c1");
  make_group("inner", {"/m2m/containers/c1", "/m2m/containers/none"});
  make_group("outer", {"/m2m/containers/c1", group("inner")});
  EXPECT_EQ(statuses_of(read(retrieve("groups/outer/membersContent"))), (Texts{"STATUS_OK", "STATUS_SERVICE_UNAVAILABLE"}));
  EXPECT_EQ(statuses_of(read(retrieve("groups/inner/membersContent"))), (Texts{"STATUS_OK", "STATUS_NOT_FOUND"})) << "what was taken is given back";
  make_group("large", {"/m2m/containers/c1", "/m2m/containers/a", "/m2m/containers/b", "/m2m/containers/c"});
  EXPECT_EQ(read(retrieve("groups/large/membersContent")).size(), 4u) << "alone it may be asked";
}

TEST_F(NestedGroups, R4_3_ANestedGroupAnswersBeforeTheOuterOneGivesUp) {
  make_container("c1");
  make_group("inner", {"/m2m/containers/c1", "http://gw1.example/m2m/containers/c"});
  make_group("outer", {group("inner")});
  use({.time = std::chrono::milliseconds{2000}});
  others_.stuck = "http://gw1.example/m2m/containers/c";
  const auto members = read(retrieve("groups/outer/membersContent"));
  ASSERT_EQ(statuses_of(members), Texts{"STATUS_OK"});
  EXPECT_EQ(statuses_of(open(members[0])), (Texts{"STATUS_OK", "STATUS_REQUEST_TIMEOUT"}));
}

}  // namespace
}  // namespace nscl::delivery
