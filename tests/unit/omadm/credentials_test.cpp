// SPDX-License-Identifier: Apache-2.0
// Credentials of OMA-DM against the check values of rem.md 3.4.
#include <gtest/gtest.h>

#include <nscl/base/bytes.h>
#include <nscl/rem/omadm/credentials.h>

#include "omadm_support.h"

namespace nscl::rem::omadm {
namespace {

Secret funambol() { return digest_of("funambol", Secret("funambol")); }

TEST(DmCredentials, md5IsThatOfTheSpecification) {
  EXPECT_EQ(md5_data(digest_of("Bruce2", Secret("OhBehave")), "Nonce"), "Zz6EivR3yeaaENcRN6lpAQ==");
  EXPECT_EQ(md5_data(funambol(), "nonce-one"), "2fBkriCB5EH9sZ0o5NWOTA==");
  EXPECT_EQ(md5_data(server_digest(), ""), "Lx7CSZp0iHRedCEbryGJuw==");
  EXPECT_EQ(md5_data(server_digest(), "gIvpIDBcn1U="), "rruYea5no+KNRObopc7Twg==");
}

TEST(DmCredentials, aMacDependsOnNonceAndEachOctetOfTheBody) {
  const auto digest = server_digest();
  const auto mac = mac_data(digest, "n", "body");
  // By hand: MD5 of "digest:n:" and the base64 of the MD5 of the body
  EXPECT_EQ(mac, "5SVRrnqIkDw5m3llhgQqFQ==");
  EXPECT_NE(mac_data(digest, "m", "body"), mac);
  EXPECT_NE(mac_data(digest, "n", "bodY"), mac);
  EXPECT_NE(mac_data(funambol(), "n", "body"), mac);
  EXPECT_EQ(mac_data(digest, "n", "body", true), "X33e6guPSYlP9n+X176FIQ==");
}

TEST(DmCredentials, basicIsReadAsItIsWritten) {
  EXPECT_EQ(basic_data("funambol", Secret("a:b")).view(), base64_encode("funambol:a:b"));
  const auto read = read_basic(basic_data("funambol", Secret("a:b")).view());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->name, "funambol");
  EXPECT_EQ(read->password.view(), "a:b");
  EXPECT_EQ(read_basic(base64_encode(":"))->name, "");
  for (const auto& data : {std::string("no base64"), base64_encode("nocolon"), std::string(), base64_encode("u:" + std::string(1024, 'p'))})
    EXPECT_FALSE(read_basic(data)) << data;
}

TEST(DmCredentials, theHeaderOfAMacIsReadInWhateverForm) {
  for (const char* text : {"algorithm=MD5, username=\"Robert, Jr\", mac=NTI2OTJhMDAwNjYxODkwYmQ3NWUxN2RhN2ZmYmJlMzk=",
                           " mac=\"NTI2OTJhMDAwNjYxODkwYmQ3NWUxN2RhN2ZmYmJlMzk=\",username=\"Robert, Jr\"", "Algorithm=md5,Mac=NTI2OTJhMDAwNjYxODkwYmQ3NWUxN2RhN2ZmYmJlMzk= ,"
                                                                                                           "other=x, USERNAME = \"Robert, Jr\" "}) {
    const auto header = read_hmac(text);
    ASSERT_TRUE(header) << text;
    EXPECT_EQ(header->user, "Robert, Jr");
    EXPECT_EQ(header->mac, "NTI2OTJhMDAwNjYxODkwYmQ3NWUxN2RhN2ZmYmJlMzk=");
  }
  const HmacHeader own{.user = "nscl", .mac = "5SVRrnqIkDw5m3llhgQqFQ=="};
  const auto again = read_hmac(write_hmac(own));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->user, own.user);
  EXPECT_EQ(again->mac, own.mac);
}

TEST(DmCredentials, aHeaderThatIsNoneIsRefused) {
  for (const std::string& text :
       {std::string(), std::string("algorithm=MD5"), std::string("username=u, mac="), std::string("mac=x, username=\"u"), std::string("algorithm=SHA1, username=u, mac=x"),
        std::string("username=u, username=v, mac=x"), std::string("username=\"u\" mac=x"), std::string("username=u\n, mac=\x01"), "username=u, mac=" + std::string(1024, 'x')})
    EXPECT_FALSE(read_hmac(text)) << text;
}

TEST(DmCredentials, noncesAreFresh) {
  EXPECT_EQ(fresh_nonce().size(), 16u);
  EXPECT_NE(fresh_nonce(), fresh_nonce());
}

}  // namespace
}  // namespace nscl::rem::omadm
