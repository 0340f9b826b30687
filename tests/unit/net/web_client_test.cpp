// SPDX-License-Identifier: Apache-2.0
// What a call does on the wire: the request, the answer, and every way in which there is none.
#include <gtest/gtest.h>

#include "web_peer.h"

namespace nscl::net::test {
namespace {

using std::chrono::milliseconds;
using Kind = WebFailure::Kind;

/// Answers one request with these octets and ends.
std::function<void(Peer&)> answering(std::string octets) {
  return [octets = std::move(octets)](Peer& peer) {
    auto conversation = peer.accept();
    conversation.read();
    conversation.send(octets);
    conversation.finish();
    conversation.is_ended();
  };
}

WebResult answer_to(const std::string& octets, WebClientOptions options = loopback_options(), Method method = Method::get) {
  Peer peer{answering(octets)};
  Caller caller{std::move(options)};
  WebCall call = get(peer.uri());
  call.method = method;
  return caller.call(std::move(call));
}

/// The octets of the request that this call makes.
std::string request_of(WebCall call, const std::string& path) {
  std::string request;
  {
    Peer peer{[&](Peer& self) {
      auto conversation = self.accept();
      request = conversation.read();
      conversation.send(ok("x"));
    }};
    call.uri = peer.uri(path);
    Caller caller;
    EXPECT_TRUE(caller.call(std::move(call)));
    const auto authority = "127.0.0.1:" + std::to_string(peer.port());
    while (!peer.is_done()) std::this_thread::yield();
    const auto at = request.find(authority);
    if (at != std::string::npos) request.replace(at, authority.size(), "PEER");
  }
  return request;
}

TEST(WebClientRequest, SaysWhatItWasGiven) {
  WebCall call;
  call.fields = {{"Content-Type", "application/xml"}, {"X-etsi-correlationID", "7"}};
  call.body = std::make_shared<const std::string>("<a/>");
  EXPECT_EQ(request_of(call, "/a%2Fb/c?x=y&z=%20"),
            "POST /a%2Fb/c?x=y&z=%20 HTTP/1.1\r\nHost: PEER\r\nContent-Type: application/xml\r\nX-etsi-correlationID: 7\r\n"
            "User-Agent: nscl\r\nContent-Length: 4\r\n\r\n<a/>");
  EXPECT_EQ(request_of(WebCall{}, ""), "POST / HTTP/1.1\r\nHost: PEER\r\nUser-Agent: nscl\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(request_of(get(""), "/"), "GET / HTTP/1.1\r\nHost: PEER\r\nUser-Agent: nscl\r\n\r\n");
}

TEST(WebClientRequest, TakesAQueryWithoutAPath) {
  EXPECT_EQ(request_of(get(""), "/?x=y").substr(0, 20), "GET /?x=y HTTP/1.1\r\n");
  EXPECT_EQ(request_of(get(""), "?x=y").substr(0, 20), "GET /?x=y HTTP/1.1\r\n");
}

TEST(WebClientRequest, SendsALargeBodyWhole) {
  WebCall call;
  call.body = std::make_shared<const std::string>(3u << 20, 'b');
  const auto request = request_of(call, "/");
  EXPECT_EQ(request.substr(request.find("\r\n\r\n") + 4), *call.body);
}

TEST(WebClientRequest, RefusesAMalformedCall) {
  Caller caller;
  for (const char* uri : {"", "/a", "127.0.0.1/a", "http:/127.0.0.1/", "http://", "http:///a", "http://u@127.0.0.1/", "http://127.0.0.1:0/",
                          "http://127.0.0.1:/", "http://127.0.0.1:65536/", "http://127.0.0.1/#f", "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y",
                          "http://127.0.0.1/\xc3\xa9", "http://[::1/", "http://a,b/"})
    EXPECT_EQ(failure_of(caller.call(get(uri))), Kind::bad_uri) << uri;
  EXPECT_EQ(failure_of(caller.call(get("http://127.0.0.1/" + std::string(9000, 'a')))), Kind::bad_uri);
  for (const char* uri : {"https://127.0.0.1/" /* nothing is set up for it here */, "coap://127.0.0.1/", "file://etc/passwd"})
    EXPECT_EQ(failure_of(caller.call(get(uri))), Kind::not_supported) << uri;
  for (const Method method : {Method::connect, Method::trace}) {
    WebCall call = get("http://127.0.0.1/");
    call.method = method;
    EXPECT_EQ(failure_of(caller.call(call)), Kind::not_supported);
  }
}

TEST(WebClientRequest, RefusesInjectedFields) {
  Caller caller;
  const std::pair<std::string, std::string> fields[] = {
      {"X", "a\r\nY: b"}, {"X", "a\nb"}, {"X", "a\rb"}, {"X", std::string("a\0b", 3)}, {"X\r\nY", "a"}, {"X Y", "a"}, {"", "a"}, {"X:", "a"},
      {"Host", "a"}, {"content-length", "5"}, {"Transfer-Encoding", "chunked"}, {"Connection", "close"}, {"Expect", "100-continue"}};
  for (const auto& field : fields) {
    WebCall call = get("http://127.0.0.1:" + std::to_string(free_port()) + "/");
    call.fields.push_back(field);
    EXPECT_EQ(failure_of(caller.call(std::move(call))), Kind::bad_uri) << field.first << ": " << field.second;
  }
}

TEST(WebClientAnswer, IsGivenWhole) {
  const auto result = answer_to("HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nX-A:  b \r\nConnection: X-Hop, close\r\nX-Hop: 1\r\n"
                                "Keep-Alive: 5\r\nContent-Length: 3\r\n\r\nabc");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 404u);
  EXPECT_EQ(result->content_type, "text/plain");
  EXPECT_EQ(result->body, "abc");
  ASSERT_NE(result->find("x-a"), nullptr);
  EXPECT_EQ(*result->find("x-a"), "b");
  for (const char* name : {"Connection", "X-Hop", "Keep-Alive"}) EXPECT_EQ(result->find(name), nullptr) << name;
}

TEST(WebClientAnswer, MayBeFramedInEveryWay) {
  const auto body_of = [](const std::string& octets) {
    const auto result = answer_to(octets);
    return result ? result->body : "failed: " + result.error().detail;
  };
  EXPECT_EQ(body_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n5;x=y\r\npedia\r\n0\r\n\r\n"), "Wikipedia");
  EXPECT_EQ(body_of("HTTP/1.1 200 OK\r\n\r\nto the end"), "to the end");
  EXPECT_EQ(body_of("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc"), "abc");
  EXPECT_EQ(body_of("HTTP/1.0 200\r\n\r\nabc"), "abc");
  EXPECT_EQ(body_of("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" + ok("abc")), "abc");
  EXPECT_EQ(body_of("HTTP/1.1 204 No Content\r\n\r\n"), "");
  EXPECT_EQ(body_of("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"), "");
  EXPECT_EQ(body_of(ok(std::string(1u << 20, 'b'))), std::string(1u << 20, 'b'));
  const auto head = answer_to("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", loopback_options(), Method::head);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->body, "");
  EXPECT_EQ(*head->find("Content-Length"), "7");
}

TEST(WebClientAnswer, ThatNobodyCanFrameIsGarbage) {
  const std::string status = "HTTP/1.1 200 OK\r\n";
  for (const std::string& octets : {
           std::string("\x16\x03\x01\x02"), std::string("SSH-2.0-x\r\n"), std::string("HTTP/2.0 200 OK\r\n\r\n"), std::string("HTTP/1.2 200 OK\r\n\r\n"),
           std::string("HTTP/1.1 20 OK\r\n\r\n"), std::string("HTTP/1.1 2000 OK\r\n\r\n"), std::string("HTTP/1.1 999 x\r\n\r\n"),
           std::string("HTTP/1.1  200 OK\r\n\r\n"), std::string("\r\nHTTP/1.1 200 OK\r\n\r\n"), std::string("HTTP/1.1 200 OK\n\n"),
           std::string("HTTP/1.1 200 \x01\r\n\r\n"), std::string("HTTP/1.1 101 Switching\r\n\r\n"),
           status + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", status + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
           status + "Content-Length: 3, 3\r\n\r\nabc", status + "Content-Length: -3\r\n\r\nabc", status + "Content-Length: 0x3\r\n\r\nabc",
           status + "Content-Length: \r\n\r\n", status + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           status + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", status + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
           status + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           std::string("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
           status + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", status + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
           status + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n", status + "A: b\r\n c\r\n\r\n", status + "A\r\n\r\n", status + "A : b\r\n\r\n",
           status + "A: b\x01\r\n\r\n", status + "A: b\rc\r\n\r\n", status + std::string("A: b\0\r\n\r\n", 9), status + "A: b\nContent-Length: 0\r\n\r\n"})
    EXPECT_EQ(failure_of(answer_to(octets)), Kind::garbage) << octets;
  std::string interim;
  for (int i = 0; i < 9; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(failure_of(answer_to(interim + ok(""))), Kind::garbage) << "too many interim answers";
}

TEST(WebClientAnswer, HasLimits) {
  auto options = loopback_options();
  options.head_limit = 1024;
  options.body_limit = 100;
  const std::string field = "X: " + std::string(95, 'x') + "\r\n";
  std::string long_head = "HTTP/1.1 200 OK\r\n";
  for (int i = 0; i < 11; ++i) long_head += field;
  EXPECT_EQ(failure_of(answer_to(long_head, options)), Kind::too_large) << "before it ends";
  EXPECT_EQ(failure_of(answer_to("HTTP/1.1 200 OK\r\nX: " + std::string(2000, 'x'), options)), Kind::too_large) << "before the line ends";
  EXPECT_EQ(failure_of(answer_to("HTTP/1.1 200 OK\r\nX: " + std::string(9000, 'x') + "\r\n\r\n")), Kind::too_large);
  EXPECT_EQ(failure_of(answer_to("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", options)), Kind::too_large);
  EXPECT_EQ(failure_of(answer_to("HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\n", options)), Kind::too_large);
  EXPECT_EQ(failure_of(answer_to("HTTP/1.1 200 OK\r\n\r\n" + std::string(101, 'b'), options)), Kind::too_large);
  EXPECT_EQ(failure_of(answer_to("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n", options)), Kind::too_large);
  for (const std::string& fits : {ok(std::string(100, 'b')), "HTTP/1.1 200 OK\r\n\r\n" + std::string(100, 'b')})
    EXPECT_TRUE(answer_to(fits, options)) << fits;
}

TEST(WebClientAnswer, ThatIsCutIsAReset) {
  for (const std::string& octets : {std::string(), std::string("HTTP"), std::string("HTTP/1.1 200 OK\r\nA: b"),
                                    std::string("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"),
                                    std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n")})
    EXPECT_EQ(failure_of(answer_to(octets)), Kind::reset) << octets;
}

TEST(WebClientAnswer, AResetIsNoEndOfABody) {
  Peer peer{[](Peer& self) {
    auto conversation = self.accept();
    conversation.read();
    conversation.send("HTTP/1.1 200 OK\r\n\r\nabc");
    conversation.reset();
  }};
  Caller caller;
  EXPECT_EQ(failure_of(caller.call(get(peer.uri()))), Kind::reset);
}

TEST(WebClientAnswer, ARedirectIsOneAsWell) {
  const auto result = answer_to("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 302u);
  EXPECT_EQ(*result->find("Location"), "http://127.0.0.1:1/");
}

TEST(WebClientAnswer, ThatComesBeforeTheBodyIsTakenIsKept) {
  Peer peer{[](Peer& self) {
    auto conversation = self.accept();
    conversation.send("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    conversation.read();
  }};
  WebCall call;
  call.uri = peer.uri();
  call.body = std::make_shared<const std::string>(1u << 20, 'b');
  Caller caller;
  const auto result = caller.call(std::move(call));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 413u);
}

TEST(WebClientTimes, NobodyListens) {
  Caller caller;
  EXPECT_EQ(failure_of(caller.call(get("http://127.0.0.1:" + std::to_string(free_port()) + "/"))), Kind::refused);
}

TEST(WebClientTimes, NobodyAnswersTheConnect) {
  const DeadPort dead;
  auto options = loopback_options();
  options.connect_time = milliseconds{50};
  Caller hasty{options};
  EXPECT_EQ(failure_of(hasty.call(get(dead.uri()))), Kind::timed_out) << "by connect_time";
  Caller patient;
  WebCall call = get(dead.uri());
  call.time = milliseconds{50};
  EXPECT_EQ(failure_of(patient.call(std::move(call))), Kind::timed_out) << "by the call's time";
}

TEST(WebClientTimes, TheAnswerTakesTooLong) {
  for (const char* begin : {"", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"}) {
    Peer peer{[&](Peer& self) {
      auto conversation = self.accept();
      conversation.read();
      conversation.send(begin);
      EXPECT_TRUE(conversation.is_ended()) << "the connection is closed";
    }};
    Caller caller;
    WebCall call = get(peer.uri());
    call.time = milliseconds{50};
    EXPECT_EQ(failure_of(caller.call(std::move(call))), Kind::timed_out) << begin;
    EXPECT_TRUE(caller.run_until([&] { return peer.is_done(); }));
  }
}

TEST(WebClientStop, EndsWhatIsInProgress) {
  std::atomic<bool> is_asked{false};
  Peer peer{[&](Peer& self) {
    auto conversation = self.accept();
    conversation.read();
    is_asked = true;
    EXPECT_TRUE(conversation.is_ended());
  }};
  const DeadPort dead;
  auto options = loopback_options();
  options.connections_per_destination = 1;
  Caller caller{options};
  const auto reading = caller.start(get(peer.uri())), waiting = caller.start(get(peer.uri())), connecting = caller.start(get(dead.uri()));
  ASSERT_TRUE(caller.run_until([&] { return is_asked.load(); }));
  caller.client.stop();
  for (const auto& call : {reading, waiting, connecting}) {
    ASSERT_TRUE(caller.run_until_ended(call));
    EXPECT_EQ(failure_of(**call), Kind::stopping);
  }
  EXPECT_EQ(failure_of(caller.call(get(peer.uri()))), Kind::stopping);
}

TEST(WebClientStop, CallsInProgressMayOutliveTheClient) {
  const DeadPort dead;
  Caller caller;
  const auto call = caller.start(get(dead.uri()));
  caller.run_until([first = true]() mutable { return !std::exchange(first, false); });
  EXPECT_FALSE(call->has_value());
}

}  // namespace
}  // namespace nscl::net::test
