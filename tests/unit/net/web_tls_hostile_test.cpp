// SPDX-License-Identifier: Apache-2.0
// Servers that break TLS off, delay it, or speak something else (S8); and what a kept connection holds.
#include <gtest/gtest.h>

#include <malloc.h>

#include "test_server.h"
#include "web_tls_peer.h"

namespace nscl::net::test {
namespace {

using std::chrono::milliseconds;
using Kind = WebFailure::Kind;

/// Reads, and says nothing.
void be_silent(Peer& peer) {
  auto conversation = peer.accept();
  while (conversation.is_open() && !conversation.is_ended()) {
  }
}

class WebTlsHostile : public testing::Test {
 protected:
  WebClientOptions calling() const { return trusting(authority.certificate_file); }

  WebResult answer_of(std::function<void(Peer&)> script) {
    Peer peer{std::move(script)};
    Caller caller{calling()};
    return caller.call(get(https(peer.port())));
  }
  /// Sends these octets in answer to a request and ends, with close_notify or without.
  std::function<void(Peer&)> answering(std::string octets, bool says_goodbye) {
    return [this, octets = std::move(octets), says_goodbye](Peer& self) {
      TlsConversation conversation{self.accept(), {.own = &own}};
      conversation.read();
      conversation.send(octets);
      says_goodbye ? conversation.finish() : conversation.cut();
    };
  }

  Certificates files;
  Certified authority = files.make(authority_request("authority"));
  Certified own = files.make(server_request(), &authority);
};

TEST_F(WebTlsHostile, AServerThatSpeaksPlainHttp) {
  testing::internal::CaptureStderr();
  const auto answer = answer_of([](Peer& self) {
    auto conversation = self.accept();
    conversation.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    conversation.is_ended();
  });
  EXPECT_EQ(failure_of(answer), Kind::insecure);
  EXPECT_EQ(answer.error().detail.find("version"), std::string::npos) << "who asks is not told how it failed";
  EXPECT_NE(testing::internal::GetCapturedStderr().find("wrong version number"), std::string::npos);
}

TEST_F(WebTlsHostile, AServerThatSpeaksOldTls) {
  const auto answer = answer_of([this](Peer& self) {
    TlsConversation conversation{self.accept(), {.own = &own, .lowest = TLS1_1_VERSION, .highest = TLS1_1_VERSION}};
    EXPECT_FALSE(conversation.is_open());
  });
  EXPECT_EQ(failure_of(answer), Kind::insecure);
}

TEST_F(WebTlsHostile, AServerThatSaysNothing) {
  {
    Peer peer{be_silent};
    auto options = calling();
    options.connect_time = milliseconds{150};
    Caller caller{options};
    EXPECT_EQ(failure_of(caller.call(get(https(peer.port())))), Kind::timed_out);
  }
  Peer peer{be_silent};
  Caller caller{calling()};
  auto call = get(https(peer.port()));
  call.time = milliseconds{150};
  EXPECT_EQ(failure_of(caller.call(call)), Kind::timed_out);
}

TEST_F(WebTlsHostile, AHandshakeThatIsStopped) {
  std::atomic<bool> has_hello{false};
  Peer peer{[&](Peer& self) {
    auto conversation = self.accept();
    has_hello = !conversation.is_ended();
    while (conversation.is_open() && !conversation.is_ended()) {
    }
  }};
  Caller caller{calling()};
  const auto call = caller.start(get(https(peer.port())));
  ASSERT_TRUE(caller.run_until([&] { return has_hello.load(); }));
  caller.client.stop();
  ASSERT_TRUE(caller.run_until_ended(call));
  EXPECT_EQ(failure_of(**call), Kind::stopping);
}

TEST_F(WebTlsHostile, AServerThatResetsTheHandshake) {
  EXPECT_TRUE(failure_of(answer_of([](Peer& self) { self.accept().reset(); })));
  EXPECT_TRUE(failure_of(answer_of([](Peer& self) { self.accept().close(); })));
}

TEST_F(WebTlsHostile, OneWhoCutsTheConnectionHasNotEndedItsAnswer) {
  const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", open_end = "HTTP/1.1 200 OK\r\n\r\nthe whole, or not";
  EXPECT_EQ(failure_of(answer_of(answering(half, false))), Kind::reset);
  EXPECT_TRUE(failure_of(answer_of(answering(half, true))));
  EXPECT_EQ(failure_of(answer_of(answering(open_end, false))), Kind::reset) << "only close_notify is an end";
  const auto whole = answer_of(answering(open_end, true));
  ASSERT_TRUE(whole) << whole.error().detail;
  EXPECT_EQ(whole->body, "the whole, or not");
  EXPECT_TRUE(answer_of(answering(ok("complete"), false))) << "by its own length";
}

TEST_F(WebTlsHostile, AFloodOfMessagesWithoutData) {
  const auto answer = answer_of([this](Peer& self) {
    TlsConversation conversation{self.accept(), {.own = &own}};
    conversation.read();
    for (int i = 0; i < 40; ++i) {
      SSL_key_update(conversation.ssl(), SSL_KEY_UPDATE_NOT_REQUESTED);
      SSL_do_handshake(conversation.ssl());
    }
    conversation.send(ok("too late"));
  });
  EXPECT_EQ(failure_of(answer), Kind::reset);
}

TEST_F(WebTlsHostile, AFloodOfTickets) {
  const auto answer = answer_of([this](Peer& self) {
    TlsConversation conversation{self.accept(), {.own = &own}};
    conversation.read();
    for (int i = 0; i < 40; ++i) {
      SSL_new_session_ticket(conversation.ssl());
      SSL_do_handshake(conversation.ssl());
    }
    conversation.send(ok("too late"));
  });
  EXPECT_EQ(failure_of(answer), Kind::reset);
}

TEST_F(WebTlsHostile, AKeptConnectionHoldsLittleMemory) {
  constexpr std::size_t count = 200, most = 44u * 1024;   // the server's end is 16 KiB of it
  ListenerOptions listening;
  listening.connections_per_peer = count + 10;
  listening.tls.mode = TlsOptions::Mode::certificate;
  listening.tls.certificate = own.certificate_file;
  listening.tls.private_key = own.key_file;
  Server server{listening};
  auto options = calling();
  options.connections_per_destination = count;
  options.idle_time = std::chrono::minutes{10};
  Caller caller{options};
  const auto in_use = [] {
    const auto figures = ::mallinfo2();
    return figures.uordblks + figures.hblkhd;
  };
  ASSERT_TRUE(caller.call(get(https(server.port(), "/big"))));
  const auto before = in_use();
  std::vector<Ended> calls;
  for (std::size_t i = 0; i < count; ++i) calls.push_back(caller.start(get(https(server.port(), "/slow"))));
  for (const auto& call : calls) ASSERT_TRUE(caller.run_until_ended(call) && call->value());
  calls.clear();
  EXPECT_GE(server.figures().open, count / 2) << "at once";
  const auto each_holds = [&] { return (in_use() - before) / server.figures().open; };
  caller.run_until([&] { return each_holds() <= most; });   // buffers are given up when the pool looks whether the host is still there
  const auto each = each_holds();
  std::printf("a kept connection and the server's end of it hold %zu octets\n", each);
  RecordProperty("octets_each", static_cast<int>(each));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  EXPECT_LE(each, most);
#endif
}

}  // namespace
}  // namespace nscl::net::test
