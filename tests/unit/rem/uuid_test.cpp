// SPDX-License-Identifier: Apache-2.0
// UUIDs of deployment units, against those of another implementation.
#include <gtest/gtest.h>

#include <nscl/rem/tr069/uuid.h>

namespace nscl::rem::tr069 {
namespace {

TEST(DeploymentUnit, HasTheUuidOfItsDomainName) {
  EXPECT_EQ(deployment_unit_uuid("sample1", "broadband-forum.org"), "fe2d23bd-dd02-51b8-af04-f5c18b2b0aa6");
}

TEST(DeploymentUnit, CharactersThatNoDomainNameHasAreEncoded) {
  EXPECT_EQ(deployment_unit_uuid("sample.1", "broadband-forum.org"), "0fbf4583-efd7-51b6-8483-7b347f4b521d");
}

}  // namespace
}  // namespace nscl::rem::tr069
