// SPDX-License-Identifier: Apache-2.0
// Slow peers, too many peers, and the end.
#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "test_server.h"

namespace nscl::net::test {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

ListenerOptions hasty() {
  ListenerOptions options;
  options.head_time = options.body_time = options.idle_time = options.write_time = milliseconds{200};
  return options;
}

TEST(SlowPeers, HeadIs408) {
  Server server{hasty()};
  Client client{server};
  client.send("GET / HTTP/1.1\r\n");
  EXPECT_EQ(client.receive().status, 408u);
  EXPECT_TRUE(client.is_closed());
}

TEST(SlowPeers, DrippedHeadIs408) {
  Server server{hasty()};
  Client client{server};
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\nX-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n\r\n";
  for (std::size_t i = 0; i < 40 && client.send(head.substr(i, 1)); ++i) std::this_thread::sleep_for(milliseconds{15});
  EXPECT_EQ(client.receive().status, 408u);
  EXPECT_TRUE(server.handler.handled().empty());
}

TEST(SlowPeers, BodyIs408) {
  Server server{hasty()};
  Client sized{server}, chunked{server}, expecting{server};
  sized.send(request("POST", "/echo", "Content-Length: 5\r\n") + "ab");
  chunked.send(request("POST", "/echo", "Transfer-Encoding: chunked\r\n") + "5\r\nab");
  expecting.send(request("POST", "/echo", "Expect: 100-continue\r\nContent-Length: 5\r\n"));
  EXPECT_EQ(sized.receive().status, 408u);
  EXPECT_EQ(chunked.receive().status, 408u);
  EXPECT_EQ(expecting.receive().status, 100u);
  EXPECT_EQ(expecting.receive().status, 408u);
  EXPECT_TRUE(server.handler.handled().empty());
}

TEST(SlowPeers, IdleConnectionsEndSilently) {
  Server server{hasty()};
  Client fresh{server}, used{server};
  EXPECT_EQ(used.ask(request("GET", "/a")).status, 200u);
  EXPECT_TRUE(fresh.is_closed());
  EXPECT_EQ(used.drain(), "");
}

TEST(SlowPeers, AnAnswerMayGrantATimeOfItsOwn) {
  Server server{hasty()};
  Client client{server};
  EXPECT_EQ(client.ask(request("GET", "/patient")).status, 200u);
  std::this_thread::sleep_for(milliseconds{600});
  EXPECT_EQ(client.ask(request("GET", "/a")).status, 200u);
  EXPECT_TRUE(client.is_closed()) << "which held for one pause";
}

TEST(SlowPeers, AHandlerMayTakeLongerThanAPeer) {
  Server server{hasty()};
  Client client{server};
  EXPECT_EQ(client.ask(request("GET", "/slow")).status, 200u);
}

TEST(SlowPeers, AnAnswerNotReadEndsTheConnection) {
  Server server{hasty()};
  Client client{server.port(), 4096};
  client.send(request("GET", "/huge"));
  const auto end = Clock::now() + std::chrono::seconds{5};
  while (server.figures().open == 0 && Clock::now() < end) std::this_thread::sleep_for(milliseconds{5});
  while (server.figures().open != 0 && Clock::now() < end) std::this_thread::sleep_for(milliseconds{5});
  EXPECT_EQ(server.figures().open, 0u);
}

TEST(Limits, PerPeer) {
  ListenerOptions options;
  options.connections_per_peer = 2;
  Server server{options};
  Client first{server};
  EXPECT_EQ(first.ask(request("GET", "/a")).status, 200u);
  {
    Client second{server};
    EXPECT_EQ(second.ask(request("GET", "/a")).status, 200u);
    Client third{server};
    EXPECT_EQ(third.ask(request("GET", "/a")).status, 0u);
  }
  std::this_thread::sleep_for(milliseconds{50});
  Client again{server};
  EXPECT_EQ(again.ask(request("GET", "/a")).status, 200u);
  EXPECT_EQ(server.figures().refused_connections, 1u);
}

TEST(Limits, AllTogether) {
  ListenerOptions options;
  options.connections = 1;
  Server server{options};
  Client first{server};
  EXPECT_EQ(first.ask(request("GET", "/a")).status, 200u);
  Client second{server};
  EXPECT_EQ(second.ask(request("GET", "/a")).status, 0u);
  EXPECT_EQ(first.ask(request("GET", "/a")).status, 200u);
}

TEST(Limits, BytesInFlight) {
  ListenerOptions options;
  options.bytes_in_flight = 1000;
  Server server{options};
  Client holder{server}, other{server};
  holder.send(request("POST", "/echo", "Content-Length: 800\r\n") + std::string(10, 'x'));
  std::this_thread::sleep_for(milliseconds{50});
  const auto refused = other.ask(request("POST", "/echo", "", std::string(300, 'x')));
  EXPECT_EQ(refused.status, 503u);
  EXPECT_EQ(refused.field("Retry-After"), "1");
  holder.send(std::string(790, 'x'));
  EXPECT_EQ(holder.receive().status, 200u);
  Client later{server};
  EXPECT_EQ(later.ask(request("POST", "/echo", "", std::string(900, 'x'))).status, 200u);
}

TEST(Limits, DescriptorsUsedUpPauseAccepting) {
  Server server;
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  Client first{server};
  EXPECT_EQ(first.ask(request("GET", "/a")).status, 200u);
  std::vector<int> descriptors;
  const int waiting = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ::close(waiting);
  rlimit low = before;
  low.rlim_cur = static_cast<rlim_t>(waiting) + 1;   // room for the client's end only
  ::setrlimit(RLIMIT_NOFILE, &low);
  Client second{server};
  second.send(request("GET", "/b"));
  std::this_thread::sleep_for(milliseconds{250});
  EXPECT_EQ(first.ask(request("GET", "/c")).status, 200u);
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(second.receive().body, "/b");
}

TEST(Limits, WhoComesTogetherIsAcceptedBeforeTheFirstIsAnswered) {
  boost::asio::io_context context{1};
  Handler handler;
  Listener listener{{&context}, ListenerOptions{}, handler};
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 40; ++i) {
    clients.push_back(std::make_unique<Client>(listener.port()));
    ASSERT_TRUE(clients.back()->send(request("GET", "/a")));
  }
  listener.start();
  while (handler.handled().empty()) ASSERT_GT(context.run_one_for(std::chrono::seconds{5}), 0u);
  EXPECT_EQ(listener.figures().accepted, clients.size());
  listener.stop();
  clients.clear();
  context.run_for(std::chrono::seconds{5});
}

