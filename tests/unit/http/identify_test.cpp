// SPDX-License-Identifier: Apache-2.0
// In whose name a requestor may speak.
#include "identify.h"

#include <gtest/gtest.h>

namespace nscl::http {
namespace {

security::RequestorPtr requestor(std::string entity, bool is_operator = false) {
  return std::make_shared<const security::Requestor>(security::Requestor{"p", std::move(entity), is_operator});
}

// gw1's link is http://gw1.example/m2m; no other SCL is registered.
security::RequestorPtr speak(const security::RequestorPtr& who, std::string_view from) {
  return in_name_of(who, from, "h", core::Policy{}, [](std::string_view scl) { return std::string(scl == "gw1" ? "http://gw1.example/m2m" : ""); });
}

TEST(From, MayNameTheRequestorItself) {
  const auto gateway = requestor("scls/gw1");
  EXPECT_EQ(speak(gateway, "http://h/m2m/scls/gw1"), gateway);
  EXPECT_EQ(speak(gateway, "/m2m/scls/gw1/"), gateway);
  EXPECT_EQ(speak(gateway, "someone@example.com"), gateway);
}

TEST(From, MayNameWhatIsBelow) {
  const auto speaker = speak(requestor("scls/gw1"), "http://h/m2m/scls/gw1/applications/a");
  ASSERT_TRUE(speaker);
  EXPECT_EQ(speaker->entity, "scls/gw1/applications/a");
  EXPECT_FALSE(speaker->is_operator);
}

TEST(From, AnSclVouchesForWhatLiesBelowItsLink) {
  const auto gateway = requestor("scls/gw1");
  EXPECT_EQ(speak(gateway, "http://gw1.example/m2m"), gateway);
  EXPECT_EQ(speak(gateway, "HTTP://GW1.example:80/m2m/"), gateway);
  const auto speaker = speak(gateway, "http://gw1.example/m2m/applications/a");
  ASSERT_TRUE(speaker);
  EXPECT_EQ(speaker->entity, "http://gw1.example/m2m/applications/a");
  EXPECT_EQ(speaker->principal, "p");
  for (const char* from : {"http://gw1.example/m2mx", "http://gw1.example", "http://gw1.example.evil/m2m/applications/a", "https://gw1.example/m2m",
                           "http://gw1.example/m2m/../x", "http://gw1.example/m2m/%2e%2e/x", "http://gw1.example/m2m/a%2f..%2fb", "http://gw1.example/m2m/%"})
    EXPECT_FALSE(speak(gateway, from)) << from;
  EXPECT_FALSE(speak(requestor("scls/gw2"), "http://gw1.example/m2m/applications/a"));
  EXPECT_FALSE(speak(requestor("applications/gw1"), "http://gw1.example/m2m/applications/a"));
}

TEST(From, MayNotNameOthers) {
  for (const char* from : {"http://h/m2m/scls/gw2", "http://h/m2m/scls/gw11", "http://h/m2m", "http://h/m2m/applications/a", "http://evil/m2m/scls/gw1",
                           "http://h/m2m/scls/gw1/../gw2", "http://h/m2m/scls/gw1%2f..%2fgw2"})
    EXPECT_FALSE(speak(requestor("scls/gw1"), from)) << from;
  EXPECT_FALSE(speak(requestor(""), "http://h/m2m/scls/gw1"));
}

TEST(From, AnOperatorActsAsTheOther) {
  const auto speaker = speak(requestor("applications/admin", true), "http://h/m2m/scls/gw1");
  ASSERT_TRUE(speaker);
  EXPECT_EQ(speaker->entity, "scls/gw1");
  EXPECT_FALSE(speaker->is_operator);
}

}  // namespace
}  // namespace nscl::http
