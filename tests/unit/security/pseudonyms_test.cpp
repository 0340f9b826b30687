// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nscl/security/pseudonyms.h>

#include <memory>

namespace nscl::security {
namespace {

using std::chrono::days, std::chrono::sys_days;

const sys_days day = std::chrono::year{2026} / 3 / 1;
const Secret& secret() {
  static const Secret octets("0123456789abcdef0123456789abcdef");
  return octets;
}

TEST(Pseudonyms, depends_on_who_asks_who_is_told_the_day_and_the_installation) {
  const auto one = pseudonym(secret(), "applications/a", "scls/x", day);
  EXPECT_EQ(one.size(), 32u);
  EXPECT_EQ(one.find_first_not_of("0123456789abcdef"), std::string::npos) << "nothing that a command line takes for an option";
  EXPECT_EQ(pseudonym(secret(), "applications/a", "scls/x", day), one);
  EXPECT_NE(pseudonym(secret(), "applications/b", "scls/x", day), one);
  EXPECT_NE(pseudonym(secret(), "applications/a", "scls/y", day), one);
  EXPECT_NE(pseudonym(secret(), "applications/a", "scls/x", day + days(1)), one);
  EXPECT_NE(pseudonym(Secret("another0123456789abcdef012345678"), "applications/a", "scls/x", day), one);
}

/// HMAC-SHA-256 over 000e "applications/a" 0006 "scls/x" 0005 "20513", by the openssl command line.
TEST(Pseudonyms, is_the_one_of_the_description) { EXPECT_EQ(pseudonym(secret(), "applications/a", "scls/x", day), "5a32ce3243fe6c87903303fcba5b77eb"); }

TEST(Pseudonyms, texts_do_not_run_into_each_other) {
  EXPECT_NE(pseudonym(secret(), "applications/a", "scls/x", day), pseudonym(secret(), "applications/as", "cls/x", day));
  EXPECT_NE(pseudonym(secret(), "", "ab", day), pseudonym(secret(), "ab", "", day));
}

TEST(Pseudonyms, are_found_again_within_the_days_that_are_tried) {
  const auto name = pseudonym(secret(), "applications/a", "scls/x", day - days(5));
  const std::set<std::string> entities{"applications/a", "applications/b"}, peers{"scls/x", "scls/y"};
  const auto found = unmask(secret(), name, entities, peers, day, 6);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->real, "applications/a");
  EXPECT_EQ(found->peer, "scls/x");
  EXPECT_EQ(found->day, day - days(5));
  EXPECT_FALSE(unmask(secret(), name, entities, peers, day, 5));
  EXPECT_FALSE(unmask(secret(), name, {"applications/b"}, peers, day, 6));
  EXPECT_FALSE(unmask(secret(), name, entities, {"scls/y"}, day, 6));
  EXPECT_FALSE(unmask(secret(), "", entities, peers, day, 6));
  EXPECT_FALSE(unmask(secret(), name.substr(1), entities, peers, day, 6));
}

TEST(Pseudonyms, hide_those_that_are_named) {
  const Pseudonyms none(system_clock(), {}, nullptr);
  const Requestor meter{.principal = "meter", .entity = "applications/meter"}, self{.principal = "admin"};
  EXPECT_FALSE(none.hides(meter));
  EXPECT_EQ(none.entity_for("scls/x", meter), "applications/meter");
  EXPECT_EQ(none.entity_for("scls/x", self), "");
  const Pseudonyms some(system_clock(), {"meter"}, std::make_shared<const Secret>(secret().view()));
  EXPECT_TRUE(some.hides(meter));
  EXPECT_EQ(some.entity_for("scls/x", meter).find("pseudonyms/"), 0u);
  EXPECT_EQ(some.entity_for("scls/x", self), "");
  EXPECT_THROW(Pseudonyms(system_clock(), {"meter"}, nullptr), std::logic_error);
}

}  // namespace
}  // namespace nscl::security
