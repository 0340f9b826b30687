// SPDX-License-Identifier: Apache-2.0
// HTTP Digest: the field, the arithmetic by the examples of RFC 7616, nonces and their counts.
#include <gtest/gtest.h>

#include <nscl/base/bytes.h>
#include <nscl/security/digest_authentication.h>

#include "auth_params.h"

namespace nscl::security {
namespace {

using namespace std::chrono_literals;
using Verdict = DigestAuthentication::Verdict;

// RFC 7616 3.9.1
const std::string example_nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
std::string example(const std::string& algorithm, const std::string& response) {
  return "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", algorithm=" + algorithm + ", nonce=\"" +
         example_nonce + "\", nc=00000001, cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"" + response +
         "\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
}
const std::string sha_256_response = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
                  md5_response = "8ca523f5e9506fed4657c9700eebdbec";

TEST(Digest, ComputesTheExamplesOfTheRfc) {
  for (const auto& [name, algorithm, response] :
       {std::tuple{"SHA-256", DigestAlgorithm::sha_256, sha_256_response}, {"MD5", DigestAlgorithm::md5, md5_response}}) {
    const auto credential = parse_digest(example(name, response));
    ASSERT_TRUE(credential) << name;
    EXPECT_EQ(credential->algorithm, algorithm);
    const auto ha1 = digest_ha1(algorithm, "Mufasa", "http-auth@example.org", "Circle of Life");
    EXPECT_EQ(ha1.size(), size_of(algorithm));
    EXPECT_EQ(digest_response(*credential, ha1, "GET"), response);
    EXPECT_NE(digest_response(*credential, ha1, "PUT"), response);
  }
}

TEST(Digest, ReadsTheField) {
  const auto found = parse_digest(
      "dIGEST  USERNAME=\"a \\\"b\\\\\" ,\tRealm = "
      "\"r\",nonce=\"n\",uri=\"/x?y=1,2\",qop=\"auth\",nc=0000ABcd,cnonce=\"c\",algorithm=sha-256,x=y,userhash=false,"
      "response=\"" +
      sha_256_response + "\"");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user, "a \"b\\");
  EXPECT_EQ(found->realm, "r");
  EXPECT_EQ(found->uri, "/x?y=1,2");
  EXPECT_EQ(found->nc, "0000ABcd");
  EXPECT_EQ(found->count, 0xABCDu);
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto place = text.find(what);
  EXPECT_NE(place, text.npos) << what;
  return text.replace(place, what.size(), by);
}

TEST(Digest, RefusesWhatIsNotOfTheForm) {
  const auto good = example("SHA-256", sha_256_response);
  ASSERT_TRUE(parse_digest(good));
  const std::pair<const char*, const char*> changes[] = {{"Digest ", "Basic "},
                                                         {"Digest ", "Digest"},
                                                         {"Digest ", "Digest ,"},
                                                         {"username=\"Mufasa\", ", ""},
                                                         {"username", "username*"},
                                                         {"username=\"Mufasa\"", "username=Mufasa"},
                                                         {"username=\"Mufasa\"", "username=\"\""},
                                                         {"username=\"Mufasa\"", "username=\"Mufasa"},
                                                         {"username=\"Mufasa\"", "username=\"\x01\""},
                                                         {"username=\"Mufasa\"", "username=\"\xff\""},
                                                         {"qop=auth,", ""},
                                                         {"qop=auth", "qop=auth-int"},
                                                         {"qop=auth", "qop=\"auth,auth-int\""},
                                                         {"nc=00000001", "nc=1"},
                                                         {"nc=00000001", "nc=0000000g"},
                                                         {"nc=00000001", "nc=000000001"},
                                                         {"nc=00000001, ", ""},
                                                         {"SHA-256", "SHA-256-sess"},
                                                         {"SHA-256", "SHA-512-256"},
                                                         {"SHA-256", "MD5"},
                                                         {"753927fa", "753927FA"},
                                                         {"753927fa", ""},
                                                         {"753927fa", "753927fg"},
                                                         {"opaque", "realm"},
                                                         {"opaque", "REALM"},
                                                         {", opaque", ",, opaque"},
                                                         {", opaque", " opaque"},
                                                         {"opaque=", "opaque"},
                                                         {"opaque", "userhash=true, opaque"},
                                                         {"cnonce", "conce"},
                                                         {"uri=\"/dir/index.html\", ", ""},
                                                         {"opaque=\"", "opaque=\"\\"}};
  for (const auto& [what, by] : changes) {
    const bool is_harmless = std::string_view(by) == "opaque=\"\\";   // an escaped letter is the letter
    EXPECT_EQ(parse_digest(replaced(good, what, by)).has_value(), is_harmless) << what << " -> " << by;
  }
  EXPECT_FALSE(parse_digest(good + ","));
  EXPECT_FALSE(parse_digest(good + ", y=\"" + std::string(4096, 'y') + "\""));
  std::string many = good;
  for (int i = 0; i < 20; ++i) many += ", p" + std::to_string(i) + "=1";
  EXPECT_FALSE(parse_digest(many));
}

class DigestJudge : public testing::Test {
 protected:
  /// What a client sends for a challenge of its own.
  DigestCredential answer(const std::string& nonce, std::uint32_t count, DigestAlgorithm algorithm = DigestAlgorithm::sha_256) {
    DigestCredential credential{.algorithm = algorithm,
                                .user = "meter",
                                .realm = "nscl",
                                .nonce = nonce,
                                .uri = "/m2m?a=b",
                                .cnonce = "c",
                                .nc = "0000000" + std::to_string(count),
                                .count = count,
                                .response = ""};
    credential.response = digest_response(credential, ha1(algorithm), "PUT");
    return credential;
  }
  static Secret ha1(DigestAlgorithm algorithm) { return digest_ha1(algorithm, "meter", "nscl", "secret"); }
  Verdict judge(const DigestCredential& credential, std::string_view method = "PUT", std::string_view uri = "/m2m?a=b") {
    return authentication.judge(credential, ha1(credential.algorithm), method, uri, now);
  }
  std::string nonce() {
    const auto challenge = authentication.challenges(false, now).front();
    const auto begin = challenge.find("nonce=\"") + 7;
    return challenge.substr(begin, challenge.find('"', begin) - begin);
  }
  DigestAuthentication::Clock::time_point now = DigestAuthentication::Clock::now();
  DigestAuthentication authentication{{.nonces = 3}};
};

TEST_F(DigestJudge, TakesEachCountOnce) {
  const auto made = nonce();
  EXPECT_EQ(judge(answer(made, 1)), Verdict::good);
  EXPECT_EQ(judge(answer(made, 1)), Verdict::stale);
  EXPECT_EQ(judge(answer(made, 3)), Verdict::good) << "counts may be left out";
  EXPECT_EQ(judge(answer(made, 2)), Verdict::good) << "and come late";
  EXPECT_EQ(judge(answer(made, 2)), Verdict::stale);
  EXPECT_EQ(judge(answer(made, 0)), Verdict::stale);
}

TEST_F(DigestJudge, IsForOneRequestAndOnePassword) {
  const auto made = nonce();
  EXPECT_EQ(judge(answer(made, 1), "GET"), Verdict::wrong);
  EXPECT_EQ(judge(answer(made, 1), "PUT", "/m2m?a=c"), Verdict::wrong);
  auto other = answer(made, 1);
  other.realm = "other";
  other.response = digest_response(other, ha1(other.algorithm), "PUT");
  EXPECT_EQ(judge(other), Verdict::wrong);
  EXPECT_EQ(authentication.judge(answer(made, 1), digest_ha1(DigestAlgorithm::sha_256, "meter", "nscl", "Secret"), "PUT", "/m2m?a=b", now),
            Verdict::wrong);
  EXPECT_EQ(judge(answer(made, 1)), Verdict::good) << "what was wrong has used nothing up";
}

TEST_F(DigestJudge, NoncesEndAndAreOurs) {
  const auto made = nonce();
  now += 300s;
  EXPECT_EQ(judge(answer(made, 1)), Verdict::good);
  now += 1ms;
  EXPECT_EQ(judge(answer(made, 2)), Verdict::stale);
  for (std::string foreign : {std::string("n"), std::string(48, '0'), nonce() + "0", nonce().substr(0, 47), example_nonce})
    EXPECT_EQ(judge(answer(foreign, 1)), Verdict::stale) << foreign;
  auto forged = nonce();
  forged[3] = forged[3] == '0' ? '1' : '0';
  EXPECT_EQ(judge(answer(forged, 1)), Verdict::stale);
  DigestAuthentication other{{}};
  EXPECT_EQ(other.judge(answer(nonce(), 1), ha1(DigestAlgorithm::sha_256), "PUT", "/m2m?a=b", now), Verdict::stale) << "of another process";
}

TEST_F(DigestJudge, MemoryIsBoundedAndNothingIsReplayedForIt) {
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) made.push_back(nonce());
  const auto unused = made.back();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(judge(answer(made[static_cast<std::size_t>(i)], 1)), Verdict::good) << i;
  EXPECT_EQ(judge(answer(made[0], 1)), Verdict::stale) << "its counts had to go";
  EXPECT_EQ(judge(answer(made[0], 2)), Verdict::stale);
  EXPECT_EQ(judge(answer(made[3], 2)), Verdict::good);
  EXPECT_EQ(judge(answer(unused, 1)), Verdict::good) << "made after those";
}

