// SPDX-License-Identifier: Apache-2.0
// The client's side of HTTP Digest: the examples of RFC 7616, the form of RFC 2069, and what our own server says of the answers.
#include <gtest/gtest.h>

#include <vector>

#include <nscl/security/digest_client.h>

namespace nscl::security {
namespace {

// RFC 7616 3.9.1
std::string example(const std::string& algorithm) {
  return "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=" + algorithm +
         ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
}
const DigestRequest example_request{.method = "GET", .uri = "/dir/index.html", .count = 1, .cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"};

TEST(DigestClient, AnswersTheExamplesOfTheRfc) {
  const Secret password("Circle of Life");
  const std::vector<std::string> both{example("MD5"), example("SHA-256")};
  const auto best = choose_challenge(both);
  ASSERT_TRUE(best);
  EXPECT_EQ(digest_answer(*best, "Mufasa", password, example_request),
            "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
            "uri=\"/dir/index.html\", response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\", algorithm=SHA-256, "
            "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", qop=auth, nc=00000001, "
            "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\"");
  const auto md5 = parse_digest_challenge(both[0]);
  ASSERT_TRUE(md5);
  const auto credential = parse_digest(digest_answer(*md5, "Mufasa", password, example_request));
  ASSERT_TRUE(credential);
  EXPECT_EQ(credential->response, "8ca523f5e9506fed4657c9700eebdbec");
}

TEST(DigestClient, WithoutQopAnswersAsRfc2069) {   // the check value of rem 4.9 row 16
  const auto challenge = parse_digest_challenge("Digest realm=\"nrem\", nonce=\"0123456789abcdef\"");
  ASSERT_TRUE(challenge);
  EXPECT_EQ(digest_answer(*challenge, "cwmp", Secret("cwmp"), {.method = "POST", .uri = ""}),
            "Digest username=\"cwmp\", realm=\"nrem\", nonce=\"0123456789abcdef\", uri=\"\", response=\"b8a8574b0629d72e304412dd9bce2871\"");
}

TEST(DigestClient, RefusesChallengesItCannotAnswer) {
  for (const auto* field : {"Basic realm=\"x\"", "Digest realm=\"x\"", "Digest nonce=\"x\"", "Digest realm=\"x\", nonce=\"y\", qop=\"auth-int\"",
                            "Digest realm=\"x\", nonce=\"y\", algorithm=MD5-sess", "Digest realm=\"x\", nonce=\"y\", algorithm=SHA-512-256",
                            "Digest realm=\"x\", nonce=\"", "Digest", ""}) {
    EXPECT_FALSE(parse_digest_challenge(field)) << field;
  }
  EXPECT_FALSE(choose_challenge({}));
}

TEST(DigestClient, SatisfiesOurServerAndCounts) {
  DigestAuthentication plain({.realm = "plain", .allow_md5 = true});
  const auto fields = plain.challenges(true);
  const auto challenge = choose_challenge(fields);
  ASSERT_TRUE(challenge);
  EXPECT_EQ(challenge->algorithm, DigestAlgorithm::sha_256);
  EXPECT_TRUE(challenge->is_stale);
  const Secret password("p");
  for (const std::uint32_t count : {1u, 2u, 0xABCu}) {
    const auto credential = parse_digest(digest_answer(*challenge, "u\"\\", password, {.method = "GET", .uri = "/a?b=c", .count = count}));
    ASSERT_TRUE(credential);
    EXPECT_EQ(credential->count, count);
    const auto ha1 = digest_ha1(DigestAlgorithm::sha_256, "u\"\\", "plain", "p");
    EXPECT_EQ(plain.judge(*credential, ha1, "GET", "/a?b=c"), DigestAuthentication::Verdict::good);
    EXPECT_EQ(plain.judge(*credential, ha1, "GET", "/a?b=c"), DigestAuthentication::Verdict::stale);
  }
}

}  // namespace
}  // namespace nscl::security
