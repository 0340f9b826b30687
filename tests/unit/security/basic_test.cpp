// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nscl/base/bytes.h>
#include <nscl/security/basic.h>

namespace nscl::security {
namespace {

std::string field(std::string_view text) { return "Basic " + base64_encode(text); }

struct Reading {
  std::string_view text, user, password;
};

TEST(ParseBasic, users_as_found_in_the_field) {
  const Reading readings[] = {
      {"admin:admin", "admin", "admin"},                                                                  // OM2M
      {"admin:", "admin", ""},
      {"admin:a:b:c", "admin", "a:b:c"},
      {":", "", ""},
      {"http%3A//nscl.example%3A8080/m2m/scls/gw1:", "http://nscl.example:8080/m2m/scls/gw1", ""},        // ONG
      {"http%3A%2F%2Fh%2Fm2m%2Fscls%2Fgw1:pass:word", "http://h/m2m/scls/gw1", "pass:word"},
      {"%2Fm2m%2Fscls%2Fgw1:x", "/m2m/scls/gw1", "x"},
      {"http://h:8080/m2m/scls/gw1:secret", "http://h:8080/m2m/scls/gw1", "secret"},
      {"coap://h:5683/m2m:", "coap://h:5683/m2m", ""},
      {"/m2m/scls/gw1:secret", "/m2m/scls/gw1", "secret"},
      {"100%:x", "100%", "x"},
      {"a%20b:x", "a%20b", "x"},
      {"http%3A//h%2:x", "http%3A//h%2", "x"},
      {"ftp://h/x:y", "ftp", "//h/x:y"},
      {"Stra\xc3\x9f" "e:\xe2\x82\xac", "Stra\xc3\x9f" "e", "\xe2\x82\xac"},
  };
  for (const auto& [text, user, password] : readings) {
    const auto credential = parse_basic(field(text));
    ASSERT_TRUE(credential) << text;
    EXPECT_EQ(credential->user, user) << text;
    EXPECT_EQ(credential->password, password) << text;
  }
}

TEST(ParseBasic, scheme_in_any_case_and_several_blanks) {
  for (const std::string_view scheme : {"Basic ", "basic ", "BASIC ", "bAsIc   "}) {
    const auto credential = parse_basic(std::string(scheme) + base64_encode("a:b"));
    ASSERT_TRUE(credential) << scheme;
    EXPECT_EQ(credential->user, "a");
  }
}

TEST(ParseBasic, everything_else_is_refused) {
  for (const std::string& text : {std::string(), std::string("Basic"), std::string("Basic "), std::string("Basic ="), std::string("Basic *"),
                                  std::string("Bearer YTpi"), std::string("BasicYTpi"), std::string("Basic YTpi YTpi"), std::string("Basic YT\tpi"),
                                  std::string("Basic YTpi="), std::string("Basic YTp"), std::string(" Basic YTpi"), std::string("Basic,YTpi"),
                                  field("no colon"), field(std::string_view("a\0:b", 4)), field("a\n:b"), field("a:b\r\n"), field("a:\x1b[0m"),
                                  field("\xff:x"), field("a:\xc0\xaf"), field("http%3A//h%0d%0a:x"), field(std::string(4096, 'a') + ":b"),
                                  "Basic " + std::string(1u << 20, 'A')})
    EXPECT_FALSE(parse_basic(text)) << text.substr(0, 60);
}

}  // namespace
}  // namespace nscl::security
