// SPDX-License-Identifier: Apache-2.0
// Bodies that are never in memory whole, in both directions.
#include <cstdio>
#include <functional>

#include <gtest/gtest.h>

#include <nscl/net/web_body.h>

#include "test_server.h"

namespace nscl::net::test {
namespace {

using namespace std::chrono_literals;

std::string letters(std::size_t size) {
  std::string out(size, ' ');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>('a' + i % 26);
  return out;
}

std::string told(std::size_t size, unsigned char octet) { return std::to_string(size) + " " + std::to_string(size * octet) + " 0"; }

std::string chunked(std::size_t size, std::size_t chunk, char octet) {
  std::string out;
  for (std::size_t left = size; left > 0;) {
    const auto part = std::min(left, chunk);
    char head[32];
    std::snprintf(head, sizeof head, "%zx\r\n", part);
    out.append(head).append(part, octet).append("\r\n");
    left -= part;
  }
  return out + "0\r\n\r\n";
}

/// Waits for what another thread does.
bool comes(const std::function<bool()>& is_so) {
  for (int i = 0; i < 500 && !is_so(); ++i) std::this_thread::sleep_for(10ms);
  return is_so();
}

TEST(Stream, AnAnswerIsWrittenPieceByPiece) {
  Server server;
  Client client{server};
  for (int i = 0; i < 2; ++i) {   // and the connection is kept
    const auto answer = client.ask(request("GET", "/letters"));
    EXPECT_EQ(answer.field("Content-Length"), "3000000");
    EXPECT_EQ(answer.field("Transfer-Encoding"), "");
    EXPECT_TRUE(answer.body == letters(3'000'000));
  }
  client.send(request("GET", "/1") + request("GET", "/letters") + request("GET", "/2"));
  EXPECT_EQ(client.receive().body, "/1");
  EXPECT_EQ(client.receive().body.size(), 3'000'000u);
  EXPECT_EQ(client.receive().body, "/2");
}

TEST(Stream, AHeadTellsItsLengthAlone) {
  Server server;
  Client client{server};
  client.send(request("HEAD", "/letters"));
  EXPECT_EQ(client.receive(false).field("Content-Length"), "3000000");
  EXPECT_EQ(client.ask(request("GET", "/next")).body, "/next");
}

TEST(Stream, AnAnswerThatCannotBeCompletedEndsTheConnection) {
  Server server;
  Client client{server};
  client.send(request("GET", "/short") + request("GET", "/next"));
  const auto all = client.drain();
  EXPECT_EQ(all.find("/next"), std::string::npos);
  EXPECT_LT(all.size(), 3'000'000u + 200);
  EXPECT_FALSE(server.handler.has_handled("GET /next"));
}

TEST(Stream, AReaderThatStandsStillIsLeft) {
  ListenerOptions options;
  options.write_time = 200ms;
  Server server{options};
  Client client{server.port(), 4096};
  client.send(request("GET", "/letters"));
  EXPECT_TRUE(comes([&] { return server.figures().accepted == 1 && server.figures().open == 0; }));
}

TEST(Stream, ABodyGoesToItsSink) {
  Server server;
  Client client{server};
  EXPECT_EQ(client.ask(request("POST", "/sink", "", std::string(5, 'a'))).body, told(5, 'a'));
  EXPECT_EQ(client.ask(request("PUT", "/sink", "", std::string(1'000'000, 'b'))).body, told(1'000'000, 'b'));
  EXPECT_EQ(server.handler.largest_piece, body_piece);
  EXPECT_EQ(server.handler.taken, 1 + 16);
  EXPECT_EQ(client.ask(request("GET", "/next")).body, "/next");
  EXPECT_EQ(server.handler.sinks, 0) << "none is kept for longer than its request";
}

TEST(Stream, AChunkedBodyGoesToItsSink) {
  Server server;
  Client client{server};
  const auto head = request("PUT", "/sink", "Transfer-Encoding: chunked\r\n");
  for (const std::size_t chunk : {100u, 4096u, 300'000u}) {
    client.send(head + chunked(1'000'000, chunk, 'c') + request("GET", "/next"));
    EXPECT_EQ(client.receive().body, told(1'000'000, 'c')) << chunk;
    EXPECT_EQ(client.receive().body, "/next");
  }
  EXPECT_LT(server.handler.largest_piece, 2 * body_piece);
}

TEST(Stream, IsAdmittedBeforeItIsRead) {
  Server server;
  {
    Client client{server};
    const auto answer = client.ask(request("PUT", "/sink", "Authorization: bad\r\nContent-Length: 500000\r\nExpect: 100-continue\r\n"));
    EXPECT_EQ(answer.status, 401u);
    EXPECT_TRUE(client.is_closed());
  }
  Client client{server};
  client.send(request("PUT", "/sink", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.receive().status, 100u);
  client.send("aaa");
  EXPECT_EQ(client.receive().body, told(3, 'a'));
  EXPECT_EQ(server.handler.taken, 1);
}

TEST(Stream, TheLimitIsThatOfTheSink) {
  ListenerOptions options;
  options.body_limit = 1000;
  Server server{options};
  {
    Client client{server};
    EXPECT_EQ(client.ask(request("PUT", "/sink", "", std::string(1u << 20, 'b'))).status, 200u) << "body_limit is that of bodies held";
    EXPECT_EQ(client.ask(request("PUT", "/sink", "Content-Length: 1048577\r\n")).status, 413u);
    EXPECT_TRUE(client.is_closed());
  }
  {
    Client client{server};
    EXPECT_EQ(client.ask(request("PUT", "/sink", "Transfer-Encoding: chunked\r\n") + chunked((1u << 20) + 1, 1u << 19, 'b')).status, 413u);
  }
  {
    Client client{server};
    EXPECT_EQ(client.ask(request("PUT", "/echo", "", std::string(1001, 'b'))).status, 413u);
  }
  EXPECT_TRUE(comes([&] { return server.handler.sinks == 0; }));
}

TEST(Stream, ASinkMayRefuseInTheMiddle) {
  Server server;
  Client client{server};
  const auto answer = client.ask(request("PUT", "/sink", "Content-Length: 200000\r\n") + std::string(body_piece, 'a') + std::string(200'000 - body_piece, 'X'));
  EXPECT_EQ(answer.status, 507u);
  EXPECT_TRUE(client.is_closed());
  EXPECT_FALSE(server.handler.has_handled("PUT /sink"));
}

TEST(Stream, ASinkIsGoneWithTheConnection) {
  Server server;
  {
    Client client{server};
    client.send(request("PUT", "/sink", "Content-Length: 200000\r\n") + std::string(100'000, 'a'));
    ASSERT_TRUE(comes([&] { return server.handler.taken == 1; }));
    EXPECT_EQ(server.handler.sinks, 1);
  }
  EXPECT_TRUE(comes([&] { return server.handler.sinks == 0; }));
  EXPECT_FALSE(server.handler.has_handled("PUT /sink"));
}

TEST(Stream, ASenderThatStandsStillIsTold) {
  ListenerOptions options;
  options.body_time = 200ms;
  Server server{options};
  Client client{server};
  EXPECT_EQ(client.ask(request("PUT", "/sink", "Content-Length: 200000\r\n") + std::string(100'000, 'a')).status, 408u);
  EXPECT_TRUE(comes([&] { return server.handler.sinks == 0; }));
}

TEST(Stream, WithoutASinkItIsRefused) {
  Server server;
  Client client{server};
  EXPECT_EQ(client.ask(request("PUT", "/nowhere", "", "abc")).status, 500u);
}

}  // namespace
}  // namespace nscl::net::test
