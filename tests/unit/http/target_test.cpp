// SPDX-License-Identifier: Apache-2.0
// Request targets: prefixes, escapes, indirect forms, queries.
#include "target.h"

#include <gtest/gtest.h>

namespace nscl::http {
namespace {

using core::Dialect;

core::Policy policy() {
  core::Policy policy;
  policy.base_uri = "http://nscl.example.com:8080";
  policy.aliases = {"alias.example.com"};
  return policy;
}

Target parse(std::string_view target, std::string_view host = "h:1") { return parse_target(target, host, policy()); }

std::string path_of(std::string_view target) {
  const auto parsed = parse(target);
  return parsed.validity ? parsed.path : "failed: " + parsed.validity.error().detail;
}

unsigned code_of(std::string_view target) {
  const auto parsed = parse(target);
  return parsed.validity ? 200 : http_code_of(parsed.validity.error().status);
}

std::string route_of(std::string_view target) {
  const auto parsed = parse(target);
  if (!parsed.validity) return "failed: " + parsed.validity.error().detail;
  return parsed.route ? parsed.route->uri : "local: " + parsed.path;
}

TEST(Target, StandardDialect) {
  EXPECT_EQ(path_of("/m2m"), "");
  EXPECT_EQ(path_of("/m2m/"), "");
  EXPECT_EQ(path_of("/m2m/applications"), "applications");
  EXPECT_EQ(path_of("/m2m/applications/"), "applications");
  EXPECT_EQ(path_of("/m2m/applications/a%20b/containers?x=y"), "applications/a b/containers");
  EXPECT_EQ(path_of("/%6d2m/scls"), "scls");
  EXPECT_EQ(path_of("/m2m/applications/a+b"), "applications/a+b");
  EXPECT_EQ(parse("/m2m/x").dialect, Dialect::standard);
}

TEST(Target, Om2mDialect) {
  EXPECT_EQ(path_of("/om2m/nscl"), "");
  EXPECT_EQ(path_of("/om2m/nscl/scls/"), "scls");
  EXPECT_EQ(parse("/om2m/nscl/scls").dialect, Dialect::om2m);
  ASSERT_TRUE(parse("/om2m/gscl/applications/a").route);
  EXPECT_EQ(parse("/om2m/gscl/applications/a").route->scl_id, "gscl");
  EXPECT_EQ(parse("/om2m/gscl/applications/a").route->path, "applications/a");
  EXPECT_TRUE(parse("/om2m/NSCL/applications").route) << "ids of SCLs differ by case";
  EXPECT_EQ(code_of("/om2m"), 404u);
  EXPECT_EQ(parse("/om2m/gscl").dialect, Dialect::om2m);
  core::Policy without = policy();
  without.om2m_path.clear();
  EXPECT_FALSE(parse_target("/om2m/nscl", "h", without).validity);
}

TEST(Target, ConfiguredPrefixes) {
  core::Policy other = policy();
  other.base_path = "/a/b/";
  EXPECT_EQ(parse_target("/a/b/scls", "h", other).path, "scls");
  EXPECT_FALSE(parse_target("/a/bc/scls", "h", other).validity);
  EXPECT_FALSE(parse_target("/a", "h", other).validity);
  other.base_path = "/";
  EXPECT_EQ(parse_target("/scls", "h", other).path, "scls");
  EXPECT_EQ(parse_target("/om2m/nscl/scls", "h", other).path, "scls");
}

TEST(Target, OtherPathsAreNotFound) {
  for (const char* target : {"/", "/m2mx", "/M2M", "/x/m2m", "/favicon.ico", "/m2m-admin/x"}) EXPECT_EQ(code_of(target), 404u) << target;
}

TEST(Target, ConfusingPathsAreRefused) {
  for (const char* target : {"/m2m//scls", "//evil/m2m", "/m2m/scls//", "/m2m/./scls", "/m2m/../m2m", "/m2m/%2e%2e/x", "/m2m/%2E", "/m2m/a%2fb",
                             "/m2m/a%2Fb", "/m2m/%00", "/m2m/%", "/m2m/%zz", "/m2m/%0d%0aSet-Cookie:x", "/m2m/%c0%af", "/m2m#x",
                             "m2m/scls", "", "://h/m2m"})
    EXPECT_EQ(code_of(target), 400u) << target;
  EXPECT_EQ(path_of("/m2m/%252e%252e"), "%2e%2e");   // decoded once; no id can look so
}

// What is remembered, of a target or of what stands above it, changes no meaning.
TEST(Target, RememberedMeansTheSame) {
  const auto shared = std::make_shared<const core::Policy>(policy());
  for (const char* target : {"/m2m/applications/a/containers/c/contentInstances/CI_1", "/m2m/applications/a/containers/c/contentInstances/CI_2/content",
                             "/m2m/scls/", "/m2m/scls//x", "/m2m//x", "/m2m/../x", "/m2m/./x", "/m2m/%2e/x", "/m2m/a%2fb/x", "/m2m/a%20b/x", "/m2m/x/..",
                             "/m2m/x/%41", "/m2m/x#y/z", "/m2m/a/b?c=/d", "/om2m/nscl", "/om2m/nscl/scls", "/om2m/gscl/scls", "/x/y", "//m2m/x", "/"}) {
    const std::string_view whole = target;
    for (auto end = whole.find('/', 1); end != whole.npos; end = whole.find('/', end + 1)) remembered_target(whole.substr(0, end), "h:1", shared);
    const auto plain = parse(whole);
    for (int again = 0; again < 2; ++again) {
      const auto remembered = remembered_target(whole, "h:1", shared);
      EXPECT_EQ(remembered.path, plain.path) << target;
      EXPECT_EQ(remembered.dialect, plain.dialect) << target;
      EXPECT_EQ(remembered.query, plain.query) << target;
      ASSERT_EQ(remembered.validity.has_value(), plain.validity.has_value()) << target;
      if (!plain.validity) { EXPECT_EQ(remembered.validity.error().detail, plain.validity.error().detail) << target; }
    }
  }
}

TEST(Target, AbsoluteForm) {
  for (const char* target : {"http://h:1/m2m/scls", "http://H:1/m2m/scls", "http://nscl.example.com:8080/m2m/scls", "HTTP://alias.example.com/m2m/scls",
                             "http://alias.example.com:80/m2m/scls"})
    EXPECT_EQ(path_of(target), "scls") << target;
  for (const char* target : {"http://169.254.169.254/latest", "http://h/m2m/scls", "http://h:1@evil/m2m", "http://evil:1/m2m",
                             "http://nscl.example.com:8081/m2m", "ftp://h:1/m2m", "coap://h:1/m2m"})
    EXPECT_EQ(route_of(target), target);
  EXPECT_EQ(parse("http://gw/m2m/a?x=1%202&y").raw_query, "x=1%202&y");
  EXPECT_EQ(code_of("http://gw/m2m/../x"), 400u);
  EXPECT_EQ(code_of("http:///m2m"), 400u);
  EXPECT_EQ(code_of("http://h:1"), 404u);
  EXPECT_EQ(code_of("http://h:1?a=b"), 404u);
}

TEST(Target, NoHostIsNoAuthority) {
  EXPECT_FALSE(is_own_authority("http", "", "", core::Policy{}));
  EXPECT_FALSE(parse_target("http:///m2m", "", core::Policy{}).validity);
}

TEST(Target, TargetId) {
  const auto direct = parse("/m2m?targetID=http%3A%2F%2Fnscl.example.com%3A8080%2Fm2m%2Fapplications%3FsearchString%3Da%2520b%26maxSize%3D3&mode=server");
  ASSERT_TRUE(direct.validity);
  EXPECT_EQ(direct.path, "applications");
  EXPECT_EQ(direct.query, (Query{{"searchString", "a b"}, {"maxSize", "3"}}));
  EXPECT_EQ(path_of("/m2m/whatever?targetID=%2Fm2m%2Fscls%2Fgw1"), "scls/gw1");
  EXPECT_EQ(parse("/m2m?targetID=%2Fom2m%2Fnscl%2Fscls").dialect, Dialect::om2m);
  EXPECT_EQ(route_of("/m2m?targetID=http%3A%2F%2Fgw%2Fm2m%2Fapplications%3Fa%3Db"), "http://gw/m2m/applications");
  EXPECT_EQ(parse("/m2m?targetID=http%3A%2F%2Fgw%2Fm2m%2Fapplications%3Fa%3Db").raw_query, "a=b");
  EXPECT_EQ(route_of("/m2m?targetID=http%3A%2F%2F169.254.169.254%2F"), "http://169.254.169.254/");
  EXPECT_EQ(code_of("/m2m?targetID=%2Felsewhere"), 404u);
  EXPECT_EQ(code_of("/m2m?targetID=%2Fm2m%2F..%2Fx"), 400u);
  EXPECT_EQ(code_of("/m2m?targetID=%2Fm2m&targetID=%2Fm2m"), 400u);
  EXPECT_EQ(code_of("/m2m?targetID=%2Fm2m%3FtargetID%3D%2Fm2m"), 400u);
  EXPECT_EQ(code_of("/m2m?targetID=%2Fm2m%23x"), 400u);
  EXPECT_EQ(code_of("/m2m?targetID="), 400u);
  EXPECT_EQ(code_of("/x?targetID=%2Fm2m"), 404u);
}

TEST(Target, Asterisk) { EXPECT_TRUE(parse("*").is_asterisk); }

TEST(Query, IsDecodedInOrder) {
  EXPECT_EQ(*parse_query("a=1&b=x%26y&a=2&flag&e="), (Query{{"a", "1"}, {"b", "x&y"}, {"a", "2"}, {"flag", ""}, {"e", ""}}));
  EXPECT_EQ(*parse_query("a=b=c"), (Query{{"a", "b=c"}}));
  EXPECT_EQ(*parse_query(""), Query{});
  EXPECT_EQ(*parse_query("a=1&"), (Query{{"a", "1"}}));
  EXPECT_EQ(*parse_query("createdSince=x&createdUntil=y&createdAfter=z"),
            (Query{{"createdAfter", "x"}, {"createdBefore", "y"}, {"createdAfter", "z"}}));
}

TEST(Query, IsLimited) {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "a=b&";
  EXPECT_TRUE(parse_query(many));
  EXPECT_FALSE(parse_query(many + "a=b"));
  EXPECT_FALSE(parse_query("a=%"));
  EXPECT_FALSE(parse_query("%00=a"));
}

}  // namespace
}  // namespace nscl::http
