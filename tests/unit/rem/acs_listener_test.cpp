// SPDX-License-Identifier: Apache-2.0
// The ACS behind real sockets: connections that come and go, on two I/O threads.
#include <thread>

#include <boost/asio/executor_work_guard.hpp>

#include <nscl/net/listener.h>
#include <nscl/rem/tr069/acs.h>

#include "../net/test_server.h"
#include "fake_work.h"

namespace nscl::rem::tr069 {
namespace {

using net::test::Answer;
using net::test::Client;

class NoLogins final : public CpeCredentials {
 public:
  std::optional<CpeLogin> find(std::string_view) override { return std::nullopt; }
  bool has_own(std::string_view) override { return false; }
};

class AcsListener : public testing::Test {
 protected:
  void SetUp() override {
    AcsOptions options;
    options.authentication = AcsOptions::Authentication::off;
    acs = std::make_unique<Acs>(work, one_by_one(), logins, options, [](const Refusal&) {});
    net::ListenerOptions at;
    at.port = 0;
    listener = std::make_unique<net::Listener>(std::vector<boost::asio::io_context*>{&contexts[0], &contexts[1]}, at, *acs);
    listener->start();
    for (auto& context : contexts) {
      guards.emplace_back(context.get_executor());
      threads.emplace_back([&context] { context.run(); });
    }
  }
  void TearDown() override {
    listener->stop();
    for (auto& guard : guards) guard.reset();
    for (auto& context : contexts) context.stop();
    for (auto& thread : threads) thread.join();
    listener.reset();
  }
  static std::string post(const std::string& body, const std::string& fields = {}) {
    const std::string length = body.empty() ? "Content-Length: 0\r\n" : "";   // the other one is added there
    return net::test::request("POST", "/acs", fields + length, body);
  }

  FakeWork work;   // of one session at a time, so of one thread
  NoLogins logins;
  boost::asio::io_context contexts[2]{boost::asio::io_context{1}, boost::asio::io_context{1}};
  std::unique_ptr<Acs> acs;
  std::vector<boost::asio::executor_work_guard<net::Executor>> guards;
  std::unique_ptr<net::Listener> listener;
  std::vector<std::thread> threads;
};

TEST_F(AcsListener, ASessionMovesWithItsCookie) {   // row 38, 4.9 row 31
  work.wants(5, {"a"});
  std::string cookie;
  {
    Client client(listener->port());
    const auto begun = client.ask(post(inform_of(), "Cookie: session=0123456789abcdef0123456789abcdef\r\n"));
    ASSERT_EQ(begun.status, 200u);
    EXPECT_EQ(begun.field("Content-Type"), "text/xml; charset=\"utf-8\"");
    EXPECT_EQ(begun.field("Content-Length"), std::to_string(begun.body.size()));
    cookie = "Cookie: " + begun.field("Set-Cookie") + "; Path=/; HttpOnly\r\n";
  }
  {
    Client client(listener->port());
    EXPECT_EQ(envelope_of(client.ask(post("", cookie)).body).rpc, "GetParameterValues");
  }
  Client client(listener->port());
  const auto over = client.ask(post(values_of("1", "a", "x"), cookie));
  EXPECT_EQ(over.status, 204u);
  EXPECT_EQ(over.field("Connection"), "close");
  EXPECT_TRUE(client.is_closed());
  Client again(listener->port());
  EXPECT_EQ(again.ask(post("", cookie)).status, 204u);   // 4.9 row 23
  EXPECT_EQ(work.finished.size(), 1u);
}

TEST_F(AcsListener, TheEndOfAConnectionMakesRoomForTheNext) {   // rows 37 and 4.9 row 38
  auto first = std::make_unique<Client>(listener->port());
  ASSERT_EQ(first->ask(post(inform_of())).status, 200u);
  Client second(listener->port());
  const auto refused = second.ask(post(inform_of()));
  EXPECT_EQ(refused.status, 503u);
  EXPECT_EQ(refused.field("Retry-After"), "5");
  first.reset();
  unsigned status = 0;
  for (int i = 0; i < 500 && status != 200; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
    status = second.ask(post(inform_of())).status;
  }
  EXPECT_EQ(status, 200u);
}

TEST_F(AcsListener, ChunkedAndExpected) {   // 4.1
  Client client(listener->port());
  const auto body = inform_of();
  char size[16];
  std::snprintf(size, sizeof size, "%zx", body.size());
  client.send(net::test::request("POST", "/acs", "Expect: 100-continue\r\nContent-Type:\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_EQ(client.receive().status, 100u);
  EXPECT_EQ(client.ask(std::string(size) + "\r\n" + body + "\r\n0\r\n\r\n").status, 200u);
}

}  // namespace
}  // namespace nscl::rem::tr069