TEST_F(DigestJudge, Md5IsForThoseWhoAllowIt) {
  EXPECT_EQ(authentication.challenges(false, now).size(), 1u);
  EXPECT_EQ(judge(answer(nonce(), 1, DigestAlgorithm::md5)), Verdict::wrong);
  DigestAuthentication lenient{{.allow_md5 = true}};
  const auto challenges = lenient.challenges(true, now);
  ASSERT_EQ(challenges.size(), 2u);
  EXPECT_NE(challenges[0].find("algorithm=SHA-256"), std::string::npos);
  EXPECT_NE(challenges[1].find("algorithm=MD5"), std::string::npos);
  for (const auto& challenge : challenges) EXPECT_NE(challenge.find("stale=true"), std::string::npos);
  EXPECT_NE(challenges[0].substr(challenges[0].find("nonce=")), challenges[1].substr(challenges[1].find("nonce=")));
}

TEST_F(DigestJudge, NoTwoNoncesAreAlike) { EXPECT_NE(nonce(), nonce()); }

/// The form of RFC 2069, as it is still sent.
std::string old_form(const std::string& nonce, const std::string& uri, const std::string& response) {
  return "Digest username=\"cwmp\", realm=\"nrem\", nonce=\"" + nonce + "\", uri=\"" + uri + "\", response=\"" + response + "\"";
}

