// SPDX-License-Identifier: Apache-2.0
// Pre-shared keys: who gets in, who does not, and that who does not learns nothing. T1 to T7, T11.
#include <gtest/gtest.h>

#include <algorithm>

#include "tls_client.h"

namespace nscl::net::test {
namespace {

/// TLS 1.2 and 1.3.
class TlsPsk : public testing::TestWithParam<int> {
 protected:
  TlsClientOptions with(std::string identity, std::string key = Keys::key) const {
    TlsClientOptions options;
    options.version = GetParam();
    options.identity = std::move(identity);
    options.key = std::move(key);
    return options;
  }
  /// Alert that ends the handshake; -1 if there was none, or no failure.
  int alert_of(const TlsClientOptions& options) {
    TlsClient client{server, options};
    // In TLS 1.3 the client ends first, and learns of the failure when it reads.
    const bool is_served = client.is_open() && client.ask(request("GET", "/a")).status != 0;
    return is_served ? -1 : client.alert();
  }

  std::shared_ptr<Keys> keys = std::make_shared<Keys>();
  Server server{psk_options(), keys};
};
INSTANTIATE_TEST_SUITE_P(Versions, TlsPsk, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& version) { return version.param == TLS1_3_VERSION ? "1_3" : "1_2"; });

TEST_P(TlsPsk, ServesWhoHasTheKey) {
  TlsClient client{server, with("dev1")};
  ASSERT_TRUE(client.is_open());
  EXPECT_EQ(client.ask(request("GET", "/a")).body, "/a");
  EXPECT_EQ(client.ask(request("POST", "/echo", "", "content")).body, "content");
  EXPECT_EQ(client.ask(request("GET", "/tls")).body,
            GetParam() == TLS1_3_VERSION ? "dev1 scls/dev1 TLSv1.3 TLS_AES_128_GCM_SHA256" : "dev1 scls/dev1 TLSv1.2 ECDHE-PSK-CHACHA20-POLY1305");
  EXPECT_EQ(keys->used(), std::vector<std::string>{"dev1"});
}

TEST_P(TlsPsk, T1_T2_T3_AWrongKeyLooksLikeAnUnknownIdentity) {
  keys->add("gone", Keys::key);
  keys->revoke("gone");
  const int wrong_key = alert_of(with("dev1", "0123456789abcdeX"));
  EXPECT_EQ(wrong_key, GetParam() == TLS1_3_VERSION ? SSL_AD_ILLEGAL_PARAMETER : SSL_AD_BAD_RECORD_MAC);
  EXPECT_EQ(alert_of(with("dev2")), wrong_key);
  EXPECT_EQ(alert_of(with("gone")), wrong_key);
  EXPECT_TRUE(keys->used().empty());
  EXPECT_EQ(server.figures().requests, 0u);
}

TEST_P(TlsPsk, T3_AKeyRevokedDuringTheHandshakeIsNoneAnyMore) {
  keys->revoke_after_find();
  TlsClient client{server, with("dev1")};
  EXPECT_EQ(client.ask(request("GET", "/a")).status, 0u);
  EXPECT_EQ(server.figures().requests, 0u);
  EXPECT_TRUE(keys->used().empty());
}

TEST_P(TlsPsk, T4_HostileIdentities) {
  const int wrong_key = alert_of(with("dev1", "0123456789abcdeX"));
  for (const std::string& identity : {std::string("dev1 "), std::string("DEV1"), std::string("dev1\r\nX"), std::string("%n%s%n"),
                                      std::string("' OR 1=1--"), std::string("\xff\xfe\xc0"), std::string(128, 'a')})
    EXPECT_EQ(alert_of(with(identity)), wrong_key) << testing::PrintToString(identity);
  for (const std::size_t size : {129u, 250u}) EXPECT_GT(alert_of(with(std::string(size, 'a'))), 0) << size;
  EXPECT_TRUE(keys->used().empty());
}

TEST_P(TlsPsk, T7_WithoutAKeyThereIsNoSession) {
  auto options = with("");
  options.offers_key = false;
  EXPECT_EQ(alert_of(options), SSL_AD_HANDSHAKE_FAILURE);
}

TEST(TlsPsk13, T4_LongIdentitiesAndThoseWithNul) {
  const auto keys = std::make_shared<Keys>();
  Server server{psk_options(), keys};
  for (const std::string& identity : {std::string("dev1\0x", 6), std::string("dev1\0", 5), std::string(60'000, 'a')}) {
    TlsClientOptions options;
    options.identity = identity;
    TlsClient client{server, options};
    EXPECT_FALSE(client.is_open() && client.ask(request("GET", "/a")).status != 0) << identity.size();
    const auto asked = keys->asked();
    EXPECT_NE(std::find(asked.begin(), asked.end(), identity), asked.end()) << "it is asked for as it came";
  }
  EXPECT_TRUE(keys->used().empty());
}

TEST(TlsPsk13, T6_AKeyOfAnotherHashIsNone) {
  Server server{psk_options(), std::make_shared<Keys>()};
  TlsClientOptions options;
  options.is_key_of_sha384 = true;
  TlsClient client{server, options};
  EXPECT_FALSE(client.is_open() && client.ask(request("GET", "/a")).status != 0);
}

TEST(TlsPsk12, SuitesWithoutForwardSecrecyMustBeAllowed) {
  for (const char* suite : {"PSK-AES128-GCM-SHA256", "PSK-AES128-CCM", "PSK-AES128-CBC-SHA256"}) {
    TlsClientOptions client_options;
    client_options.version = TLS1_2_VERSION;
    client_options.suites = suite;
    Server strict{psk_options(), std::make_shared<Keys>()};
    TlsClient refused{strict, client_options};
    EXPECT_FALSE(refused.is_open());
    EXPECT_EQ(refused.alert(), SSL_AD_HANDSHAKE_FAILURE);
    auto options = psk_options();
    options.tls.allow_no_forward_secrecy = true;
    Server lax{options, std::make_shared<Keys>()};
    TlsClient client{lax, client_options};
    EXPECT_EQ(client.ask(request("GET", "/tls")).body, std::string("dev1 scls/dev1 TLSv1.2 ") + suite);
  }
}

TEST(TlsPsk12, EverySuiteOfTheDefault) {
  Server server{psk_options(), std::make_shared<Keys>()};
  for (const char* suite : {"ECDHE-PSK-CHACHA20-POLY1305", "ECDHE-PSK-AES128-CBC-SHA256", "ECDHE-PSK-AES256-CBC-SHA384"}) {
    TlsClientOptions options;
    options.version = TLS1_2_VERSION;
    options.suites = suite;
    TlsClient client{server, options};
    EXPECT_EQ(client.ask(request("GET", "/tls")).body, std::string("dev1 scls/dev1 TLSv1.2 ") + suite);
  }
}

TEST(TlsPsk12, TheHintIsShown) {
  auto options = psk_options();
  options.tls.psk_hint = "sp.example";
  Server server{options, std::make_shared<Keys>()};
  TlsClientOptions client_options;
  client_options.version = TLS1_2_VERSION;
  TlsClient client{server, client_options};
  ASSERT_TRUE(client.is_open());
  EXPECT_STREQ(SSL_get_psk_identity_hint(client.ssl()), "sp.example");
}

TEST(TlsPsk12, T11_OldVersionsAndWeakSuitesAreRefused) {
  Server server{psk_options(), std::make_shared<Keys>()};
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    TlsClientOptions options;
    options.version = version;
    TlsClient client{server, options};
    EXPECT_FALSE(client.is_open());
    EXPECT_EQ(client.alert(), SSL_AD_PROTOCOL_VERSION);
  }
  for (const char* suite : {"PSK-NULL-SHA256", "ECDHE-PSK-NULL-SHA256", "AECDH-AES128-SHA", "DHE-PSK-AES128-GCM-SHA256", "RSA-PSK-AES128-GCM-SHA256"}) {
    TlsClientOptions options;
    options.version = TLS1_2_VERSION;
    options.suites = std::string(suite) + ":@SECLEVEL=0";
    TlsClient client{server, options};
    EXPECT_FALSE(client.is_open()) << suite;
    EXPECT_EQ(client.alert(), SSL_AD_HANDSHAKE_FAILURE) << suite;
  }
}

TEST(TlsPsk13, AGroupTriedInVainIsTriedAgain) {
  Server server{psk_options(), std::make_shared<Keys>()};
  TlsClientOptions options;
  options.groups = "P-384:P-256";
  TlsClient client{server, options};
  EXPECT_TRUE(client.ask(request("GET", "/tls")).body.starts_with("dev1 "));
  options.groups = "P-384";
  EXPECT_FALSE((TlsClient{server, options}.is_open()));
}

TEST(TlsPskOptions, ThatContradictEachOtherAreRefused) {
  Handler handler;
  boost::asio::io_context context{1};
  auto options = psk_options();
  options.port = 0;
  EXPECT_THROW(Listener({&context}, options, handler), std::runtime_error) << "nobody to ask";
  const auto keys = std::make_shared<Keys>();
  EXPECT_NO_THROW(Listener({&context}, options, handler, keys));
  options.tls.certificate = "certificate.pem";
  EXPECT_THROW(Listener({&context}, options, handler, keys), std::runtime_error);
}

}  // namespace
}  // namespace nscl::net::test
