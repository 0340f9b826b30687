// SPDX-License-Identifier: Apache-2.0
// Connection requests by HTTP against a scripted device, and which addresses are called (rem.md 4.7; rows 30, 31, 63).
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>

#include <nscl/base/bytes.h>
#include <nscl/rem/connection_request.h>

#include "device_caller.h"
#include "web_peer.h"

namespace nscl::rem {
namespace {

using namespace std::chrono_literals;
using net::test::Conversation;
using net::test::Peer;
using End = CallOutcome::End;

constexpr const char* challenge =
    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"cpe\", qop=\"auth\", nonce=\"n1\", algorithm=MD5, opaque=\"o\"\r\nContent-Length: 0\r\n";
constexpr const char* accepted = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr const char* path = "/1a2b?x=%20y";

CallOptions loopback() {
  CallOptions options;
  options.networks = {"127.0.0.0/8"};
  options.connect_time = 2s;
  options.answer_time = 20s;
  return options;
}

Call call_to(const std::string& uri, bool has_login = true) {
  Call call;
  call.device = "00D09E-Box-1";
  call.facts.connection_request_url = uri;
  call.facts.address = "127.0.0.1";
  if (has_login) call.login = Login{"acs", Secret("se cret")};
  return call;
}

CallOutcome run(Call call, CallOptions options = loopback()) {
  boost::asio::io_context context{1};
  std::optional<CallOutcome> out;
  DeviceCaller caller(context, system_clock(), std::move(options), nullptr);
  boost::asio::co_spawn(context, caller.request(std::move(call)), [&](const std::exception_ptr& problem, CallOutcome outcome) {
    if (problem) std::rethrow_exception(problem);
    out = std::move(outcome);
    caller.stop();
  });
  context.run_for(30s);
  EXPECT_TRUE(out);
  return out.value_or(CallOutcome{});
}

/// The field of that name in a request.
std::string field(const std::string& request, const std::string& name) {
  const auto at = request.find("\r\n" + name + ": ");
  if (at == request.npos) return {};
  const auto from = at + name.size() + 4;
  return request.substr(from, request.find("\r\n", from) - from);
}

TEST(HttpRequest, aDeviceThatAsksForNothingIsCalledOnce) {
  std::string request;
  Peer peer([&](Peer& self) {
    auto conversation = self.accept();
    request = conversation.read();
    conversation.send("HTTP/1.1 204 No Content\r\n\r\n");
  });
  EXPECT_EQ(run(call_to(peer.uri(path))).end, End::accepted);
  EXPECT_TRUE(request.starts_with("GET /1a2b?x=%20y HTTP/1.1\r\n")) << request;
  EXPECT_EQ(field(request, "Authorization"), "");
}

TEST(HttpRequest, BasicIsAnsweredToAModelThatMayWantIt) {   // 4.9, connReqAuth
  for (const bool may : {true, false}) {
    std::string second;
    Peer peer([&](Peer& self) {
      auto conversation = self.accept();
      conversation.read();
      conversation.send("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"cpe\"\r\nContent-Length: 0\r\n\r\n");
      if (!may) return;
      second = conversation.read();
      conversation.send(accepted);
    });
    auto call = call_to(peer.uri(path));
    call.login->allow_basic = may;
    EXPECT_EQ(run(std::move(call)).end, may ? End::accepted : End::refused);
    EXPECT_EQ(field(second, "Authorization").starts_with("Basic "), may);
  }
}

TEST(HttpRequest, R30digestIsAnsweredOnTheSameConnection) {   // O28: the uri of the request line, the usual spelling
  std::string first, second;
  Peer peer([&](Peer& self) {
    auto conversation = self.accept();
    first = conversation.read();
    conversation.send(std::string(challenge) + "\r\n");
    second = conversation.read();
    conversation.send(accepted);
  });
  EXPECT_EQ(run(call_to(peer.uri(path))).end, End::accepted);
  EXPECT_EQ(field(first, "Authorization"), "");
  const auto answer = field(second, "Authorization");
  EXPECT_TRUE(answer.starts_with("Digest username=\"acs\"")) << answer;
  EXPECT_NE(answer.find("uri=\"/1a2b?x=%20y\""), answer.npos) << answer;
  EXPECT_NE(answer.find("qop=auth, nc=00000001"), answer.npos) << answer;
  EXPECT_EQ(answer.find("se cret"), answer.npos);
}

TEST(HttpRequest, R30aConnectionThatWasClosedAfterTheChallengeIsReplaced) {   // O32
  std::string second;
  Peer peer([&](Peer& self) {
    auto conversation = self.accept();
    conversation.read();
    conversation.send(std::string(challenge) + "Connection: close\r\n\r\n");
    conversation.close();
    auto again = self.accept();
    second = again.read();
    again.send(accepted);
  });
  EXPECT_EQ(run(call_to(peer.uri(path))).end, End::accepted);
  EXPECT_NE(field(second, "Authorization"), "");
}

TEST(HttpRequest, R30aDeviceThatClosesWithoutAWordIsCalledAnewToo) {
  std::string second;
  Peer peer([&](Peer& self) {
    auto conversation = self.accept();
    conversation.read();
    conversation.send(std::string(challenge) + "\r\n");
    conversation.close();   // though it said nothing of it
    auto again = self.accept();
    second = again.read();
    again.send(accepted);
  });
  EXPECT_EQ(run(call_to(peer.uri(path))).end, End::accepted);
  EXPECT_NE(field(second, "Authorization"), "");
}

TEST(HttpRequest, R30wrongCredentialsAreRefusedAfterTwoTries) {
  int requests = 0;
  Peer peer([&](Peer& self) {
    auto conversation = self.accept();
    while (!conversation.read().empty()) {
      ++requests;
      conversation.send(std::string(challenge) + "\r\n");
    }
  });
  const auto outcome = run(call_to(peer.uri(path)));
  EXPECT_EQ(outcome.end, End::refused);
  EXPECT_EQ(outcome.detail.find("se cret"), outcome.detail.npos) << "R63";
  while (!peer.is_done()) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(requests, 2);
}

TEST(HttpRequest, withoutCredentialsAChallengeIsARefusal) {
  Peer peer([&](Peer& self) {
    auto conversation = self.accept();
    conversation.read();
    conversation.send(std::string(challenge) + "\r\n");
  });
  EXPECT_EQ(run(call_to(peer.uri(path), false)).end, End::refused);
}

constexpr const char* basic_challenge = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"cpe\"\r\nContent-Length: 0\r\n\r\n";

TEST(HttpRequest, R63basicIsNotAnsweredUnlessTheOperatorAllowsIt) {
  std::atomic<bool> has_more = false;
  Peer peer([&](Peer& self) {
    auto conversation = self.accept();
    conversation.read();
    conversation.send(basic_challenge);
    has_more = !conversation.read().empty();
  });
  EXPECT_EQ(run(call_to(peer.uri(path))).end, End::refused);
  while (!peer.is_done()) std::this_thread::sleep_for(1ms);
  EXPECT_FALSE(has_more);
}

TEST(HttpRequest, basicIsAnsweredWhereTheOperatorAllowsIt) {
  std::string second;
  Peer peer([&](Peer& self) {
    auto conversation = self.accept();
    conversation.read();
    conversation.send(basic_challenge);
    second = conversation.read();
    conversation.send(accepted);
  });
  auto options = loopback();
  options.allow_basic = true;
  EXPECT_EQ(run(call_to(peer.uri(path)), options).end, End::accepted);
  EXPECT_EQ(field(second, "Authorization"), "Basic " + base64_encode("acs:se cret"));
}

TEST(HttpRequest, digestGoesBeforeBasic) {
  std::string second;
  Peer peer([&](Peer& self) {
    auto conversation = self.accept();
    conversation.read();
    conversation.send("HTTP/1.1 401 No\r\nwww-authenticate: Basic realm=\"x\"\r\nWWW-AUTHENTICATE: Digest realm=\"x\", nonce=\"n\"\r\nContent-Length: 0\r\n\r\n");
    second = conversation.read();
    conversation.send(accepted);
  });
  auto options = loopback();
  options.allow_basic = true;
  EXPECT_EQ(run(call_to(peer.uri(path)), options).end, End::accepted);
  EXPECT_TRUE(field(second, "Authorization").starts_with("Digest "));
}

End end_after(const std::string& answer) {
  Peer peer([&](Peer& self) {
    auto conversation = self.accept();
    conversation.read();
    conversation.send(answer);
    conversation.close();
  });
  return run(call_to(peer.uri(path))).end;
}

TEST(HttpRequest, whatOtherAnswersMean) {
  EXPECT_EQ(end_after("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"), End::busy);
  EXPECT_EQ(end_after("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"), End::failed);
  EXPECT_EQ(end_after("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"), End::failed);
  EXPECT_EQ(end_after("no HTTP at all\r\n\r\n"), End::failed);
  EXPECT_EQ(end_after("HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n"), End::refused);
  EXPECT_EQ(end_after("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + std::string(10'000, 'x')), End::failed) << "a body is read up to 4 KiB";
}

TEST(HttpRequest, aRedirectIsNotFollowed) {
  Peer elsewhere([](Peer&) {});
  EXPECT_EQ(end_after("HTTP/1.1 302 Found\r\nLocation: " + elsewhere.uri() + "\r\nContent-Length: 0\r\n\r\n"), End::failed);
  EXPECT_FALSE(elsewhere.has_further());
}

TEST(HttpRequest, aDeviceThatIsNotThereOrDoesNotAnswerHasFailed) {
  EXPECT_EQ(run(call_to("http://127.0.0.1:" + std::to_string(net::test::free_port()) + "/")).end, End::failed);
  auto options = loopback();
  options.answer_time = 200ms;
  Peer silent([](Peer& self) {
    auto conversation = self.accept();
    conversation.read();
    EXPECT_TRUE(conversation.is_ended());
  });
  EXPECT_EQ(run(call_to(silent.uri()), options).end, End::failed);
}

TEST(Reach, R31whereADeviceMustNotLeadUsNobodyIsCalled) {
  Peer peer([](Peer&) {});
  const auto port = ":" + std::to_string(peer.port()) + "/";
  const auto end = [](std::string uri, std::string address, std::vector<std::string> networks) {
    auto call = call_to(uri);
    call.facts.address = std::move(address);
    CallOptions options;
    options.networks = std::move(networks);
    return run(std::move(call), options).end;
  };
  EXPECT_EQ(end("http://127.0.0.1" + port, "8.8.8.8", {}), End::forbidden);
  EXPECT_EQ(end("http://127.0.0.1" + port, "127.0.0.1", {}), End::forbidden) << "its own address, but one that leads inside";
  EXPECT_EQ(end("http://127.0.0.1" + port, "127.0.0.1", {"10.0.0.0/8"}), End::forbidden);
  EXPECT_EQ(end("http://169.254.169.254/", "8.8.8.8", {}), End::forbidden);
  EXPECT_EQ(end("http://169.254.169.254/", "169.254.169.254", {}), End::forbidden);
  EXPECT_EQ(end("http://8.8.4.4/", "8.8.8.8", {}), End::forbidden) << "somebody else's address";
  EXPECT_EQ(end("http://[::ffff:127.0.0.1]" + port, "127.0.0.1", {}), End::forbidden);
  EXPECT_EQ(end("http://localhost" + port, "127.0.0.1", {"127.0.0.0/8"}), End::forbidden) << "a name";
  EXPECT_EQ(end("http://2130706433" + port, "127.0.0.1", {"127.0.0.0/8"}), End::forbidden);
  EXPECT_EQ(end("http://127.1" + port, "127.0.0.1", {"127.0.0.0/8"}), End::forbidden);
  EXPECT_FALSE(peer.has_further());
}

TEST(Reach, whatIsNoPlainHttpUriIsNotCalled) {
  for (const char* uri : {"ftp://127.0.0.1/", "http://user@127.0.0.1/", "http://u:p@127.0.0.1/", "file:///etc/passwd", "127.0.0.1:80", "http://127.0.0.1:99999/",
                                "http://127.0.0.1/\r\nX: y", "https://127.0.0.1/"})
    EXPECT_EQ(run(call_to(uri)).end, End::impossible) << uri;
  EXPECT_EQ(run(call_to("")).end, End::impossible);
}

TEST(Ways, areChosenAsTheSpecificationSays) {
  auto call = call_to("http://127.0.0.1/");
  EXPECT_EQ(way_to(call, true), Way::http);
  call.facts.udp_connection_request_address = "127.0.0.1:9";
  EXPECT_EQ(way_to(call, true), Way::udp);
  EXPECT_EQ(way_to(call, false), Way::http) << "without a STUN server";
  call.trigger = "http://127.0.0.1/wake";
  EXPECT_EQ(way_to(call, true), Way::http);
  call.trigger = "xmpp:box@example.org/x";
  EXPECT_EQ(way_to(call, true), Way::xmpp);
  call.trigger = "udp://127.0.0.1:9";
  EXPECT_EQ(way_to(call, true), Way::udp);
  call.login.reset();
  call.trigger.clear();
  EXPECT_EQ(way_to(call, true), Way::http) << "a datagram without a signature is of no use";
  call.facts.connection_request_url.clear();
  EXPECT_EQ(way_to(call, true), Way::none);
}

TEST(Ways, xmppIsAnswered501) {
  auto call = call_to("http://127.0.0.1/");
  call.trigger = "xmpp:box@example.org/x";
  const auto outcome = run(std::move(call));
  EXPECT_EQ(outcome.end, End::not_implemented);
  EXPECT_TRUE(outcome.detail.starts_with("501 ")) << outcome.detail;
  EXPECT_NE(outcome.detail.find("XMPP"), outcome.detail.npos);
}

TEST(Ways, remTriggerAddrGoesBeforeTheDevicesOwnWord) {
  Peer own([](Peer&) {});
  std::string request;
  Peer told([&](Peer& self) {
    auto conversation = self.accept();
    request = conversation.read();
    conversation.send(accepted);
  });
  auto call = call_to(own.uri("/own"));
  call.trigger = told.uri("/told");
  EXPECT_EQ(run(std::move(call)).end, End::accepted);
  EXPECT_TRUE(request.starts_with("GET /told ")) << request;
  EXPECT_FALSE(own.has_further());
}

}  // namespace
}  // namespace nscl::rem
