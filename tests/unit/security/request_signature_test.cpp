// SPDX-License-Identifier: Apache-2.0
// Signed requests: the field, the octets by the test vector of docs/security.md, nonces.
#include <gtest/gtest.h>

#include <nscl/base/bytes.h>
#include <nscl/security/request_signature.h>

namespace nscl::security {
namespace {

using namespace std::chrono_literals;

const std::string mac = "c8956d8ed95870eaa944e991c1e5fd81cc892b99f4957478b66d7e8c9f3408df";
const std::string signature_field = "NSCL-HMAC id=meter-key,ts=1700000000,nonce=0123456789abcdef,mac=" + mac;

Secret vector_key() {
  Secret key(32);
  for (std::size_t i = 0; i < key.size(); ++i) key.data()[i] = static_cast<unsigned char>(i);
  return key;
}

TEST(RequestSignature, IsThatOfTheTestVector) {
  const auto credential = parse_signature(signature_field);
  ASSERT_TRUE(credential);
  const SignedRequest request{"POST", "/m2m/applications/meter/containers/c/contentInstances?x=%2F", "21.5"};
  EXPECT_EQ(hex_encode(signed_octets(*credential, request)),
            "000b4e53434c2d484d41432d3100096d657465722d6b65790004504f5354003b2f6d326d2f6170706c69636174696f6e732f6d657465722f636f6e74"
            "61696e6572732f632f636f6e74656e74496e7374616e6365733f783d2532460020a20fa123d4d8977782c80981ddbe6177a8d5ba294eaffd08a88669"
            "e246c371100008000000006553f100001030313233343536373839616263646566");
  EXPECT_EQ(signature_of(*credential, request, vector_key()), mac);
}

TEST(RequestSignature, CoversEverything) {
  const auto credential = parse_signature(signature_field);
  ASSERT_TRUE(credential);
  const SignedRequest request{"PUT", "/m2m/a?b", "body"};
  const auto of = [&](const SignatureCredential& by, const SignedRequest& what) { return signature_of(by, what, vector_key()); };
  const auto good = of(*credential, request);
  for (const auto& other : {SignedRequest{"POST", "/m2m/a?b", "body"},
                            {"PUT", "/m2m/a?c", "body"},
                            {"PUT", "/m2m/a", "?bbody"},
                            {"PUT", "/m2m/a?b", "Body"},
                            {"PUT", "/m2m/a?b", ""}})
    EXPECT_NE(of(*credential, other), good) << other.method << other.target << other.body;
  for (const char* change :
       {"NSCL-HMAC id=meter-kex,ts=1700000000,nonce=0123456789abcdef,mac=", "NSCL-HMAC id=meter-key,ts=1700000001,nonce=0123456789abcdef,mac=",
        "NSCL-HMAC id=meter-key,ts=1700000000,nonce=0123456789abcdeg,mac="})
    EXPECT_NE(of(*parse_signature(change + mac), request), good) << change;
}

TEST(RequestSignature, NamesTheTargetInOneForm) {
  for (const auto& [target, canonical] : {std::pair{"/m2m?x=1", "/m2m?x=1"},
                                          {"http://h:1/m2m?x=1", "/m2m?x=1"},
                                          {"HTTPS://h", "/"},
                                          {"http://h?x", "/?x"},
                                          {"*", "*"},
                                          {"/m2m?to=http://h/x", "/m2m?to=http://h/x"}})
    EXPECT_EQ(canonical_target(target), canonical) << target;
}

TEST(RequestSignature, RefusesWhatIsNotOfTheForm) {
  ASSERT_TRUE(parse_signature(signature_field));
  EXPECT_TRUE(parse_signature("nscl-hmac mac=\"" + mac + "\", nonce=\"0123456789abcdef\" , ts=\"1\", id=\"a,b=c\""));
  const auto with = [](const std::string& id, const std::string& ts, const std::string& nonce, const std::string& digest) {
    return "NSCL-HMAC id=" + id + ",ts=" + ts + ",nonce=" + nonce + ",mac=" + digest;
  };
  const std::string nonce(16, 'n');
  ASSERT_TRUE(parse_signature(with("i", "1", nonce, mac)));
  for (const auto& text :
       {with("", "1", nonce, mac), with("\"a b\"", "1", nonce, mac), with(std::string(129, 'i'), "1", nonce, mac), with("i", "-1", nonce, mac),
        with("i", "\"\"", nonce, mac), with("i", "1.5", nonce, mac), with("i", "9999999999999", nonce, mac), with("i", "1", nonce.substr(1), mac),
        with("i", "1", std::string(65, 'n'), mac), with("i", "1", nonce + "+", mac), with("i", "1", nonce, mac.substr(1)),
        with("i", "1", nonce, "A" + mac.substr(1)), with("i", "1", nonce, mac) + ",x=y", with("i", "1", nonce, mac) + ",id=j",
        std::string("NSCL-HMAC"), std::string("NSCL-HMAC "), std::string("NSCL-HMAC id=i,ts=1,nonce=") + nonce})
    EXPECT_FALSE(parse_signature(text)) << text;
}

TEST(RequestSignature, IsGoodForFiveMinutesAroundItsTime) {
  const auto credential = parse_signature(signature_field);
  const Time at{1700000000s};
  for (const auto& [difference, is_good] : {std::pair{0s, true}, {300s, true}, {-300s, true}, {301s, false}, {-301s, false}})
    EXPECT_EQ(is_timely(*credential, at + difference), is_good);
  EXPECT_FALSE(is_timely(*parse_signature("NSCL-HMAC id=i,ts=999999999999,nonce=0123456789abcdef,mac=" + mac), at));
}

class Nonces : public testing::Test {
 protected:
  SeenNonces::Verdict take(const std::string& id, const std::string& nonce) { return seen.take({id, 0, nonce, ""}, now); }
  Time now{1700000000s};
  SeenNonces seen{4, 3};
};

TEST_F(Nonces, AreTakenOnceByEachKey) {
  EXPECT_EQ(take("a", "1"), SeenNonces::Verdict::fresh);
  EXPECT_EQ(take("a", "1"), SeenNonces::Verdict::seen);
  EXPECT_EQ(take("b", "1"), SeenNonces::Verdict::fresh);
  now += 600s;
  EXPECT_EQ(take("a", "1"), SeenNonces::Verdict::seen) << "a signature five minutes ahead is good until now";
  now += 1us;
  EXPECT_EQ(take("a", "1"), SeenNonces::Verdict::fresh);
}

TEST_F(Nonces, AreBoundedAndNoneIsForgottenForIt) {
  for (const char* nonce : {"1", "2", "3"}) EXPECT_EQ(take("a", nonce), SeenNonces::Verdict::fresh);
  EXPECT_EQ(take("a", "4"), SeenNonces::Verdict::full) << "of one key";
  EXPECT_EQ(take("b", "1"), SeenNonces::Verdict::fresh);
  EXPECT_EQ(take("c", "1"), SeenNonces::Verdict::full) << "of all";
  EXPECT_EQ(take("a", "1"), SeenNonces::Verdict::seen);
  now += 601s;
  EXPECT_EQ(take("a", "4"), SeenNonces::Verdict::fresh);
}

}   // namespace
}   // namespace nscl::security
