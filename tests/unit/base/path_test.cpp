// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nscl/base/bytes.h>
#include <nscl/base/path.h>

namespace nscl {
namespace {

TEST(PercentDecode, undoes_escapes) {
  EXPECT_EQ(percent_decode(""), "");
  EXPECT_EQ(percent_decode("plain"), "plain");
  EXPECT_EQ(percent_decode("a%20b+c"), "a b+c");
  EXPECT_EQ(percent_decode("http%3A//h%3a8080/m2m"), "http://h:8080/m2m");
  EXPECT_EQ(percent_decode("Stra%C3%9Fe"), "Stra\xc3\x9f" "e");
  EXPECT_EQ(percent_decode("%252e"), "%2e");
  EXPECT_EQ(query_decode("a+b%2Bc"), "a b+c");
}

TEST(PercentDecode, refuses_what_is_broken_or_no_text) {
  for (const std::string_view text : {"%", "%2", "%zz", "%2g", "% 1", "a%", "%00", "%01", "%1b", "%c0%af", "%e0%80%af", "%ed%a0%80", "%ff", "%c3",
                                      "\xff", "%ef%bf%bf", "%u0041", "%-1", "%+1"}) {
    EXPECT_FALSE(percent_decode(text)) << text;
    EXPECT_FALSE(query_decode(text)) << text;
  }
}

TEST(PercentEncode, keeps_pchar_only) {
  EXPECT_EQ(percent_encode("aZ09-._~!$&'()*+,;=:@"), "aZ09-._~!$&'()*+,;=:@");
  EXPECT_EQ(percent_encode("a/b c%?#[]\"<>\r\n"), "a%2Fb%20c%25%3F%23%5B%5D%22%3C%3E%0D%0A");
  EXPECT_EQ(percent_encode("\xc3\x9f"), "%C3%9F");
  EXPECT_EQ(percent_encode("aZ09-._~!&=+ /", unreserved), "aZ09-._~%21%26%3D%2B%20%2F");
  EXPECT_EQ(percent_encode("a-b_c", "_"), "a%2Db_c");
  EXPECT_EQ(encode_path("scls/gw 1"), "scls/gw%201");
}

RC_GTEST_PROP(PercentProperty, there_and_back, (std::string text)) {
  const auto decoded = percent_decode(percent_encode(text));
  if (is_xml_text(text)) RC_ASSERT(decoded == text);
  else RC_ASSERT(!decoded.has_value());
}

RC_GTEST_PROP(PercentProperty, decoded_text_is_always_text, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("%%%%0123456789abcdefABCDEFcCeEfF+/")));
  if (const auto decoded = percent_decode(text)) RC_ASSERT(is_xml_text(*decoded));
}

TEST(Path, parts) {
  EXPECT_EQ(last_segment("a/b/c"), "c");
  EXPECT_EQ(last_segment("a"), "a");
  EXPECT_EQ(last_segment(""), "");
  EXPECT_EQ(parent_path("a/b/c"), "a/b");
  EXPECT_EQ(parent_path("a"), "");
  EXPECT_EQ(parent_path(""), "");
  EXPECT_EQ(join("a/b", "c"), "a/b/c");
  EXPECT_EQ(join("", "c"), "c");
}

TEST(Path, within_ends_at_a_segment) {
  EXPECT_TRUE(is_within("scls/a", "scls/a"));
  EXPECT_TRUE(is_within("scls/a/containers", "scls/a"));
  EXPECT_TRUE(is_within("scls/a", ""));
  EXPECT_TRUE(is_within("", ""));
  EXPECT_FALSE(is_within("scls/ab", "scls/a"));
  EXPECT_FALSE(is_within("scls", "scls/a"));
  EXPECT_FALSE(is_within("", "scls"));
}

std::string any_segment() { return *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::elementOf(std::string("abc")))); }

std::string any_path() {
  std::string path;
  for (int depth = *rc::gen::inRange(0, 5); depth > 0; --depth) path = join(path, any_segment());
  return path;
}

RC_GTEST_PROP(PathProperty, join_is_undone_by_its_parts, ()) {
  const auto path = any_path(), segment = any_segment();
  const auto child = join(path, segment);
  RC_ASSERT(parent_path(child) == path);
  RC_ASSERT(last_segment(child) == segment);
  RC_ASSERT(is_within(child, path));
  RC_ASSERT(!is_within(path, child));
}

RC_GTEST_PROP(PathProperty, within_is_one_of_the_ancestors, ()) {
  const auto path = any_path(), other = any_path();
  bool is_ancestor = other == path;
  for (std::string_view at = path; !at.empty(); at = parent_path(at)) is_ancestor = is_ancestor || parent_path(at) == other;
  RC_ASSERT(is_within(path, other) == is_ancestor);
}

TEST(Id, valid) {
  for (const std::string_view id : {"a", "GW_1", "0", "-", "_", "...", ".a", "a.b-c:d", "Stra\xc3\x9f" "e", "\xe6\xb8\xa9\xe5\xba\xa6", "\xc2\xb7"})
    EXPECT_TRUE(is_valid_id(id)) << id;
  EXPECT_TRUE(is_valid_id(std::string(255, 'a')));
}

TEST(Id, invalid) {
  for (const std::string_view id : {"", ".", "..", "a/b", "%2f", "a b", " a", "a\n", "<script>", "'; DROP TABLE x;--", "a;b", "a,b", "a?b", "a#b", "a@b",
                                    "\xf0\x9f\x98\x80", "\xe2\x98\x80", "\xc3\x97", "\xc3\xb7", "\xc2\xa0", "\xe2\x80\xa8", "\xc0\xaf", "\xff", "a\x7f"})
    EXPECT_FALSE(is_valid_id(id)) << id;
  EXPECT_FALSE(is_valid_id(std::string(256, 'a')));
  EXPECT_FALSE(is_valid_id(std::string_view("a\0b", 3)));
}

TEST(Id, reserved) {
  for (const std::string_view name :
       {"sclBase", "scls", "scl", "applications", "application", "applicationAnnc", "containers", "container", "containerAnnc", "locationContainer",
        "contentInstances", "contentInstance", "content", "latest", "oldest", "groups", "group", "membersContent", "accessRights", "accessRight",
        "subscriptions", "subscription", "discovery", "mgmtObjs", "mgmtObj", "mgmtCmd", "execInstances", "execInstance", "parameters",
        "notificationChannels", "notificationChannel", "m2mPocs", "m2mPoc", "attachedDevices", "attachedDevice", "subcontainers", "sclAnncs",
        "communicationChannels"})
    EXPECT_TRUE(is_reserved_name(name)) << name;
  for (const std::string_view name : {"", "Latest", "latest1", "a", "zzz", "scl1"}) EXPECT_FALSE(is_reserved_name(name)) << name;
}

}  // namespace
}  // namespace nscl
