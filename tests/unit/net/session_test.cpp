// SPDX-License-Identifier: Apache-2.0
// Well-behaved conversations: order, persistence, bodies, 100-continue, answers.
#include <gtest/gtest.h>

#include "test_server.h"

namespace nscl::net::test {
namespace {

TEST(Session, GivesTheHandlerItsFields) {
  Server server;
  Client client{server};
  const auto answer = client.ask(request("POST", "/dump",
                                         "Authorization: Basic x\r\nContent-Type: a/b\r\nAccept: c/d\r\nAccept: e/f\r\nFrom: http://g\r\n"
                                         "If-Match: \"h\"\r\nIf-None-Match: *\r\nX-etsi-rcat: 3\r\nx-lower: y\r\nXylophone: z\r\n",
                                         "content"));
  EXPECT_EQ(answer.body,
            "host=a authorization=Basic x content_type=a/b accept=c/d, e/f from=http://g if_match=\"h\" if_none_match=* framing=1 "
            "peer=127.0.0.1 X-etsi-rcat=3 x-lower=y body=content");
  EXPECT_EQ(client.ask(request("GET", "/dump")).body,
            "host=a authorization= content_type= accept= from= if_match= if_none_match= framing=0 peer=127.0.0.1 body=");
}

TEST(Session, KeepsItsFieldsWhenTheBodyComesLater) {
  Server server;
  Client client{server};
  client.send(request("POST", "/dump", "Content-Type: a/b\r\nX-A: b\r\nContent-Length: 7\r\n"));
  std::this_thread::sleep_for(std::chrono::milliseconds{30});
  client.send("con");
  std::this_thread::sleep_for(std::chrono::milliseconds{30});
  client.send("tent");
  const auto body = client.receive().body;
  EXPECT_NE(body.find("content_type=a/b"), std::string::npos) << body;
  EXPECT_NE(body.find("X-A=b body=content"), std::string::npos) << body;
}

TEST(Session, AnswersPipelinedRequestsInOrder) {
  Server server;
  Client client{server};
  std::string all;
  for (int i = 0; i < 1000; ++i) all += request("GET", "/" + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(client.receive().body, "/" + std::to_string(i));
}

TEST(Session, AnswersPipelinedRequestsWithBodiesInOrder) {
  Server server;
  Client client{server};
  std::string all;
  for (int i = 0; i < 300; ++i)
    all += i % 2 == 0 ? request("POST", "/echo", "", std::string(200, 'a') + std::to_string(i))
                      : request("POST", "/echo", "Transfer-Encoding: chunked\r\n") + "c8\r\n" + std::string(200, 'a') + "\r\n3\r\n" +
                            std::to_string(100 + i % 100) + "\r\n0\r\n\r\n";
  client.send(all);
  for (int i = 0; i < 300; ++i)
    ASSERT_EQ(client.receive().body, std::string(200, 'a') + std::to_string(i % 2 == 0 ? i : 100 + i % 100));
}

TEST(Session, ASlowAnswerKeepsItsPlace) {
  Server server;
  Client client{server};
  client.send(request("GET", "/1/slow") + request("GET", "/2") + request("GET", "/3/slow") + request("GET", "/4"));
  for (const char* target : {"/1/slow", "/2", "/3/slow", "/4"}) EXPECT_EQ(client.receive().body, target);
}

TEST(Session, KeepsOrClosesTheConnection) {
  Server server;
  {
    Client client{server};
    EXPECT_EQ(client.ask(request("GET", "/a")).field("Connection"), "");
    EXPECT_EQ(client.ask(request("GET", "/b", "Connection: close\r\n") + request("GET", "/c")).field("Connection"), "close");
    EXPECT_TRUE(client.is_closed());
    EXPECT_FALSE(server.handler.has_handled("GET /c"));
  }
  {
    Client client{server};
    EXPECT_EQ(client.ask("GET /a HTTP/1.0\r\n\r\n").field("Connection"), "close");
    EXPECT_TRUE(client.is_closed());
  }
  {
    Client client{server};
    EXPECT_EQ(client.ask("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").field("Connection"), "keep-alive");
    EXPECT_EQ(client.ask(request("GET", "/close")).field("Connection"), "close");
    EXPECT_TRUE(client.is_closed());
  }
}

TEST(Session, SendsNoBodyToHead) {
  Server server;
  Client client{server};
  client.send(request("HEAD", "/abc") + request("GET", "/d"));
  const auto answer = client.receive(false);
  EXPECT_EQ(answer.status, 200u);
  EXPECT_EQ(answer.field("Content-Length"), "4");
  EXPECT_EQ(client.receive().body, "/d");
  client.send(request("HEAD", "/x", "Expect: foo\r\n"));
  EXPECT_EQ(client.receive(false).status, 417u);
  EXPECT_EQ(client.drain(), "");
}

TEST(Session, StatusesWithoutBody) {
  Server server;
  Client client{server};
  const auto none = client.ask(request("GET", "/none"));
  EXPECT_EQ(none.status, 204u);
  EXPECT_EQ(none.field("Content-Length"), "0");
  EXPECT_EQ(none.field("Server"), "nscl");
  EXPECT_NE(none.field("Date"), "");
  const auto same = client.ask(request("GET", "/same"));
  EXPECT_EQ(same.status, 304u);
  EXPECT_EQ(same.field("Content-Length"), "");
  EXPECT_EQ(client.ask(request("GET", "/a")).body, "/a");
}

TEST(Session, AnswersCannotBeSplit) {
  Server server;
  Client client{server};
  const auto answer = client.ask(request("GET", "/split"));
  EXPECT_EQ(answer.field("Set-Cookie"), "");
  EXPECT_EQ(answer.field("Location"), "/x  Set-Cookie: a=b    HTTP/1.1 200 OK");
  EXPECT_EQ(client.ask(request("GET", "/a")).body, "/a");
}

TEST(Session, AnExceptionIs500WithANumberAndWithoutItsReasonL5) {
  Server server;
  Client client{server};
  const auto answer = client.ask(request("GET", "/throw"));
  EXPECT_EQ(answer.status, 500u);
  EXPECT_EQ(answer.body.find("on purpose"), std::string::npos) << answer.body;
  EXPECT_NE(answer.body.find("in the log as "), std::string::npos) << answer.body;
  EXPECT_TRUE(client.is_closed());
  Client other{server};
  EXPECT_EQ(other.ask(request("GET", "/a")).status, 200u);
}

TEST(Session, GetMayHaveABody) {
  Server server;
  Client client{server};
  EXPECT_EQ(client.ask(request("GET", "/echo", "", "abc")).body, "abc");
  EXPECT_EQ(client.ask(request("DELETE", "/echo", "Transfer-Encoding: chunked\r\n") + "3\r\nxyz\r\n0\r\n\r\n").body, "xyz");
}

TEST(Session, TakesChunksInPieces) {
  Server server;
  Client client{server};
  const std::string octets = request("POST", "/dump", "X-A: b\r\nTransfer-Encoding: chunked\r\n") + "4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n" +
                             request("GET", "/next");
  for (const char octet : octets) client.send({&octet, 1});
  const auto body = client.receive().body;
  EXPECT_NE(body.find("framing=1 peer=127.0.0.1 X-A=b body=Wikipedia"), std::string::npos) << body;
  EXPECT_EQ(client.receive().body, "/next");
}

TEST(Session, CarriesAMebibyteBothWays) {
  Server server;
  Client client{server};
  const std::string body(1u << 20, 'z');
  EXPECT_EQ(client.ask(request("POST", "/echo", "", body)).body, body);
  EXPECT_EQ(server.handler.admitted(), 1);
  client.send(request("POST", "/echo", "Transfer-Encoding: chunked\r\n") + "80000\r\n" + body.substr(0, 0x80000) + "\r\n80000\r\n" +
              body.substr(0, 0x80000) + "\r\n0\r\n\r\n" + request("GET", "/next"));
  EXPECT_EQ(client.receive().body, body);
  EXPECT_EQ(server.handler.admitted(), 2);
  EXPECT_EQ(client.receive().body, "/next");
  EXPECT_EQ(client.ask(request("GET", "/big")).body.size(), 1u << 20);
}

TEST(Session, Asks100Continue) {
  Server server;
  Client client{server};
  client.send(request("POST", "/echo", "Expect: 100-Continue\r\nContent-Length: 5\r\n"));
  EXPECT_EQ(client.receive().status, 100u);
  client.send("hello");
  EXPECT_EQ(client.receive().body, "hello");
  EXPECT_EQ(server.handler.admitted(), 1);
  client.send(request("POST", "/echo", "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_EQ(client.receive().status, 100u);
  client.send("5\r\nhello\r\n0\r\n\r\n");
  EXPECT_EQ(client.receive().body, "hello");
}

TEST(Session, DoesNotAsk100ContinueWhenTheBodyIsThere) {
  Server server;
  Client client{server};
  EXPECT_EQ(client.ask(request("POST", "/echo", "Expect: 100-continue\r\n", "hello")).body, "hello");
  EXPECT_EQ(client.ask(request("GET", "/a", "Expect: 100-continue\r\n")).body, "/a");
  EXPECT_EQ(client.ask("POST /echo HTTP/1.0\r\nExpect: foo\r\nContent-Length: 2\r\n\r\nab").body, "ab");
}

TEST(Session, RefusesABodyBeforeItIsSent) {
  Server server;
  {
    Client client{server};
    const auto answer = client.ask(request("POST", "/echo", "Authorization: bad\r\nExpect: 100-continue\r\nContent-Length: 5\r\n"));
    EXPECT_EQ(answer.status, 401u);
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(client.is_closed());
  }
  Client client{server};
  EXPECT_EQ(client.ask(request("POST", "/echo", "Authorization: bad\r\nContent-Length: 100000\r\n")).status, 401u);
  EXPECT_TRUE(server.handler.handled().empty());
}

TEST(Session, TheAnswerToARefusedUploadArrives) {
  ListenerOptions options;
  options.body_limit = 200'000;
  Server server{options};
  for (int i = 0; i < 10; ++i) {
    Client client{server};
    client.send(request("POST", "/echo", "", std::string(400'000, 'x')));
    EXPECT_EQ(client.receive().status, 413u);
    client.finish_sending();
    EXPECT_TRUE(client.is_closed());
  }
}

TEST(Fields, CookiesAreOneList) {
  Server server;
  Client client{server};
  EXPECT_EQ(client.ask(request("GET", "/cookie", "Cookie: a=b\r\ncookie: session=c; Path=/\r\n")).body, "a=b, session=c; Path=/");
}

}  // namespace
}  // namespace nscl::net::test
