// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nscl/base/bytes.h>
#include <nscl/security/credentials.h>

namespace nscl::security {
namespace {

TEST(Password, fits_its_own_verifier_only) {
  const auto verifier = hash_password("secret", 10);
  EXPECT_TRUE(verifier.starts_with("scrypt$1024$8$1$"));
  EXPECT_TRUE(verify_password("secret", verifier));
  for (const std::string_view wrong : {"", "Secret", "secret ", "secre"}) EXPECT_FALSE(verify_password(wrong, verifier)) << wrong;
  EXPECT_NE(verifier, hash_password("secret", 10));
  EXPECT_EQ(verifier.find("secret"), verifier.npos);
}

TEST(Password, the_default_cost) {
  const auto verifier = hash_password("secret");
  EXPECT_TRUE(verifier.starts_with("scrypt$32768$8$1$"));
  EXPECT_TRUE(verify_password("secret", verifier));
}

TEST(Password, long_empty_and_foreign_ones) {
  for (const std::string& password : {std::string(), std::string(5000, 'x'), std::string("\xe2\x82\xac \xf0\x9f\x98\x80")})
    EXPECT_TRUE(verify_password(password, hash_password(password, 10)));
}

// RFC 7914, 12: its third vector has a hash of 64 octets; the first 32 of it are not those of a shorter one, so the
// one here was cut by the derivation's own rule: PBKDF2 output is a prefix.
TEST(Password, rfc_7914_vector) {
  const std::string salt = base64_encode("SodiumChloride");
  const std::string hash = base64_encode(std::string_view("\x70\x23\xbd\xcb\x3a\xfd\x73\x48\x46\x1c\x06\xcd\x81\xfd\x38\xeb"
                                                          "\xfd\xa8\xfb\xba\x90\x4f\x8e\x3e\xa9\xb5\x43\xf6\x54\x5d\xa1\xf2", 32));
  EXPECT_TRUE(verify_password("pleaseletmein", "scrypt$16384$8$1$" + salt + "$" + hash));
}

TEST(Password, malformed_verifiers_fit_nothing) {
  const std::string salt = base64_encode(std::string(16, 's')), hash = base64_encode(std::string(32, 'h'));
  const std::string tail = "$" + salt + "$" + hash;
  for (const std::string& verifier :
       {std::string(), std::string("secret"), std::string("$$$$$"), std::string("scrypt$1024$8$1"), "scrypt$1024$8$1$" + salt, "bcrypt$1024$8$1" + tail,
        "scrypt$512$8$1" + tail, "scrypt$2097152$8$1" + tail, "scrypt$1023$8$1" + tail, "scrypt$0$8$1" + tail, "scrypt$-1024$8$1" + tail,
        "scrypt$1024$0$1" + tail, "scrypt$1024$17$1" + tail, "scrypt$1024$8$0" + tail, "scrypt$1024$8$5" + tail, "scrypt$99999999999999999999$8$1" + tail,
        "scrypt$1048576$16$4" + tail, "scrypt$1024$8$1$*$" + hash, "scrypt$1024$8$1$" + salt + "$*", "scrypt$1024$8$1$" + salt + "$",
        "scrypt$1024$8$1$" + salt + "$" + base64_encode("short"), "scrypt$1024$8$1$c2hvcnQ=$" + hash, "scrypt$1024$8$1" + tail + "$x", " scrypt$1024$8$1" + tail})
    EXPECT_FALSE(verify_password("", verifier)) << verifier;
}

TEST(Password, cost_is_bounded) {
  EXPECT_THROW(hash_password("x", 9), std::invalid_argument);
  EXPECT_THROW(hash_password("x", 21), std::invalid_argument);
  EXPECT_THROW(hash_password("x", 64 + 15), std::invalid_argument);
}

}  // namespace
}  // namespace nscl::security
