// SPDX-License-Identifier: Apache-2.0
// Connections that are kept: reuse, the one retry, limits, turns, and destinations that must not delay each other.
#include <gtest/gtest.h>

#include <vector>

#include "web_peer.h"

namespace nscl::net::test {
namespace {

using std::chrono::milliseconds;
using Kind = WebFailure::Kind;

std::string path_in(const std::string& request) {
  const auto begin = request.find(' ') + 1;
  return request.substr(begin, request.find(' ', begin) - begin);
}

/// Answers every request on every connection, one connection after the other, with its path.
void echo_paths(Peer& peer) {
  for (auto conversation = peer.accept(); conversation.is_open(); conversation = peer.accept())
    for (auto request = conversation.read(); !request.empty(); request = conversation.read()) conversation.send(ok(path_in(request)));
}

WebClientOptions with_connections(std::size_t per_destination) {
  auto options = loopback_options();
  options.connections_per_destination = per_destination;
  return options;
}

TEST(WebPool, KeepsAConnection) {
  Peer peer{[](Peer& self) {
    auto conversation = self.accept();
    for (int i = 0; i < 3; ++i) conversation.send(ok(path_in(conversation.read())));
    EXPECT_FALSE(self.has_further());
  }};
  Caller caller;
  for (const char* path : {"/1", "/2", "/3"}) {
    const auto result = caller.call(get(peer.uri(path)));
    ASSERT_TRUE(result) << result.error().detail;
    EXPECT_EQ(result->body, path);
  }
}

TEST(WebPool, KeepsNoneThatIsNotFit) {
  for (const std::string& first : {ok("1", "Connection: close\r\n"), std::string("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n1"), ok("1") + "x",
                                   std::string("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n")}) {
    Peer peer{[&](Peer& self) {
      auto one = self.accept();
      one.read();
      one.send(first);
      auto other = self.accept();
      other.read();
      other.send(ok("2"));
      EXPECT_TRUE(one.is_ended());
    }};
    Caller caller;
    EXPECT_TRUE(caller.call(get(peer.uri()))) << first;
    const auto second = caller.call(get(peer.uri()));
    ASSERT_TRUE(second) << first;
    EXPECT_EQ(second->body, "2");
  }
}

TEST(WebPool, KeepsOneOfHttp10ThatIsOffered) {
  Peer peer{[](Peer& self) {
    auto conversation = self.accept();
    for (int i = 0; i < 2; ++i) {
      conversation.read();
      conversation.send("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\n1");
    }
  }};
  Caller caller;
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(caller.call(get(peer.uri())));
}

TEST(WebPool, RepeatsWhatAKeptConnectionLost) {
  for (const bool is_reset : {false, true}) {
    Peer peer{[=](Peer& self) {
      auto kept = self.accept();
      kept.read();
      kept.send(ok("1"));
      const auto lost = kept.read();   // read, but never answered
      is_reset ? kept.reset() : kept.close();
      auto fresh = self.accept();
      EXPECT_EQ(fresh.read(), lost);
      fresh.send(ok("2"));
    }};
    Caller caller;
    ASSERT_TRUE(caller.call(get(peer.uri())));
    const auto second = caller.call(get(peer.uri()));
    ASSERT_TRUE(second) << second.error().detail;
    EXPECT_EQ(second->body, "2");
  }
}

TEST(WebPool, NeverRepeatsWhatIsToHappenOnce) {
  Peer peer{[](Peer& self) {
    auto kept = self.accept();
    kept.read();
    kept.send(ok("1"));
    kept.read();
    kept.close();
    EXPECT_FALSE(self.has_further());
  }};
  Caller caller;
  ASSERT_TRUE(caller.call(get(peer.uri())));
  auto call = get(peer.uri());
  call.is_once = true;
  EXPECT_EQ(failure_of(caller.call(std::move(call))), Kind::reset);
}

TEST(WebPool, RepeatsOnceOnly) {
  Peer peer{[](Peer& self) {
    {
      auto kept = self.accept();
      kept.read();
      kept.send(ok("1"));
      kept.read();
    }
    self.accept().read();
    EXPECT_FALSE(self.has_further());
  }};
  Caller caller;
  ASSERT_TRUE(caller.call(get(peer.uri())));
  EXPECT_EQ(failure_of(caller.call(get(peer.uri()))), Kind::reset);
}

TEST(WebPool, NeverRepeatsOnceTheAnswerHasBegun) {
  Peer peer{[](Peer& self) {
    auto kept = self.accept();
    kept.read();
    kept.send(ok("1"));
    kept.read();
    kept.send("H");
    kept.close();
    EXPECT_FALSE(self.accept().is_open()) << "no second attempt before the test ends";
  }};
  Caller caller;
  ASSERT_TRUE(caller.call(get(peer.uri())));
  EXPECT_EQ(failure_of(caller.call(get(peer.uri()))), Kind::reset);
}

TEST(WebPool, NeverRepeatsWhatAFreshConnectionLost) {
  Peer peer{[](Peer& self) {
    self.accept().read();
    EXPECT_FALSE(self.accept().is_open());
  }};
  Caller caller;
  EXPECT_EQ(failure_of(caller.call(get(peer.uri()))), Kind::reset);
}

TEST(WebPool, NoticesThatThePeerHasEnded) {
  Peer peer{[](Peer& self) {
    auto kept = self.accept();
    kept.read();
    kept.send(ok("1"));
    kept.finish();
    EXPECT_TRUE(kept.is_ended()) << "it is closed on this side too";
  }};
  Caller caller;
  ASSERT_TRUE(caller.call(get(peer.uri())));
  EXPECT_TRUE(caller.run_until([&] { return peer.is_done(); }));
}

TEST(WebPool, EndsWhatIsIdleTooLong) {
  Peer peer{[](Peer& self) {
    auto kept = self.accept();
    kept.read();
    kept.send(ok("1"));
    EXPECT_TRUE(kept.is_ended());
  }};
  auto options = loopback_options();
  options.idle_time = milliseconds{50};
  Caller caller{options};
  ASSERT_TRUE(caller.call(get(peer.uri())));
  EXPECT_TRUE(caller.run_until([&] { return peer.is_done(); }));
}

TEST(WebPool, LimitsConnectionsToADestination) {
  std::string third;
  {
    Peer peer{[&](Peer& self) {
      auto one = self.accept(), other = self.accept();
      one.read();
      other.read();
      EXPECT_FALSE(self.has_further());
      one.send(ok("1"));
      third = path_in(one.read());
      EXPECT_FALSE(self.has_further());
      one.send(ok("3"));
      other.send(ok("2"));
    }};
    Caller caller{with_connections(2)};
    std::vector<Ended> calls;
    for (const char* path : {"/1", "/2", "/3"}) calls.push_back(caller.start(get(peer.uri(path))));
    for (const auto& call : calls) {
      ASSERT_TRUE(caller.run_until_ended(call));
      EXPECT_TRUE(**call);
    }
  }
  EXPECT_EQ(third, "/3");
}

TEST(WebPool, ServesInTheOrderOfTheCalls) {
  std::vector<std::string> order;
  {
    Peer peer{[&](Peer& self) {
      auto conversation = self.accept();
      for (int i = 0; i < 20; ++i) {
        order.push_back(path_in(conversation.read()));
        conversation.send(ok(""));
      }
    }};
    Caller caller{with_connections(1)};
    std::vector<Ended> calls;
    for (int i = 0; i < 20; ++i) calls.push_back(caller.start(get(peer.uri("/" + std::to_string(i)))));
    for (const auto& call : calls) ASSERT_TRUE(caller.run_until_ended(call));
  }
  ASSERT_EQ(order.size(), 20u);
  for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], "/" + std::to_string(i));
}