TEST(Stopping, IdleConnectionsEndAtOnce) {
  Server server;
  Client idle{server};
  EXPECT_EQ(idle.ask(request("GET", "/a")).status, 200u);
  server.stop();
  EXPECT_TRUE(server.wait_until_drained(milliseconds{1000}));
  EXPECT_TRUE(idle.is_closed());
  EXPECT_THROW(Client{server}, std::runtime_error);
}

TEST(Stopping, RequestsInProgressAreFinished) {
  Server server;
  Client handled{server}, sending{server};
  handled.send(request("GET", "/slow"));
  sending.send(request("POST", "/echo", "Content-Length: 5\r\n") + "ab");
  std::this_thread::sleep_for(milliseconds{50});
  server.stop();
  sending.send("cde");
  const auto echoed = sending.receive();
  EXPECT_EQ(echoed.body, "abcde");
  EXPECT_EQ(echoed.field("Connection"), "close");
  const auto slow = handled.receive();
  EXPECT_EQ(slow.status, 200u);
  EXPECT_EQ(slow.field("Connection"), "close");
  EXPECT_TRUE(handled.is_closed());
  EXPECT_TRUE(sending.is_closed());
}

TEST(Stopping, NobodyHoldsItUp) {
  ListenerOptions options;
  options.drain_time = milliseconds{200};
  Server server{options};
  Client sending{server};
  sending.send(request("POST", "/echo", "Content-Length: 5\r\n") + "ab");
  std::this_thread::sleep_for(milliseconds{50});
  server.stop();
  EXPECT_FALSE(server.wait_until_drained(milliseconds{50}));
  EXPECT_TRUE(server.wait_until_drained(milliseconds{1000}));
}

TEST(Opening, NamesAddressAndCause) {
  Server server;
  Handler handler;
  boost::asio::io_context context{1};
  ListenerOptions options;
  options.port = server.port();
  try {
    Listener second{{&context}, options, handler};
    FAIL() << "two listeners share a port";
  } catch (const std::runtime_error& problem) {
    EXPECT_EQ(problem.what(), "cannot listen on 127.0.0.1:" + std::to_string(server.port()) + ": Address already in use");
  }
  options.address = "nowhere";
  EXPECT_THROW(Listener({&context}, options, handler), std::runtime_error);
}

TEST(Figures, CountRequests) {
  Server server;
  Client client{server};
  for (int i = 0; i < 5; ++i) client.ask(request("GET", "/a"));
  EXPECT_EQ(server.figures().requests, 5u);
  EXPECT_EQ(server.figures().accepted, 1u);
  EXPECT_EQ(server.figures().open, 1u);
}

}  // namespace
}  // namespace nscl::net::test