TEST(LenientDigest, ReadsWhatDevicesSend) {
  const auto plain = old_form("0123456789abcdef", "", "b8a8574b0629d72e304412dd9bce2871");
  EXPECT_FALSE(parse_digest(plain));
  const auto read = parse_digest(plain, DigestForm::lenient);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->nc.empty());
  EXPECT_EQ(digest_response(*read, digest_ha1(DigestAlgorithm::md5, "cwmp", "nrem", "cwmp"), "POST"), read->response);
  EXPECT_TRUE(parse_digest(replaced(plain, "\"cwmp\"", "cwmp"), DigestForm::lenient)) << "no quotes";
  EXPECT_EQ(parse_digest(replaced(plain, "b8a8", "B8A8"), DigestForm::lenient)->response, read->response);
  for (const auto& bad : {plain + ", qop=auth", plain + ", qop=auth-int, nc=00000001, cnonce=\"c\"", replaced(plain, "cwmp", ""), replaced(plain, "2871", "28"),
                          plain + ", userhash=true", plain + ", algorithm=MD5-sess"})
    EXPECT_FALSE(parse_digest(bad, DigestForm::lenient)) << bad;
}

TEST_F(DigestJudge, ALenientListenerTakesANonceAgainWhileItLives) {
  DigestAuthentication lenient{{.realm = "nrem", .allow_md5 = true, .allow_sha_256 = false, .is_lenient = true}};
  const auto challenges = lenient.challenges(false, now);
  ASSERT_EQ(challenges.size(), 1u);
  const auto at = challenges[0].find("nonce=\"") + 7;
  DigestCredential shown;
  shown.realm = "nrem";
  shown.nonce = challenges[0].substr(at, challenges[0].find('"', at) - at);
  const auto known = digest_ha1(DigestAlgorithm::md5, "cwmp", "nrem", "cwmp");
  shown.response = digest_response(shown, known, "POST");
  EXPECT_EQ(lenient.judge(shown, known, "POST", "/acs", now), Verdict::good);
  EXPECT_EQ(lenient.judge(shown, known, "POST", "/acs", now + 300s), Verdict::good);
  EXPECT_EQ(lenient.judge(shown, known, "POST", "/acs", now + 301s), Verdict::stale);
  EXPECT_EQ(lenient.judge(shown, known, "PUT", "/acs", now), Verdict::wrong);
  DigestAuthentication strict{{.realm = "nrem", .allow_md5 = true}};
  EXPECT_EQ(strict.judge(shown, known, "POST", "", now), Verdict::wrong) << "no qop";
}

}   // namespace
}   // namespace nscl::security
