// SPDX-License-Identifier: Apache-2.0
// Tokens of the store and of sessions.
#include <gtest/gtest.h>

#include <nscl/security/sessions.h>
#include <nscl/security/token.h>

namespace nscl::security {
namespace {

using namespace std::chrono_literals;

TEST(Token, ProvesItselfAndNoOther) {
  const auto one = make_token(), other = make_token();
  EXPECT_NE(one.kept.id, other.kept.id);
  const auto text = parse_token(one.text);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->id, one.kept.id);
  EXPECT_TRUE(proves(text->secret, one.kept));
  EXPECT_FALSE(proves(text->secret, other.kept));
  EXPECT_FALSE(proves(std::string(text->secret) + "x", one.kept));
  EXPECT_FALSE(proves("", one.kept));
  EXPECT_EQ(one.kept.digest.find(text->secret), std::string::npos);
  EXPECT_GE(text->secret.size(), 50u);
}

TEST(Token, HasOneForm) {
  for (const auto& text : {std::string(), std::string("nscl_"), std::string("nscl_id"), std::string("nscl_id_"), std::string("nscl__secret"),
                           std::string("NSCL_id_secret"), "nscl_id_" + std::string(300, 'a')})
    EXPECT_FALSE(parse_token(text)) << text;
}

TEST(Token, StandsBehindBearer) {
  EXPECT_EQ(bearer_of("Bearer x"), "x");
  EXPECT_EQ(bearer_of("bEARER   x"), "x");
  for (const char* field : {"", "Bearer", "Basic x", "Bearerx"}) EXPECT_FALSE(bearer_of(field)) << field;
}

class SessionsTest : public testing::Test {
 protected:
  RequestorPtr requestor = std::make_shared<const Requestor>(Requestor{"meter", "applications/meter", false});
  Sessions::Clock::time_point now = Sessions::Clock::now();
  Sessions sessions;
};

TEST_F(SessionsTest, StandForTheirRequestorFromOnePeer) {
  const auto token = sessions.open(requestor, "v", "192.0.2.1", now);
  EXPECT_TRUE(Sessions::is_token(token));
  EXPECT_EQ(sessions.find(token, "192.0.2.1", now), requestor);
  EXPECT_EQ(sessions.find(token, "192.0.2.2", now), nullptr);
  EXPECT_EQ(sessions.find(token + "x", "192.0.2.1", now), nullptr);
  EXPECT_TRUE(sessions.close(token));
  EXPECT_FALSE(sessions.close(token));
  EXPECT_EQ(sessions.find(token, "192.0.2.1", now), nullptr);
}

TEST_F(SessionsTest, EndWhenTheyAreIdleAndAtTheLatestAfterTwelveHours) {
  const auto idle = sessions.open(requestor, "v", "p", now), busy = sessions.open(requestor, "v", "p", now);
  EXPECT_EQ(sessions.find(idle, "p", now + 15min), nullptr);
  auto at = now;
  for (; at < now + 12h; at += 14min) ASSERT_EQ(sessions.find(busy, "p", at), requestor);
  EXPECT_EQ(sessions.find(busy, "p", now + 12h), nullptr);
}

TEST_F(SessionsTest, AreBounded) {
  for (std::size_t i = 0; i < Sessions::most_of_one; ++i) ASSERT_FALSE(sessions.open(requestor, "v", "p", now).empty());
  EXPECT_TRUE(sessions.open(requestor, "v", "p", now).empty());
  const auto other = std::make_shared<const Requestor>(Requestor{"other", "applications/other", false});
  EXPECT_FALSE(sessions.open(other, "v", "p", now).empty());
  EXPECT_FALSE(sessions.open(requestor, "v", "p", now + 15min).empty()) << "those that are over make room";
}

TEST_F(SessionsTest, GoWithTheirPrincipal) {
  const auto token = sessions.open(requestor, "v", "p", now);
  ASSERT_EQ(sessions.proofs().size(), 1u);
  sessions.retain([](const Requestor& each, const std::string& verifier) { return each.principal == "meter" && verifier == "v"; });
  EXPECT_EQ(sessions.find(token, "p", now), requestor);
  sessions.retain([](const Requestor&, const std::string& verifier) { return verifier != "v"; });
  EXPECT_EQ(sessions.find(token, "p", now), nullptr);
}

}  // namespace
}  // namespace nscl::security
