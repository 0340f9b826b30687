// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <nscl/base/error.h>

namespace nscl {
namespace {

constexpr Status all[] = {
#define NSCL_STATUS(enumerator, name, http) Status::enumerator,
#include <nscl/base/status.def>
#undef NSCL_STATUS
};

TEST(Status, names_and_codes) {
  EXPECT_EQ(name_of(Status::not_found), "STATUS_NOT_FOUND");
  EXPECT_EQ(http_code_of(Status::not_found), 404u);
  EXPECT_EQ(http_code_of(Status::created), 201u);
  EXPECT_EQ(http_code_of(Status::precondition_failed), 412u);
  EXPECT_EQ(http_code_of(Status::expired), 410u);
}

TEST(Status, names_are_distinct) {
  std::set<std::string_view> names;
  for (const Status status : all) EXPECT_TRUE(names.insert(name_of(status)).second) << name_of(status);
}

TEST(Status, what_the_schema_lacks_is_replaced) {
  EXPECT_EQ(schema_name_of(Status::created), "STATUS_OK");
  EXPECT_EQ(schema_name_of(Status::not_modified), "STATUS_OK");
  EXPECT_EQ(schema_name_of(Status::precondition_failed), "STATUS_BAD_REQUEST");
}

TEST(Status, schema_names_are_exactly_the_enumeration) {
  std::set<std::string> names;
  for (const Status status : all) names.emplace(schema_name_of(status));
  const std::set<std::string> expected = {
      "STATUS_OK", "STATUS_ACCEPTED", "STATUS_BAD_REQUEST", "STATUS_PERMISSION_DENIED", "STATUS_FORBIDDEN", "STATUS_NOT_FOUND",
      "STATUS_METHOD_NOT_ALLOWED", "STATUS_NOT_ACCEPTABLE", "STATUS_REQUEST_TIMEOUT", "STATUS_CONFLICT", "STATUS_UNSUPPORTED_MEDIA_TYPE",
      "STATUS_INTERNAL_SERVER_ERROR", "STATUS_NOT_IMPLEMENTED", "STATUS_BAD_GATEWAY", "STATUS_SERVICE_UNAVAILABLE",
      "STATUS_GATEWAY_TIMEOUT", "STATUS_DELETED", "STATUS_EXPIRED"};
  EXPECT_EQ(names, expected);
}

}  // namespace
}  // namespace nscl
