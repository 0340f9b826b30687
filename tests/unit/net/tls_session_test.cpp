// SPDX-License-Identifier: Apache-2.0
// HTTP over TLS: the same conversations, their ends, limits and memory. T16, T17, D1.
#include <gtest/gtest.h>

#include <malloc.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tls_client.h"

namespace nscl::net::test {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

template <class Condition>
bool becomes_true(Condition&& condition) {
  for (const auto end = Clock::now() + std::chrono::seconds{5}; Clock::now() < end;) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds{5});
  }
  return false;
}

class TlsSession : public testing::TestWithParam<int> {
 protected:
  TlsSession() { options.version = GetParam(); }

  std::shared_ptr<Keys> keys = std::make_shared<Keys>();
  Server server{psk_options(), keys};
  TlsClientOptions options;
};
INSTANTIATE_TEST_SUITE_P(Versions, TlsSession, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& version) { return version.param == TLS1_3_VERSION ? "1_3" : "1_2"; });

TEST_P(TlsSession, AnswersPipelinedRequestsInOrder) {
  TlsClient client{server, options};
  std::string all;
  for (int i = 0; i < 1000; ++i) all += request("GET", "/" + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(client.receive().body, "/" + std::to_string(i));
}

TEST_P(TlsSession, CarriesMebibytesBothWays) {
  options.receive_buffer = 4096;
  TlsClient client{server, options};
  const std::string body(1u << 20, 'z');
  EXPECT_EQ(client.ask(request("POST", "/echo", "", body)).body, body);
  client.send(request("POST", "/echo", "Transfer-Encoding: chunked\r\n") + "80000\r\n" + body.substr(0, 0x80000) + "\r\n0\r\n\r\n");
  EXPECT_EQ(client.receive().body, body.substr(0, 0x80000));
  EXPECT_EQ(client.ask(request("GET", "/big")).body.size(), 1u << 20);
}

TEST_P(TlsSession, TakesOctetsOneByOne) {
  TlsClient client{server, options};
  for (const char octet : request("POST", "/echo", "", "abc")) client.send({&octet, 1});
  EXPECT_EQ(client.receive().body, "abc");
}

TEST_P(TlsSession, T16_ACutBodyIsNoRequest) {
  {
    TlsClient client{server, options};
    client.send(request("POST", "/cut", "Content-Length: 5\r\n") + "ab");
    client.finish_sending();
    EXPECT_EQ(client.drain(), "");
  }
  {
    TlsClient client{server, options};
    client.send(request("POST", "/cut", "Content-Length: 5\r\n") + "ab");
    client.notify_close();
    EXPECT_EQ(client.drain(), "");
  }
  EXPECT_TRUE(becomes_true([&] { return server.figures().open == 0; }));
  EXPECT_TRUE(server.handler.handled().empty());
}

TEST_P(TlsSession, T17_AWholeRequestIsExecutedOnce) {
  {
    TlsClient client{server, options};
    client.send(request("POST", "/whole", "", "abc"));
    client.finish_sending();
    EXPECT_EQ(client.receive().body, "/whole");
  }
  EXPECT_TRUE(becomes_true([&] { return server.figures().open == 0; }));
  EXPECT_EQ(server.handler.handled(), std::vector<std::string>{"POST /whole"});
}

TEST_P(TlsSession, ALongPollSeesThatThePeerLeft) {
  TlsClient notified{server, options};
  notified.send(request("GET", "/gone"));
  notified.notify_close();
  EXPECT_TRUE(becomes_true([&] { return server.handler.has_handled("the peer left"); }));
  TlsClient cut{server, options};
  cut.send(request("GET", "/gone"));
  cut.finish_sending();
  EXPECT_TRUE(becomes_true([&] { return server.handler.handled().size() == 4; }));
  EXPECT_FALSE(server.handler.has_handled("the peer stayed"));
}

TEST_P(TlsSession, EndsInAnOrderlyWay) {
  TlsClient client{server, options};
  EXPECT_EQ(client.ask(request("GET", "/close")).field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(client.alert(), SSL_AD_CLOSE_NOTIFY);
}

TEST_P(TlsSession, TheAnswerToARefusedUploadArrives) {
  TlsClient client{server, options};
  client.send(request("POST", "/echo", "Content-Length: 4000000\r\n") + std::string(100'000, 'x'));
  EXPECT_EQ(client.receive().status, 413u);
}

TEST_P(TlsSession, ASlowHeadIs408) {
  auto hasty = psk_options();
  hasty.head_time = milliseconds{200};
  Server other{hasty, keys};
  TlsClient client{other, options};
  client.send("GET / HTTP/1.1\r\n");
  EXPECT_EQ(client.receive().status, 408u);
  EXPECT_TRUE(client.is_closed());
}

TEST_P(TlsSession, IdleConnectionsEndWithANotice) {
  auto hasty = psk_options();
  hasty.idle_time = milliseconds{200};
  Server other{hasty, keys};
  TlsClient client{other, options};
  EXPECT_EQ(client.ask(request("GET", "/a")).status, 200u);
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(client.alert(), SSL_AD_CLOSE_NOTIFY);
}

TEST_P(TlsSession, OctetsThatMakeNoRecordDoNotKeepItOpen) {
  auto hasty = psk_options();
  hasty.idle_time = milliseconds{300};
  Server other{hasty, keys};
  TlsClient client{other, options};
  EXPECT_EQ(client.ask(request("GET", "/a")).status, 200u);
  const std::string head("\x17\x03\x03\x40\x00", 5);   // of a record that never ends
  const auto begin = Clock::now();
  std::size_t sent = 0;
  while (other.figures().open != 0 && Clock::now() - begin < std::chrono::seconds{4}) {
    const char octet = sent < head.size() ? head[sent] : 'x';
    if (::send(client.descriptor(), &octet, 1, MSG_NOSIGNAL) != 1) break;
    ++sent;
    std::this_thread::sleep_for(milliseconds{20});
  }
  EXPECT_LT(sent, 100u);
}

TEST_P(TlsSession, StopEndsIdleOnesAndHandshakes) {
  TlsClient idle{server, options};
  EXPECT_EQ(idle.ask(request("GET", "/a")).status, 200u);
  Client silent{server};
  EXPECT_TRUE(becomes_true([&] { return server.figures().handshakes == 1; }));
  server.stop();
  EXPECT_TRUE(server.wait_until_drained(milliseconds{1000}));
}

TEST_P(TlsSession, ExportsTheSameSecretAtBothEnds) {
  TlsClient client{server, options};
  const auto theirs = client.ask(request("GET", "/exported")).body;
  EXPECT_EQ(theirs.size(), 32u);
  EXPECT_EQ(theirs, client.exported("EXPORTER-test", "context", 32));
  EXPECT_NE(theirs, client.exported("EXPORTER-test", "other", 32));
}

TEST(TlsSession12, ExportsNothingWithoutExtendedMasterSecret) {
  Server server{psk_options(), std::make_shared<Keys>()};
  TlsClientOptions options;
  options.version = TLS1_2_VERSION;
  options.has_extended_master_secret = false;
  TlsClient client{server, options};
  EXPECT_EQ(client.ask(request("GET", "/exported")).body, "none");
}

TEST_P(TlsSession, CloseSessionsEndsThoseOfAnIdentity) {
  keys->add("dev2", Keys::key);
  std::vector<std::unique_ptr<TlsClient>> ours;
  for (int i = 0; i < 6; ++i) {   // on both threads
    ours.push_back(std::make_unique<TlsClient>(server, options));
    EXPECT_EQ(ours.back()->ask(request("GET", "/a")).status, 200u);
  }
  options.identity = "dev2";
  TlsClient other{server, options};
  EXPECT_EQ(other.ask(request("GET", "/a")).status, 200u);
  ours.front()->send(request("GET", "/gone"));
  EXPECT_TRUE(becomes_true([&] { return server.handler.has_handled("GET /gone"); }));
  server.listener().close_sessions(std::make_shared<const Listener::KeyChanges>(Listener::KeyChanges{{"dev1", std::nullopt}, {"dev3", std::nullopt}}));
  for (const auto& client : ours) EXPECT_EQ(client->drain(milliseconds{1000}), "");
  EXPECT_TRUE(becomes_true([&] { return server.handler.has_handled("the peer left"); })) << "no answer is waited for long";
  EXPECT_EQ(other.ask(request("GET", "/b")).body, "/b");
  EXPECT_TRUE(becomes_true([&] { return server.figures().open == 1; }));
}

TEST_P(TlsSession, CloseSessionsLeavesTimeForTheLastAnswer) {
  TlsClient client{server, options};
  client.send(request("GET", "/slow") + request("GET", "/next"));
  EXPECT_TRUE(becomes_true([&] { return server.handler.has_handled("GET /slow"); }));
  server.listener().close_sessions(std::make_shared<const Listener::KeyChanges>(Listener::KeyChanges{{"dev1", std::nullopt}}));
  const auto answer = client.receive();
  EXPECT_EQ(answer.body, "/slow") << "what was asked may be the end of the key";
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
  EXPECT_FALSE(server.handler.has_handled("GET /next"));
}

TEST_P(TlsSession, EndsWithItsTime) {
  auto brief = psk_options();
  brief.tls.session_time = milliseconds{0};
  Server other{brief, keys};
  TlsClient client{other, options};
  client.send(request("GET", "/a"));
  const auto answer = client.receive();
  EXPECT_TRUE(answer.status == 0 || answer.field("Connection") == "close");
  EXPECT_TRUE(client.is_closed());
}

TEST_P(TlsSession, EndsWithItsKey) {
  const auto end = std::chrono::system_clock::now() + milliseconds{500};
  keys->add("dev1", Keys::key, 1, end);
  auto brief = psk_options();
  brief.head_time = milliseconds{200};   // so that the sweeper looks often
  Server other{brief, keys};
  TlsClient idle{other, options}, busy{other, options};
  EXPECT_EQ(idle.ask(request("GET", "/a")).field("Connection"), "");
  EXPECT_EQ(busy.ask(request("GET", "/a")).field("Connection"), "");
  std::this_thread::sleep_until(end - milliseconds{150});
  busy.send(request("GET", "/slow"));
  EXPECT_EQ(busy.receive().field("Connection"), "close");
  EXPECT_TRUE(busy.is_closed());
  EXPECT_TRUE(idle.is_closed());
}

TEST_P(TlsSession, HandshakesInProgressAreLimited) {
  auto few = psk_options();
  few.tls.handshakes = 2;
  Server other{few, keys};
  {
    Client first{other}, second{other};
    ASSERT_TRUE(becomes_true([&] { return other.figures().handshakes == 2; }));
    TlsClient refused{other, options};
    EXPECT_FALSE(refused.is_open());
    EXPECT_EQ(other.figures().refused_connections, 1u);
  }
  ASSERT_TRUE(becomes_true([&] { return other.figures().handshakes == 0; }));
  std::vector<std::unique_ptr<TlsClient>> open;
  for (int i = 0; i < 5; ++i) {
    open.push_back(std::make_unique<TlsClient>(other, options));
    EXPECT_EQ(open.back()->ask(request("GET", "/a")).status, 200u) << "an open connection is no handshake";
  }
}

TEST_P(TlsSession, D1_AnIdleConnectionHoldsLittleMemory) {
  constexpr std::size_t count = 1000;
  auto many = psk_options();
  many.connections_per_peer = count + 10;
  const auto in_use = [] {
    const auto figures = ::mallinfo2();
    return figures.uordblks + figures.hblkhd;
  };
  Server other{many, keys};
  std::vector<int> clients(count);   // their descriptors stay open, the rest of them goes
  TlsClient warm{other, options};
  EXPECT_EQ(warm.ask(request("POST", "/echo", "", std::string(20'000, 'a'))).status, 200u);
  for (auto& descriptor : clients) {
    TlsClient client{other, options};
    ASSERT_EQ(client.ask(request("POST", "/echo", "", std::string(20'000, 'a'))).status, 200u);
    descriptor = ::dup(client.descriptor());
  }
  const auto with = in_use();
  for (const int descriptor : clients) ::close(descriptor);
  ASSERT_TRUE(becomes_true([&] { return other.figures().open == 1; }));
  const auto each = (with - in_use()) / count;
  RecordProperty("octets_each", static_cast<int>(each));
  std::printf("an idle connection holds %zu octets\n", each);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LE(each, 16u * 1024);
#endif
}

}  // namespace
}  // namespace nscl::net::test
