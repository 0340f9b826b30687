// SPDX-License-Identifier: Apache-2.0
// Entity tags in the forms that peers send.
#include "conditions.h"

#include <gtest/gtest.h>

namespace nscl::http {
namespace {

using Tags = std::vector<std::string>;

TEST(Tags, WithAndWithoutQuotes) {
  EXPECT_EQ(*parse_tags("\"a\"", true), Tags{"a"});
  EXPECT_EQ(*parse_tags("a", true), Tags{"a"});
  EXPECT_EQ(*parse_tags("\"a, b\" , c,,\"\"", true), (Tags{"a, b", "c", ""}));
  EXPECT_EQ(*parse_tags("", true), Tags{});
  EXPECT_EQ(*parse_tags("2026-01-01T00:00:00Z", true), Tags{"2026-01-01T00:00:00Z"});
}

TEST(Tags, WeakOnesMatchOnlyWhereTheyMay) {
  EXPECT_EQ(*parse_tags("W/\"a\", \"b\"", true), (Tags{"a", "b"}));
  EXPECT_EQ(*parse_tags("W/\"a\"", false), Tags{"W/\"a\""});
}

TEST(Tags, TheAsteriskStandsAlone) {
  EXPECT_EQ(*parse_tags("*", false), Tags{"*"});
  EXPECT_EQ(*parse_tags("\"*\"", false), Tags{"\"*\""});
  EXPECT_FALSE(parse_tags("*, \"a\"", false));
}

TEST(Tags, BrokenListsAreRefused) {
  EXPECT_FALSE(parse_tags("\"a", true));
  EXPECT_FALSE(parse_tags("W/\"a", true));
  EXPECT_FALSE(parse_tags("a\"b\"", true));
  std::string many;
  for (int i = 0; i < 100; ++i) many += "\"a\",";
  EXPECT_TRUE(parse_tags(many, true));
  EXPECT_FALSE(parse_tags(many + "\"a\"", true));
}

TEST(Conditions, AreReadFromTheirFields) {
  net::WebRequest request;
  EXPECT_TRUE(parse_conditions(request)->empty());
  request.if_match = "\"a\"";
  request.if_none_match = "*";
  request.if_modified_since = "Sun, 06 Nov 1994 08:49:37 GMT";
  request.if_unmodified_since = "yesterday";
  const auto conditions = parse_conditions(request);
  ASSERT_TRUE(conditions);
  EXPECT_EQ(conditions->if_match, Tags{"a"});
  EXPECT_EQ(conditions->if_none_match, Tags{"*"});
  EXPECT_EQ(conditions->if_modified_since, parse_date_time("1994-11-06T08:49:37Z"));
  EXPECT_FALSE(conditions->if_unmodified_since);
  request.if_match = "\"a";
  EXPECT_FALSE(parse_conditions(request));
}

TEST(EntityTag, IsTheQuotedTime) {
  EXPECT_EQ(entity_tag(*parse_date_time("2026-01-02T03:04:05.006Z")), "\"2026-01-02T03:04:05.006Z\"");
}

}  // namespace
}  // namespace nscl::http
