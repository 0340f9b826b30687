// SPDX-License-Identifier: Apache-2.0
// A request to a group reaches its members, and their answers come back as one (R4.3, R6.3; procedures 5.5.1).
#include "group_fixture.h"

namespace nscl::delivery {
namespace {

using model::Verb;
using Texts = std::vector<std::string>;

constexpr const char* remote = "http://gw1.example/m2m/containers/c";

TEST_F(GroupFixture, R4_3_ARetrieveReachesEveryMember) {
  for (const char* id : {"c1", "c2"}) make_container(id);
  make_group("g", {"/m2m/containers/c1", "http://here.example:8080/m2m/containers/c2"}, "CONTAINER");
  const auto answer = retrieve("groups/g/membersContent");
  EXPECT_EQ(answer.status, Status::ok);
  EXPECT_EQ(answer.resource, "groups/g/membersContent");
  const auto members = read(answer);
  ASSERT_EQ(statuses_of(members), (Texts{"STATUS_OK", "STATUS_OK"}));
  EXPECT_EQ(members[0].id, "/m2m/containers/c1");
  EXPECT_EQ(members[1].id, "http://here.example:8080/m2m/containers/c2");
  EXPECT_EQ(members[1].uri, "/m2m/containers/c2");
  EXPECT_EQ(members[0].body_type, "application/xml");
  EXPECT_NE(members[0].body.find("id=\"c1\""), std::string::npos);
  EXPECT_EQ(members[0].tag, members[0].modified);
  EXPECT_FALSE(members[0].tag.empty());
}

TEST_F(GroupFixture, R4_3_EveryVerbReachesEveryMember) {
  for (const char* id : {"c1", "c2"}) make_container(id);
  make_group("g", {"/m2m/containers/c1", "/m2m/containers/c2"}, "CONTAINER");
  const auto created = append("groups/g/membersContent/contentInstances", "21");
  EXPECT_EQ(created.status, Status::ok);
  EXPECT_EQ(statuses_of(read(created)), (Texts{"STATUS_CREATED", "STATUS_CREATED"}));
  EXPECT_EQ(*retrieve("containers/c2/contentInstances/latest/content").content, "21");
  const auto made = read(created)[1].uri.substr(5);
  EXPECT_EQ(*retrieve(made + "/content").content, "21");

  const auto content = read(retrieve("groups/g/membersContent/contentInstances/latest/content"));
  ASSERT_EQ(content.size(), 2u);
  EXPECT_EQ(content[0].body, "21");
  EXPECT_EQ(content[0].body_type, "text/plain");

  const auto updated = send(request(Verb::update, "groups/g/membersContent"), "<container><maxNrOfInstances>7</maxNrOfInstances></container>");
  EXPECT_EQ(statuses_of(read(updated)), (Texts{"STATUS_OK", "STATUS_OK"}));
  EXPECT_NE(retrieve("containers/c2/maxNrOfInstances").content->find(">7<"), std::string::npos);

  EXPECT_EQ(statuses_of(read(send(request(Verb::execute, "groups/g/membersContent")))), (Texts{"STATUS_METHOD_NOT_ALLOWED", "STATUS_METHOD_NOT_ALLOWED"}));
  EXPECT_EQ(statuses_of(read(send(request(Verb::remove, "groups/g/membersContent")))), (Texts{"STATUS_OK", "STATUS_OK"}));
  EXPECT_EQ(retrieve("containers/c1").status, Status::not_found);
  EXPECT_EQ(retrieve("groups/g").status, Status::ok);
}

TEST_F(GroupFixture, R6_3_ASubscriptionIsMadeAtEveryMember) {
  for (const char* id : {"c1", "c2"}) make_container(id);
  make_group("g", {"/m2m/containers/c1", "/m2m/containers/c2"}, "CONTAINER");
  const auto answer = create("groups/g/membersContent/subscriptions", "<subscription><contact>http://app.example/notify</contact></subscription>");
  const auto members = read(answer);
  ASSERT_EQ(statuses_of(members), (Texts{"STATUS_CREATED", "STATUS_CREATED"}));
  EXPECT_EQ(members[0].uri.rfind("/m2m/containers/c1/subscriptions/", 0), 0u);
  EXPECT_EQ(retrieve(members[1].uri.substr(5)).status, Status::ok);
}

TEST_F(GroupFixture, R6_3_AnEmptyGroupAnswersAnEmptyAggregate) {
  make_group("g", {});
  const auto answer = retrieve("groups/g/membersContent");
  EXPECT_EQ(answer.status, Status::ok);
  EXPECT_TRUE(read(answer).empty());
}

TEST_F(GroupFixture, R6_3_EachMemberJudgesByItsOwnRight) {
  const auto right = [&](const std::string& id, const std::string& holder, const std::string& flag) {
    const std::string list = "<permission id=\"p\"><permissionFlags><flag>" + flag + "</flag></permissionFlags><permissionHolders><holderRefs><holderRef>" + holder +
                             "</holderRef></holderRefs></permissionHolders></permission>";
    const auto made = create("accessRights", "<accessRight id=\"" + id + "\"><permissions>" + list + "</permissions><selfPermissions>" + list + "</selfPermissions></accessRight>");
    ASSERT_EQ(made.status, Status::created) << *made.content;
  };
  right("reads", "reader", "READ");
  right("writes", "reader", "WRITE");
  right("strangers", "stranger", "READ");
  make_container("open", "<accessRightID>/m2m/accessRights/reads</accessRightID>");
  make_container("closed", "<accessRightID>/m2m/accessRights/writes</accessRightID>");
  make_container("hidden", "<accessRightID>/m2m/accessRights/strangers</accessRightID>");
  const Texts members{"/m2m/containers/open", "/m2m/containers/closed", "/m2m/containers/hidden", "/m2m/containers/missing"};
  make_group("g", members, "MIXED", "<accessRightID>/m2m/accessRights/writes</accessRightID><membersContentAccessRightID>/m2m/accessRights/reads</membersContentAccessRightID>");
  from_ = std::make_shared<const security::Requestor>(security::Requestor{"reader", "applications/reader", false});
  EXPECT_EQ(statuses_of(read(retrieve("groups/g/membersContent"))), (Texts{"STATUS_OK", "STATUS_PERMISSION_DENIED", "STATUS_NOT_FOUND", "STATUS_NOT_FOUND"}));
  EXPECT_EQ(send(request(Verb::remove, "groups/g/membersContent")).status, Status::permission_denied);
  from_ = std::make_shared<const security::Requestor>(security::Requestor{"nobody", "applications/nobody", false});
  EXPECT_EQ(retrieve("groups/g/membersContent").status, Status::not_found);
}

TEST_F(GroupFixture, R4_3_MembersOfOtherSclsAreAskedThere) {
  make_group("g", {remote, "gscl/applications/a", "/om2m/gscl/applications/b", "http://gw1.example/m2m?x=1", "/elsewhere/x"});
  auto stamped = text_answer(Status::ok, "20");
  stamped.location = "http://gw1.example/real";
  stamped.entity_tag = "\"t1\"";
  others_.answers[std::string(remote) + "/contentInstances/a%20b"] = stamped;
  others_.answers["gscl:applications/a/contentInstances/a%20b"] = text_answer(Status::created);
  auto made = request(Verb::update, "groups/g/membersContent/contentInstances/a b", "anycast=false&x=%20y&targetID=z");
  made.delivery.rcat = 3;
  made.delivery.correlation_id = "later";
  made.delivery.contact_uri = "http://app.example/answer";
  const auto members = read(send(std::move(made), "body"));
  ASSERT_EQ(statuses_of(members), (Texts{"STATUS_OK", "STATUS_CREATED", "STATUS_NOT_FOUND", "STATUS_BAD_REQUEST", "STATUS_NOT_FOUND"}));
  EXPECT_EQ(members[0].uri, "http://gw1.example/real");
  EXPECT_EQ(members[0].tag, "t1");
  EXPECT_EQ(members[0].body, "20");
  EXPECT_EQ(members[1].uri, "gscl/applications/a/contentInstances/a%20b");
  ASSERT_EQ(others_.asked.size(), 3u);
  const auto& asked = others_.asked.front().request;
  EXPECT_EQ(asked.verb, Verb::update);
  EXPECT_EQ(asked.from, from_);
  EXPECT_EQ(asked.raw_query, "x=%20y");
  EXPECT_EQ(asked.query, (std::vector<std::pair<std::string, std::string>>{{"x", " y"}}));
  EXPECT_EQ(asked.delivery.rcat, 3u);
  EXPECT_FALSE(asked.delivery.is_asynchronous());
  EXPECT_TRUE(asked.delivery.contact_uri.empty());
  EXPECT_EQ(asked.delivery.group_request.size(), 32u);
  EXPECT_EQ(others_.asked.front().content, "body");
}

TEST_F(GroupFixture, R4_3_AMemberThatIsLateIsToldSoAndKeepsItsBody) {
  make_container("c1");
  make_group("g", {"/m2m/containers/c1", remote});
  use({.time = std::chrono::milliseconds{1000}});
  others_.stuck = remote;
  const std::string body = "<container><maxNrOfInstances>7</maxNrOfInstances></container>";
  EXPECT_EQ(statuses_of(read(send(request(Verb::update, "groups/g/membersContent"), body))), (Texts{"STATUS_OK", "STATUS_REQUEST_TIMEOUT"}));
  ASSERT_TRUE(others_.free);
  others_.free();
  run_until([&] { return others_.in_progress == 0; });
  EXPECT_EQ(others_.asked.front().content, body);
}

TEST_F(GroupFixture, R4_3_NobodyIsAskedWhenTheTimeIsOver) {
  make_group("g", {remote});
  auto made = request(Verb::retrieve, "groups/g/membersContent");
  made.delivery.deadline = system_clock().now() - std::chrono::seconds{1};
  EXPECT_EQ(statuses_of(read(send(std::move(made)))), Texts{"STATUS_REQUEST_TIMEOUT"});
  EXPECT_TRUE(others_.asked.empty());
}

TEST_F(GroupFixture, R4_3_OnlySoManyMembersAreAskedAtOnce) {
  Texts members;
  for (int i = 0; i < 20; ++i) members.push_back(remote + std::to_string(i));
  make_group("g", members);
  use({.at_once = 3});
  EXPECT_EQ(read(retrieve("groups/g/membersContent")).size(), 20u);
  EXPECT_EQ(others_.asked.size(), 20u);
  EXPECT_EQ(others_.most_in_progress, 3u);
}

TEST_F(GroupFixture, R4_3_AnAggregateHoldsNoMoreThanItMay) {
  Texts members;
  for (const char* id : {"c1", "c2", "c3"}) {
    make_container(id);
    ASSERT_EQ(append("containers/" + std::string(id) + "/contentInstances", std::string(40, 'x')).status, Status::created);
    members.push_back("/m2m/containers/" + std::string(id));
  }
  make_group("g", members);
  use({.at_once = 1, .answer_bytes = 100});
  const auto answer = retrieve("groups/g/membersContent/contentInstances/latest/content");
  EXPECT_EQ(statuses_of(read(answer)), (Texts{"STATUS_OK", "STATUS_OK", "STATUS_INTERNAL_SERVER_ERROR"}));
  EXPECT_EQ(read(retrieve("groups/g/membersContent/contentInstances/latest/content")).size(), 3u);   // the room is given back
  EXPECT_EQ(read(retrieve("groups/g/membersContent/contentInstances/latest/content"))[1].status, "STATUS_OK");
  // What was changed is told, though there is no room for the representation.
  const auto changed = read(append("groups/g/membersContent/contentInstances", "1"));
  EXPECT_EQ(statuses_of(changed), (Texts{"STATUS_CREATED", "STATUS_CREATED", "STATUS_CREATED"}));
  for (const auto& member : changed) EXPECT_EQ(member.body, "");
}

TEST_F(GroupFixture, R6_3_WhatFollowsMustFitTheMemberType) {
  make_container("c1");
  make_group("typed", {"/m2m/containers/c1"}, "CONTAINER");
  make_group("mixed", {"/m2m/containers/c1"}, "MIXED");
  EXPECT_EQ(retrieve("groups/typed/membersContent/no/such/part").status, Status::bad_request);
  EXPECT_EQ(retrieve("groups/typed/membersContent/maxNrOfInstances").status, Status::ok);
  EXPECT_EQ(statuses_of(read(retrieve("groups/mixed/membersContent/no/such/part"))), Texts{"STATUS_NOT_FOUND"});
}

TEST_F(GroupFixture, R4_3_TheDialectOfOm2m) {
  make_container("c1");
  make_group("g", {"/m2m/containers/c1"});
  dialect_ = core::Dialect::om2m;
  const auto answer = create("groups/g/membersContent/contentInstances", "<om2m:contentInstance xmlns:om2m=\"http://uri.etsi.org/m2m\"><om2m:content>MQ==</om2m:content></om2m:contentInstance>");
  EXPECT_EQ(answer.status, Status::created);
  EXPECT_EQ(answer.resource, "groups/g/membersContent/contentInstances");
  EXPECT_TRUE(answer.has_resource);
  EXPECT_NE(answer.content->find("<om2m:status id=\"nscl/containers/c1\">"), std::string::npos) << *answer.content;
  const auto members = read(answer);
  ASSERT_EQ(statuses_of(members), Texts{"STATUS_CREATED"});
  EXPECT_EQ(members[0].uri.rfind("nscl/containers/c1/contentInstances/", 0), 0u);
}

TEST_F(GroupFixture, R4_3_InJson) {
  make_container("c1");
  make_group("g", {"/m2m/containers/c1"});
  format_ = codec::Format::json;
  const auto members = read(retrieve("groups/g/membersContent"), codec::Format::json);
  ASSERT_EQ(members.size(), 1u);
  EXPECT_EQ(members[0].body_type, "application/json");
  EXPECT_EQ(members[0].body.rfind("{\"container\"", 0), 0u);
}

}  // namespace
}  // namespace nscl::delivery
