// SPDX-License-Identifier: Apache-2.0
// Hostile framing over a socket: each row is answered and closed, and the request hidden behind it is not executed.
#include <gtest/gtest.h>

#include "test_server.h"

namespace nscl::net::test {
namespace {

using namespace std::string_literals;

struct Row {
  std::string name;
  std::string octets;
  unsigned status;
};

std::string head(const std::string& fields, const std::string& version = "HTTP/1.1") {
  return "POST /row " + version + "\r\nHost: a\r\n" + fields + "\r\n";
}
std::string sized(const std::string& length) { return head("Content-Length:" + length + "\r\n"); }
std::string coded(const std::string& coding, const std::string& version = "HTTP/1.1") {
  return head("Transfer-Encoding:" + coding + "\r\n", version) + "0\r\n\r\n";
}
std::string chunks(const std::string& octets) { return head("Transfer-Encoding: chunked\r\n") + octets; }
std::string fields(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += "X: y\r\n";
  return all;
}
std::string many_chunks(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += "1\r\nx\r\n";
  return all + "0\r\n\r\n";
}

std::vector<Row> rows() {
  return {
      {"H1 length then coding", head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400},
      {"H1 coding then length", head("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") + "0\r\n\r\n", 400},
      {"H2 xchunked", coded(" xchunked"), 400},
      {"H2 chunked twice", coded(" chunked, chunked"), 400},
      {"H2 identity behind", coded(" chunked, identity"), 400},
      {"H2 gzip before", coded(" gzip, chunked"), 400},
      {"H2 tab", coded(" \tchunked"), 400},
      {"H2 empty", coded(""), 400},
      {"H2 identity", coded(" identity"), 400},
      {"H2 repeated", head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400},
      {"H2 in 1.0", coded(" chunked", "HTTP/1.0"), 400},
      {"H3 equal", head("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
      {"H3 different", head("Content-Length: 5\r\nContent-Length: 0\r\n"), 400},
      {"H3 list", sized(" 0,0"), 400},
      {"H3 plus", sized(" +0"), 400},
      {"H3 hex", sized(" 0x5"), 400},
      {"H3 blank inside", sized(" 0 0"), 400},
      {"H3 empty", sized(" "), 400},
      {"H3 twenty digits", sized(" 00000000000000000005"), 400},
      {"H3 2^64-1", sized(" 18446744073709551615"), 400},
      {"H3 minus", sized(" -1"), 400},
      {"H3 large", sized(" 9999999999999999999"), 413},
      {"H4 folding", head("X: a\r\n b\r\n"), 400},
      {"H4 folded coding", head("Transfer-Encoding:\r\n chunked\r\n"), 400},
      {"H4 bare LF", "GET /row HTTP/1.1\nHost: a\n\n", 400},
      {"H4 one bare LF", "GET /row HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400},
      {"H4 bare CR", "GET /row HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400},
      {"H4 NUL in value", "GET /row HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"s, 400},
      {"H4 NUL in target", "GET /ro\0w HTTP/1.1\r\nHost: a\r\n\r\n"s, 400},
      {"H4 blank before colon", head("X : y\r\n"), 400},
      {"H4 no colon", head("X\r\n"), 400},
      {"H4 empty name", head(": y\r\n"), 400},
      {"H4 leading blank", "GET /row HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"H5 no host", "GET /row HTTP/1.1\r\n\r\n", 400},
      {"H5 two hosts", "GET /row HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"H5 list", "GET /row HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
      {"H5 user-info", "GET /row HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
      {"H5 path", "GET /row HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"H6 1.2", "GET /row HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"H6 HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"H6 HTTP/0.9", "GET /row\r\n\r\n", 400},
      {"H6 junk", "GET /row HTTP/1.1 junk\r\nHost: a\r\n\r\n", 400},
      {"H7 head", head("X: " + std::string(65000, 'x') + "\r\n"), 431},
      {"H7 fields", head(fields(3000)), 431},
      {"H7 hundred fields", head(fields(101)), 431},
      {"H7 one field", head("X: " + std::string(9000, 'x') + "\r\n"), 431},
      {"H7 target", "GET /" + std::string(9000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
      {"H8 extension", chunks("5;" + std::string(1u << 20, 'x') + "\r\nhello\r\n0\r\n\r\n"), 400},
      {"H8 digits", chunks("00000000000000005\r\nhello\r\n0\r\n\r\n"), 400},
      {"H8 minus", chunks("-5\r\nhello\r\n0\r\n\r\n"), 400},
      {"H8 hex prefix", chunks("0x5\r\nhello\r\n0\r\n\r\n"), 400},
      {"H8 overflow", chunks("ffffffffffffffff\r\nhello\r\n0\r\n\r\n"), 400},
      {"H8 no line end", chunks("5\r\nhello0\r\n\r\n"), 400},
      {"H9 authorization", chunks("0\r\nAuthorization: x\r\n\r\n"), 400},
      {"H9 host", chunks("0\r\nHost: x\r\n\r\n"), 400},
      {"H9 length", chunks("0\r\nContent-Length: 5\r\n\r\n"), 400},
      {"H10 chunks", chunks(many_chunks(10'001)), 413},
      {"H11 length", sized(" 1048577"), 413},
      {"H11 chunks", chunks("100001\r\n"), 413},
      {"H16 unknown", "FOOBAR /row HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"H16 lower case", "get /row HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"H16 long", std::string(4096, 'A') + " /row HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"H16 33", std::string(33, 'A') + " /row HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"H20 expectation", head("Expect: foo\r\nContent-Length: 0\r\n"), 417},
      {"A1 two authorizations", head("Authorization: a\r\nAuthorization: b\r\n"), 400},
      {"two types", head("Content-Type: a/b\r\ncontent-type: a/b\r\n"), 400},
      {"two From", head("From: a\r\nFrom: a\r\n"), 400},
      {"two If-Match", head("If-Match: a\r\nIf-Match: a\r\n"), 400},
      {"relative target", "GET row HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"fragment", "GET /row#x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, 400},
  };
}

class Framing : public testing::TestWithParam<Row> {};

TEST_P(Framing, IsRefusedAndClosed) {
  Server server;
  Client client{server};
  client.send(GetParam().octets + "DELETE /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto answer = client.receive();
  EXPECT_EQ(answer.status, GetParam().status) << answer.head << answer.body;
  EXPECT_EQ(answer.field("Connection"), "close");
  EXPECT_FALSE(answer.body.empty());
  client.finish_sending();
  EXPECT_EQ(client.drain(), "");
  EXPECT_FALSE(server.handler.has_handled("DELETE /smuggled"));
  EXPECT_FALSE(server.handler.has_handled("POST /row"));
}

INSTANTIATE_TEST_SUITE_P(Rows, Framing, testing::ValuesIn(rows()), [](const auto& row) {
  std::string name;
  for (const char c : row.param.name) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name + "_" + std::to_string(row.index);
});

TEST(FramingOverSockets, AreTheSameOctetByOctet) {
  Server server;
  for (const auto& row : rows()) {
    if (row.octets.size() > 300) continue;
    Client client{server};
    for (const char octet : row.octets + "DELETE /smuggled HTTP/1.1\r\nHost: a\r\n\r\n") client.send({&octet, 1});
    EXPECT_EQ(client.receive().status, row.status) << row.name;
  }
  EXPECT_FALSE(server.handler.has_handled("DELETE /smuggled"));
}

TEST(FramingOverSockets, BodyLongerThanItsLengthIsTheNextRequest) {
  Server server;
  Client client{server};
  client.send(request("POST", "/echo", "Content-Length: 3\r\n") + "abcdef\r\n\r\n");
  EXPECT_EQ(client.receive().body, "abc");
  EXPECT_EQ(client.receive().status, 400u);
  EXPECT_TRUE(client.is_closed());
}

TEST(FramingOverSockets, BodyThatEndsEarlyIsNotHandled) {
  Server server;
  Client client{server};
  client.send(request("POST", "/echo", "Content-Length: 10\r\n") + "abc");
  client.finish_sending();
  EXPECT_EQ(client.drain(), "");
  EXPECT_TRUE(server.handler.handled().empty());
}

TEST(FramingOverSockets, SomeMethodsAreTheHandlersBusiness) {
  Server server;
  Client client{server};
  EXPECT_EQ(client.ask("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n").status, 200u);
  EXPECT_EQ(client.ask(request("TRACE", "/")).status, 200u);
  EXPECT_EQ(client.ask(request("PATCH", "/")).status, 200u);
  EXPECT_EQ(server.handler.handled(), (std::vector<std::string>{"CONNECT a:1", "TRACE /", "PATCH /"}));
}

TEST(FramingOverSockets, UpgradesAreIgnored) {
  Server server;
  Client client{server};
  EXPECT_EQ(client.ask(request("GET", "/a", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n")).body, "/a");
  EXPECT_EQ(client.ask(request("GET", "/b", "Connection: Upgrade\r\nUpgrade: websocket\r\n")).body, "/b");
}

TEST(FramingOverSockets, OneEmptyLineBeforeARequestIsSkipped) {
  Server server;
  Client client{server};
  EXPECT_EQ(client.ask(request("POST", "/echo", "", "abc") + "\r\n").body, "abc");
  EXPECT_EQ(client.ask(request("GET", "/a")).body, "/a");
}

}  // namespace
}  // namespace nscl::net::test
