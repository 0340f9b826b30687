// SPDX-License-Identifier: Apache-2.0
// Who is who: every line here that says "foreign" is an impersonation that must not work.
#include <gtest/gtest.h>

#include <nscl/security/own_names.h>
#include <nscl/security/requestor.h>

namespace nscl::security {
namespace {

const OwnNames own{.base_uri = "http://nscl.example.com:8080", .aliases = {"10.0.0.1:8080", "[2001:db8::1]", "alias.example.com"}};

std::string canonical(std::string_view uri, std::string_view host = "h.local:8080") { return canonical_entity(uri, host, own); }

TEST(CanonicalEntity, own_paths) {
  EXPECT_EQ(canonical("/m2m"), "");
  EXPECT_EQ(canonical("/m2m/"), "");
  EXPECT_EQ(canonical("/m2m/scls/gw1"), "scls/gw1");
  EXPECT_EQ(canonical("/m2m/scls/gw1/"), "scls/gw1");
  EXPECT_EQ(canonical("/m2m/scls/gw%31"), "scls/gw1");
  EXPECT_EQ(canonical("/m2m/scls/gw1/applications/a"), "scls/gw1/applications/a");
  EXPECT_EQ(canonical("/om2m/nscl"), "");
  EXPECT_EQ(canonical("/om2m/nscl/applications/a"), "applications/a");
  EXPECT_EQ(canonical("nscl"), "");
  EXPECT_EQ(canonical("nscl/scls/gw1"), "scls/gw1");
}

TEST(CanonicalEntity, canonical_stays) {
  for (const std::string_view path : {"scls/gw1", "applications/a", "scls/gw1/applications/a", "groups/g", "accessRights/r"}) EXPECT_EQ(canonical(path), path);
}

TEST(CanonicalEntity, own_authorities) {
  for (const std::string_view authority : {"h.local:8080", "H.LOCAL:8080", "h.local.:8080", "H.Local.:08080", "nscl.example.com:8080", "10.0.0.1:8080",
                                           "[2001:db8::1]", "[2001:DB8::1]:80", "alias.example.com", "alias.example.com:80"})
    EXPECT_EQ(canonical("http://" + std::string(authority) + "/m2m/scls/gw1"), "scls/gw1") << authority;
  EXPECT_EQ(canonical("HTTP://h.local:8080/m2m/scls/gw1"), "scls/gw1");
  EXPECT_EQ(canonical("https://h.local:8080/om2m/nscl/scls/gw1"), "scls/gw1");
  EXPECT_EQ(canonical("http://h.local/m2m/scls/gw1", "h.local"), "scls/gw1");
  EXPECT_EQ(canonical("http://h.local/m2m/scls/gw1", "H.local.:80"), "scls/gw1");
  EXPECT_EQ(canonical("https://h.local/m2m/scls/gw1", "h.local:443"), "scls/gw1");
  EXPECT_EQ(canonical("http://h.local:8080/m2m"), "");
}

TEST(CanonicalEntity, foreign_absolute_uris_are_normalised) {
  EXPECT_EQ(canonical("HTTP://Evil.Example.:80/m2m/scls/gw1/"), "http://evil.example/m2m/scls/gw1");
  EXPECT_EQ(canonical("http://h.local:8081/m2m/scls/gw1"), "http://h.local:8081/m2m/scls/gw1");
  EXPECT_EQ(canonical("https://x.example:443/m2m"), "https://x.example/m2m");
  EXPECT_EQ(canonical("coap://Dev.example:5683/Scls/"), "coap://dev.example/Scls");
  EXPECT_EQ(canonical("http://x.example//"), "http://x.example");
  EXPECT_EQ(canonical("http://x.example"), "http://x.example");
  EXPECT_EQ(canonical("http://x.example/a?b=C/"), "http://x.example/a?b=C/");
  EXPECT_EQ(canonical("http://h.local:8080/other/scls/gw1"), "http://h.local:8080/other/scls/gw1");
  EXPECT_EQ(canonical("coap://h.local:8080/m2m/scls/gw1"), "coap://h.local:8080/m2m/scls/gw1");
}

bool is_foreign(const std::string& entity) { return entity.starts_with('/') || entity.find("://") != entity.npos; }

TEST(CanonicalEntity, tricks_are_foreign) {
  for (const std::string_view path :
       {"/scls/gw1/../gw2", "/scls/gw1/%2e%2e/gw2", "/scls/gw1%2f..%2fgw2", "/scls%2Fgw1", "/scls/%67w1%2F", "/scls//gw1", "//scls/gw1", "/scls/./gw1",
        "/scls/gw1//", "/scls/gw%2531", "/scls/gw1%00", "/scls/gw1%0a", "/scls/gw1?x=y", "/scls/gw1#x", "/scls/gw%", "/scls/%c0%af", "/scls/gw 1",
        "/scls/gw1;x", "/scls/..", "\\scls\\gw1", "/scls/gw1/ "}) {
    EXPECT_TRUE(is_foreign(canonical("http://h.local:8080/m2m" + std::string(path)))) << path;
    EXPECT_TRUE(is_foreign(canonical("/m2m" + std::string(path)))) << path;
    EXPECT_TRUE(is_foreign(canonical("nscl" + std::string(path)))) << path;
    EXPECT_TRUE(is_foreign(canonical("/om2m/nscl" + std::string(path)))) << path;
    EXPECT_TRUE(is_foreign(canonical(path.substr(1)))) << path;
  }
}

TEST(CanonicalEntity, other_texts_are_foreign) {
  for (const std::string_view text :
       {"", "/", "admin", "admin:admin", "m2m/scls/gw1", "/m2mx/scls/gw1", "/M2M/scls/gw1", "/om2m", "/om2m/other/scls/gw1", "/om2m/nsclx/scls/a", "nsclx/scls/gw1",
        "urn:x:y", "http:/m2m/scls/gw1", "http:scls/gw1", "://h.local:8080/m2m/scls/gw1", "ht tp://h.local:8080/m2m/scls/gw1", "scls/x://y",
        "http://user@h.local:8080/m2m/scls/gw1", "http://h.local:8080@evil/m2m/scls/gw1", "http://evil\\@h.local:8080/m2m/scls/gw1", "http:///m2m/scls/gw1",
        "http://h.local:8080:8080/m2m/scls/gw1", "http://h.local:80800000000000/m2m/scls/gw1", "http://h.local:-8080/m2m/scls/gw1",
        "http://h%2elocal:8080/m2m/scls/gw1", "http://h.local..:8080/m2m/scls/gw1", "http://h.local:8080", "http://evil/applications/app1",
        "http://h.local:8080?/m2m/scls/gw1", "http://h.local:8080#/m2m/scls/gw1"})
    EXPECT_TRUE(is_foreign(canonical(text))) << text;
}

TEST(CanonicalEntity, is_settled_after_one_step) {
  for (const std::string_view uri : {"/m2m/scls/gw1", "HTTP://X.example.:80/a/", "http://x.example..//", "admin", "m2m/scls/gw1", "om2m/nscl/scls/gw1", "scls/gw1/../gw2", "http://h.local:8080/m2m/scls/gw%2531", "/m2m//scls"}) {
    const auto once = canonical(uri);
    EXPECT_EQ(canonical(once), once) << uri;
  }
}

TEST(SettledEntity, means_the_same_after_another_step) {
  for (const std::string_view uri : {"scls/gw1", "", "http://x.example", "http://x.example/a/b", "http://x.example/a%20b", "http://x.example/a?b=../c"})
    EXPECT_TRUE(is_settled_entity(uri)) << uri;
  for (const std::string_view uri : {"http://x.example/a/../b", "http://x.example/.", "http://x.example/a/%2E%2e/b", "http://x.example/a%2fb", "http://x.example/%zz"})
    EXPECT_FALSE(is_settled_entity(uri)) << uri;
}

TEST(CanonicalEntity, bases_are_configurable) {
  const OwnNames other{.scl_id = "core", .base_path = "/api/m2m/", .om2m_path = "", .aliases = {}};
  EXPECT_EQ(canonical_entity("/api/m2m/scls/gw1", "h", other), "scls/gw1");
  EXPECT_EQ(canonical_entity("http://h/api/m2m/scls/gw1", "h", other), "scls/gw1");
  EXPECT_EQ(canonical_entity("core/scls/gw1", "h", other), "scls/gw1");
  EXPECT_TRUE(is_foreign(canonical_entity("/om2m/core/scls/gw1", "h", other)));
  EXPECT_TRUE(is_foreign(canonical_entity("/m2m/scls/gw1", "h", other)));
  EXPECT_TRUE(is_foreign(canonical_entity("http:///api/m2m/scls/gw1", "", other)));
}

TEST(Requestor, ids) {
  EXPECT_EQ((Requestor{.entity = "applications/a"}.application_id()), "a");
  EXPECT_EQ((Requestor{.entity = "scls/gw1"}.scl_id()), "gw1");
  for (const std::string_view entity : {"", "applications", "applications/", "scls/gw1/applications/a", "http://evil/applications/a", "xapplications/a"}) {
    const Requestor requestor{.entity = std::string(entity)};
    EXPECT_EQ(requestor.application_id(), "") << entity;
    EXPECT_EQ(requestor.scl_id(), "") << entity;
  }
}

}  // namespace
}  // namespace nscl::security
