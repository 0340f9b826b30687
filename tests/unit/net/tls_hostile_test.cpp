// SPDX-License-Identifier: Apache-2.0
// Peers that are slow, speak something else or too much. T10, T12, T13, T14, T20.
#include <gtest/gtest.h>

#include <algorithm>

#include <openssl/err.h>

#include "tls_client.h"

namespace nscl::net::test {
namespace {

using std::chrono::milliseconds;

class TlsHostile : public testing::Test {
 protected:
  void TearDown() override {
    TlsClient good{server};
    EXPECT_EQ(good.ask(request("GET", "/good")).body, "/good");
    EXPECT_EQ(server.figures().requests, expected_requests + 1);
  }

  Server server{psk_options(), std::make_shared<Keys>()};
  std::uint64_t expected_requests = 0;
};

TEST_F(TlsHostile, T12_WhatIsNotTlsGetsNoAnswerOfHttp) {
  std::string oversize("\x16\x03\x01\xff\xff", 5);
  oversize += std::string(65'535, 'x');
  std::string empty;
  for (int i = 0; i < 40; ++i) empty += std::string("\x16\x03\x01\x00\x00", 5);
  std::string noise;
  for (int i = 0; i < 4096; ++i) noise += static_cast<char>(i * 7919 >> 3);
  for (const std::string& octets : {request("GET", "/a"), std::string("SSH-2.0-OpenSSH_9.2\r\n"), noise, oversize, empty, std::string(1, '\0')}) {
    Client client{server};
    client.send(octets);
    client.finish_sending();
    EXPECT_EQ(client.drain().find("HTTP"), std::string::npos);
  }
}

TEST_F(TlsHostile, T11_AHelloOfSsl3IsRefused) {
  Client client{server};
  const std::string hello("\x16\x03\x00\x00\x2d\x01\x00\x00\x29\x03\x00", 11);
  client.send(hello + std::string(32, 'r') + std::string("\x00\x00\x02\x00\x8c\x01\x00", 7));
  const auto answer = client.drain();
  ASSERT_EQ(answer.size(), 7u);
  EXPECT_EQ(answer[0], 21) << "an alert";
  EXPECT_TRUE(answer[6] == SSL_AD_PROTOCOL_VERSION || answer[6] == SSL_AD_HANDSHAKE_FAILURE);
}

TEST(TlsSlow, T13_AHandshakeHasItsTime) {
  auto options = psk_options();
  options.tls.handshake_time = milliseconds{200};
  Server server{options, std::make_shared<Keys>()};
  Client silent{server}, dripping{server};
  const std::string hello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
  for (int i = 0; i < 500 && dripping.send(i < 11 ? hello.substr(static_cast<std::size_t>(i), 1) : "x"); ++i)
    std::this_thread::sleep_for(milliseconds{5});
  EXPECT_EQ(silent.drain(), "");
  EXPECT_EQ(dripping.drain(), "");
  EXPECT_EQ(server.figures().failed_handshakes, 2u);
  EXPECT_EQ(server.figures().handshakes, 0u);
  TlsClient slow_to_ask{server};
  std::this_thread::sleep_for(milliseconds{600});
  EXPECT_EQ(slow_to_ask.ask(request("GET", "/a")).body, "/a") << "its time is that of the handshake only";
}

TEST_F(TlsHostile, T10_RenegotiationIsRefused) {
  TlsClientOptions options;
  options.version = TLS1_2_VERSION;
  TlsClient client{server, options};
  EXPECT_EQ(client.ask(request("GET", "/a")).body, "/a");
  SSL_renegotiate(client.ssl());
  EXPECT_NE(SSL_do_handshake(client.ssl()), 1);
  EXPECT_EQ(client.alert(), SSL_AD_NO_RENEGOTIATION);
  ERR_clear_error();
  expected_requests = 1;
}

TEST_F(TlsHostile, T14_AFewKeyUpdatesAreFine) {
  TlsClient client{server};
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED), 1);
    ASSERT_EQ(client.ask(request("GET", "/a")).body, "/a");
  }
  expected_requests = 5;
}

TEST_F(TlsHostile, T14_AFloodOfKeyUpdatesEndsTheConnection) {
  TlsClient client{server};
  EXPECT_EQ(client.ask(request("GET", "/a")).body, "/a");
  int sent = 0;
  for (; sent < 1000; ++sent) {
    if (SSL_key_update(client.ssl(), SSL_KEY_UPDATE_NOT_REQUESTED) != 1 || SSL_do_handshake(client.ssl()) != 1) break;
  }
  client.send(request("GET", "/after"));
  EXPECT_EQ(client.receive().status, 0u);
  EXPECT_FALSE(server.handler.has_handled("GET /after"));
  ERR_clear_error();
  expected_requests = 1;
}

TEST_F(TlsHostile, T20_NamesOfServersAreIgnored) {
  for (const std::string& name : {std::string(255, 'a'), std::string("unknown.example")}) {
    TlsClientOptions options;
    options.server_name = name;
    TlsClient client{server, options};
    EXPECT_EQ(client.ask(request("GET", "/a")).status, 200u) << name;
  }
  expected_requests = 2;
}

TEST_F(TlsHostile, T20_ThereIsNoCompression) {
  TlsClientOptions options;
  options.version = TLS1_2_VERSION;
  TlsClient client{server, options};
  EXPECT_EQ(SSL_get_current_compression(client.ssl()), nullptr);
  EXPECT_EQ(client.ask(request("GET", "/a")).status, 200u);
  expected_requests = 1;
}

TEST(TlsLog, T4_FailuresAreToldOnOneLineEachAndNotTooOften) {
  Server server{psk_options(), std::make_shared<Keys>()};
  testing::internal::CaptureStderr();
  for (int i = 0; i < 100; ++i) {
    TlsClientOptions options;
    options.identity = "x\r\n\x1b[31m" + std::string(100, 'i') + "end";
    TlsClient client{server, options};
    client.drain();
  }
  const auto told = testing::internal::GetCapturedStderr();
  const auto lines = std::count(told.begin(), told.end(), '\n');
  EXPECT_GE(lines, 1);
  EXPECT_LT(lines, 100);
  EXPECT_NE(told.find("reason=\"binder does not verify\""), std::string::npos) << told;
  EXPECT_EQ(told.find('\x1b'), std::string::npos);
  EXPECT_EQ(told.find('\r'), std::string::npos);
  EXPECT_EQ(told.find("end"), std::string::npos) << "identities are cut";
  EXPECT_EQ(told.find(Keys::key), std::string::npos);
}

TEST(TlsNone, IsWhatAPlainListenerHas) {
  Server server;
  Client client{server};
  EXPECT_EQ(client.ask(request("GET", "/tls")).body, "no TLS");
  EXPECT_EQ(client.ask(request("GET", "/exported")).body, "none");
}

}  // namespace
}  // namespace nscl::net::test
