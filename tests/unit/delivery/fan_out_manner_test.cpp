// SPDX-License-Identifier: Apache-2.0
// Ways to ask a group that are this SCL's own: one of the members, in turn, or spread over a time (R4.3, R6.6; docs/delivery.md).
#include <algorithm>

#include "group_fixture.h"

namespace nscl::delivery {
namespace {

using model::Verb;
using Texts = std::vector<std::string>;

std::string uri(int number) { return "http://gw" + std::to_string(number) + ".example/m2m/applications/a"; }

std::vector<std::string> asked_of(const Others& others) {
  Texts uris;
  for (const auto& asked : others.asked) uris.push_back(asked.request.route->uri);
  return uris;
}

TEST_F(GroupFixture, R4_3_AnycastBringsTheAnswerOfTheFirstMemberThatHasOne) {
  make_group("g", {uri(1), uri(2), uri(3)});
  others_.answers[uri(1)] = text_answer(Status::service_unavailable);
  others_.answers[uri(2)] = text_answer(Status::ok, "two");
  others_.answers[uri(3)] = text_answer(Status::ok, "three");
  const auto answer = retrieve("groups/g/membersContent", "anycast=true");
  EXPECT_EQ(answer.status, Status::ok);
  EXPECT_EQ(*answer.content, "two");
  EXPECT_EQ(answer.location, uri(2));
  EXPECT_EQ(asked_of(others_), (Texts{uri(1), uri(2)}));
  EXPECT_TRUE(others_.asked.front().request.query.empty());
  EXPECT_EQ(others_.asked.front().request.raw_query, "");
}

TEST_F(GroupFixture, R4_3_AnycastToALocalMemberNamesIt) {
  make_container("c1");
  make_group("g", {"/m2m/containers/missing", "/m2m/containers/c1"});
  const auto answer = retrieve("groups/g/membersContent", "anycast=true");
  EXPECT_EQ(answer.status, Status::ok);
  EXPECT_EQ(answer.resource, "containers/c1");
  EXPECT_TRUE(answer.has_resource);
}

TEST_F(GroupFixture, R4_3_AnycastWithoutSuccessBringsTheLastRefusal) {
  make_group("g", {uri(1), "/m2m/containers/missing"});
  make_group("empty", {});
  others_.answers[uri(1)] = text_answer(Status::service_unavailable);
  EXPECT_EQ(retrieve("groups/g/membersContent", "anycast=true").status, Status::not_found);
  EXPECT_EQ(retrieve("groups/empty/membersContent", "anycast=true").status, Status::not_found);
  EXPECT_EQ(retrieve("groups/g/membersContent", "anycast=perhaps").status, Status::bad_request);
}

TEST_F(GroupFixture, R4_3_AnycastGoesOnFromAMemberThatIsSilent) {
  make_group("g", {uri(1), uri(2)});
  others_.stuck = uri(1);
  others_.answers[uri(2)] = text_answer(Status::ok, "two");
  use({.shortest_try = std::chrono::milliseconds{100}});
  auto made = request(Verb::retrieve, "groups/g/membersContent", "anycast=true");
  made.delivery.deadline = system_clock().now() + std::chrono::seconds{4};
  EXPECT_EQ(*send(std::move(made)).content, "two");
}

TEST_F(GroupFixture, R6_6_RoundRobinAsksOneMemberAfterTheOther) {
  make_group("g", {uri(1), uri(2), uri(3)});
  for (int i = 1; i <= 3; ++i) others_.answers[uri(i)] = text_answer(Status::ok, std::to_string(i));
  Texts got;
  for (int i = 0; i < 4; ++i) got.push_back(*retrieve("groups/g/membersContent", "spread=roundRobin").content);
  EXPECT_EQ(got, (Texts{"1", "2", "3", "1"}));
  EXPECT_EQ(others_.asked.size(), 4u);
}

TEST_F(GroupFixture, R6_6_RoundRobinStaysWithItsMemberUnlessAnyWillDo) {
  make_group("g", {uri(1), uri(2)});
  others_.answers[uri(1)] = text_answer(Status::service_unavailable);
  others_.answers[uri(2)] = text_answer(Status::ok, "two");
  EXPECT_EQ(retrieve("groups/g/membersContent", "spread=roundRobin").status, Status::service_unavailable);
  EXPECT_EQ(retrieve("groups/g/membersContent", "spread=roundRobin").status, Status::ok);
  EXPECT_EQ(*retrieve("groups/g/membersContent", "spread=roundRobin&anycast=true").content, "two");
}

TEST_F(GroupFixture, R6_6_ASpreadRetrieveBeginsAtItsMomentsAndNotBefore) {
  make_group("g", {uri(1), uri(2), uri(3)});
  std::vector<double> fractions{0.9, 0.1, 0.5};
  std::size_t next = 0;
  use({.random = [&] { return fractions[next++]; }});
  const auto before = std::chrono::steady_clock::now();
  const auto members = read(retrieve("groups/g/membersContent", "spread=PT0.2S"));
  ASSERT_EQ(members.size(), 3u);
  EXPECT_EQ(members[0].id, uri(1));   // the answer keeps the order of the group
  EXPECT_EQ(asked_of(others_), (Texts{uri(2), uri(3), uri(1)}));
  EXPECT_GE(others_.asked[0].when - before, std::chrono::milliseconds{20});
  EXPECT_GE(others_.asked[1].when - before, std::chrono::milliseconds{100});
  EXPECT_GE(others_.asked[2].when - before, std::chrono::milliseconds{180});
}

TEST_F(GroupFixture, R6_6_MomentsOfItsOwnLieInsideTheWindow) {
  make_group("g", {uri(1), uri(2), uri(3), uri(4)});
  EXPECT_EQ(read(retrieve("groups/g/membersContent", "spread=PT0.05S")).size(), 4u);
  EXPECT_EQ(others_.asked.size(), 4u);
}

TEST_F(GroupFixture, R6_6_ASpreadThatCannotBeIsRefused) {
  make_group("g", {uri(1)});
  for (const char* query : {"spread=10", "spread=soon", "spread=-PT1S", "spread=P1M", "spread=PT301S", "spread=PT1S&anycast=true", "spread="})
    EXPECT_EQ(retrieve("groups/g/membersContent", query).status, Status::bad_request) << query;
  EXPECT_EQ(send(request(Verb::remove, "groups/g/membersContent", "spread=PT1S")).status, Status::bad_request);
  auto made = request(Verb::retrieve, "groups/g/membersContent", "spread=PT10S");
  made.delivery.deadline = system_clock().now() + std::chrono::seconds{5};
  EXPECT_EQ(send(std::move(made)).status, Status::bad_request);
  EXPECT_TRUE(others_.asked.empty());
}

}  // namespace
}  // namespace nscl::delivery
