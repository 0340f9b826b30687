// SPDX-License-Identifier: Apache-2.0
// Tickets: they spare a handshake with the key, and hold no longer than it does. T8, T9.
#include <gtest/gtest.h>

#include "tls_client.h"
#include "tls_tickets.h"

namespace nscl::net::test {
namespace {

class TlsTickets : public testing::TestWithParam<int> {
 protected:
  TlsClientOptions options_with(SSL_SESSION* session) const {
    TlsClientOptions options;
    options.version = GetParam();
    options.session = session;
    return options;
  }
  SslSessionPtr ticket_of(const Server& from) {
    TlsClient client{from, options_with(nullptr)};
    EXPECT_EQ(client.ask(request("GET", "/a")).status, 200u);
    auto ticket = client.ticket();
    EXPECT_TRUE(ticket);
    return ticket;
  }
  /// What the server says of who comes with the ticket and the key; empty if the handshake failed.
  std::string said_to(const Server& to, SSL_SESSION* session) {
    TlsClient client{to, options_with(session)};
    return client.ask(request("GET", "/tls")).body;
  }
  static bool is_resumed(const std::string& said) { return said.ends_with(" resumed"); }

  std::shared_ptr<Keys> keys = std::make_shared<Keys>();
  Server server{psk_options(), keys};
};
INSTANTIATE_TEST_SUITE_P(Versions, TlsTickets, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& version) { return version.param == TLS1_3_VERSION ? "1_3" : "1_2"; });

TEST_P(TlsTickets, ResumeWithTheIdentityTheyWereGivenTo) {
  auto ticket = ticket_of(server);
  for (int i = 0; i < 3; ++i) {   // the session that was resumed gives the next ticket
    TlsClient client{server, options_with(ticket.get())};
    const auto said = client.ask(request("GET", "/tls")).body;
    EXPECT_TRUE(said.starts_with("dev1 scls/dev1 TLSv1.")) << said;
    EXPECT_TRUE(is_resumed(said)) << said;
    ticket = client.ticket();
    ASSERT_TRUE(ticket);
  }
}

TEST_P(TlsTickets, T8_NotAfterRevocation) {
  const auto ticket = ticket_of(server);
  keys->revoke("dev1");
  EXPECT_EQ(said_to(server, ticket.get()), "");
  EXPECT_EQ(server.figures().requests, 1u);
}

TEST_P(TlsTickets, T8_NotWithAnotherGenerationOfTheKey) {
  const auto ticket = ticket_of(server);
  keys->add("dev1", Keys::key, 2);
  const auto said = said_to(server, ticket.get());
  EXPECT_TRUE(said.starts_with("dev1 ")) << "the key itself still serves: " << said;
  EXPECT_FALSE(is_resumed(said)) << said;
}

TEST_P(TlsTickets, T8_NotAfterTheKeysEnd) {
  const auto end = std::chrono::system_clock::now() + std::chrono::milliseconds{400};
  keys->add("dev1", Keys::key, 1, end);
  const auto ticket = ticket_of(server);
  std::this_thread::sleep_until(end);
  EXPECT_FALSE(is_resumed(said_to(server, ticket.get())));
}

TEST_P(TlsTickets, T8_NotOnAnotherListener) {
  const auto ticket = ticket_of(server);
  Server other{psk_options(), keys};
  const auto said = said_to(other, ticket.get());
  EXPECT_TRUE(said.starts_with("dev1 ")) << said;
  EXPECT_FALSE(is_resumed(said)) << said;
  EXPECT_TRUE(is_resumed(said_to(server, ticket.get())));
}

TEST_P(TlsTickets, T8_NotWithAFlippedOctet) {
  const auto ticket = ticket_of(server);
  int size = i2d_SSL_SESSION(ticket.get(), nullptr);
  std::string encoded(static_cast<std::size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(encoded.data());
  i2d_SSL_SESSION(ticket.get(), &out);
  const unsigned char* octets = nullptr;
  std::size_t length = 0;
  SSL_SESSION_get0_ticket(ticket.get(), &octets, &length);
  const auto at = encoded.find(std::string(reinterpret_cast<const char*>(octets), length));
  ASSERT_NE(at, std::string::npos);
  for (const std::size_t offset : {std::size_t{0}, std::size_t{20}, length / 2, length - 1}) {
    auto changed = encoded;
    changed[at + offset] = static_cast<char>(changed[at + offset] ^ 1);
    const auto* in = reinterpret_cast<const unsigned char*>(changed.data());
    const SslSessionPtr session(d2i_SSL_SESSION(nullptr, &in, static_cast<long>(changed.size())));
    ASSERT_TRUE(session);
    const auto said = said_to(server, session.get());
    EXPECT_TRUE(said.starts_with("dev1 ")) << offset << said;
    EXPECT_FALSE(is_resumed(said)) << offset << said;
  }
}

TEST_P(TlsTickets, T8_NotAfterTwoNewTicketKeys) {
  const auto ticket = ticket_of(server);
  server.listener().renew_ticket_keys();
  EXPECT_TRUE(is_resumed(said_to(server, ticket.get())));
  server.listener().renew_ticket_keys();
  EXPECT_FALSE(is_resumed(said_to(server, ticket.get())));
}

TEST_P(TlsTickets, NotAfterAReload) {
  const auto ticket = ticket_of(server);
  server.listener().reload_tls(psk_options().tls);
  const auto said = said_to(server, ticket.get());
  EXPECT_TRUE(said.starts_with("dev1 ")) << said;
  EXPECT_FALSE(is_resumed(said)) << said;
}

TEST_P(TlsTickets, CanBeOff) {
  auto options = psk_options();
  options.tls.tickets = 0;
  Server without{options, keys};
  TlsClient client{without, options_with(nullptr)};
  EXPECT_EQ(client.ask(request("GET", "/a")).status, 200u);
  EXPECT_FALSE(client.ticket());
}

TEST(TlsEarlyData, T9_IsNotTaken) {
  Server server{psk_options(), std::make_shared<Keys>()};
  TlsClient first{server};
  EXPECT_EQ(first.ask(request("GET", "/a")).status, 200u);
  const auto ticket = first.ticket();
  ASSERT_TRUE(ticket);
  EXPECT_EQ(SSL_SESSION_get_max_early_data(ticket.get()), 0u);
  SSL_SESSION_set_max_early_data(ticket.get(), 1000);   // what an attacker would do
  TlsClientOptions options;
  options.session = ticket.get();
  options.early_data = request("GET", "/early");
  TlsClient client{server, options};
  ASSERT_TRUE(client.is_open());
  EXPECT_EQ(SSL_get_early_data_status(client.ssl()), SSL_EARLY_DATA_REJECTED);
  EXPECT_EQ(client.ask(request("GET", "/late")).body, "/late");
  EXPECT_FALSE(server.handler.has_handled("GET /early"));
}

TEST(TicketKeys, AreRenewedByTheClock) {
  TicketKeys keys;
  const auto begin = TicketKeys::Clock::now();
  unsigned char name[16], iv[EVP_MAX_IV_LENGTH];
  const std::unique_ptr<EVP_CIPHER_CTX, ReleasedBy<EVP_CIPHER_CTX_free>> cipher(EVP_CIPHER_CTX_new());
  const std::unique_ptr<EVP_MAC, ReleasedBy<EVP_MAC_free>> hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  const std::unique_ptr<EVP_MAC_CTX, ReleasedBy<EVP_MAC_CTX_free>> mac(EVP_MAC_CTX_new(hmac.get()));
  const auto seal = [&](auto after) { return keys.set_up(name, iv, cipher.get(), mac.get(), true, begin + after); };
  const auto open = [&](auto after) { return keys.set_up(name, iv, cipher.get(), mac.get(), false, begin + after); };
  using std::chrono::hours;
  EXPECT_EQ(seal(hours{0}), 1);
  EXPECT_EQ(open(hours{11}), 1);
  EXPECT_EQ(open(hours{13}), 2) << "good for opening until the next but one";
  EXPECT_EQ(open(hours{23}), 2);
  EXPECT_EQ(open(hours{25}), 0);
  EXPECT_EQ(seal(hours{25}), 1);
  EXPECT_EQ(open(hours{100}), 0) << "also if nobody asked for long";
}

}  // namespace
}  // namespace nscl::net::test