TEST(WebPool, LetsOnlySoManyWaitAndThemOnlySoLong) {
  std::atomic<bool> may_answer{false};
  Peer peer{[&](Peer& self) {
    auto conversation = self.accept();
    conversation.read();
    while (!may_answer) std::this_thread::yield();
    conversation.send(ok("1"));
    EXPECT_EQ(conversation.read(), "") << "who gave up is not sent";
  }};
  auto options = with_connections(1);
  options.waiting_per_destination = 1;
  Caller caller{options};
  const auto first = caller.start(get(peer.uri()));
  WebCall hasty = get(peer.uri("/hasty"));
  hasty.time = milliseconds{30};
  const auto second = caller.start(std::move(hasty)), third = caller.start(get(peer.uri()));
  ASSERT_TRUE(caller.run_until_ended(third));
  EXPECT_EQ(failure_of(**third), Kind::busy);
  ASSERT_TRUE(caller.run_until_ended(second));
  EXPECT_EQ(failure_of(**second), Kind::timed_out);
  may_answer = true;
  ASSERT_TRUE(caller.run_until_ended(first));
  EXPECT_TRUE(**first);
  caller.client.stop();
}

TEST(WebPool, ADeadDestinationDelaysNoOther) {
  const DeadPort dead;
  Peer peer{echo_paths};
  auto options = loopback_options();
  options.connect_time = milliseconds{60'000};
  Caller caller{options};
  std::vector<Ended> lost;
  for (int i = 0; i < 50; ++i) lost.push_back(caller.start(get(dead.uri())));
  for (int i = 0; i < 20; ++i) {
    const auto result = caller.call(get(peer.uri("/x")));
    ASSERT_TRUE(result) << result.error().detail;
  }
  for (const auto& call : lost) EXPECT_FALSE(call->has_value());
  caller.client.stop();
}

TEST(WebPool, IdleConnectionsMakeRoomForOtherDestinations) {
  Peer one{echo_paths}, other{echo_paths};
  auto options = loopback_options();
  options.connections = 1;
  Caller caller{options};
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(caller.call(get(one.uri())));
    EXPECT_TRUE(caller.call(get(other.uri())));
  }
  caller.client.stop();
}

TEST(WebPool, DestinationsTakeTurnsWhenAllConnectionsAreUsed) {
  Peer one{echo_paths}, other{echo_paths}, third{echo_paths};
  auto options = loopback_options();
  options.connections = 1;
  Caller caller{options};
  std::vector<Ended> calls;
  for (int i = 0; i < 10; ++i)
    for (const Peer* peer : {&one, &other, &third}) calls.push_back(caller.start(get(peer->uri("/" + std::to_string(i)))));
  for (const auto& call : calls) {
    ASSERT_TRUE(caller.run_until_ended(call));
    EXPECT_TRUE(**call);
  }
  caller.client.stop();
}

}  // namespace
}  // namespace nscl::net::test
