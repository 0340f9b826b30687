// SPDX-License-Identifier: Apache-2.0
// S3: names whose addresses change, or are partly inside. 127.0.0.1 stands for the public internet, 127.0.0.9 for the inside.
#include <atomic>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "web_exchange.h"
#include "web_peer.h"

namespace nscl::net::test {
namespace {

using Kind = WebFailure::Kind;

/// A client whose names have the addresses that the test says: `answers[i]` at the i-th look-up, then the last one.
class Rebinding : public testing::Test {
 protected:
  void answer(std::vector<std::vector<const char*>> answers) { answers_ = std::move(answers); }

  WebResult call(std::uint16_t port) {
    WebExchange exchange{shared_, get("http://name.example:" + std::to_string(port) + "/")};
    std::optional<WebResult> ended;
    boost::asio::co_spawn(context_, exchange.run(), [&ended](const std::exception_ptr& problem, WebResult result) {
      if (problem) std::rethrow_exception(problem);
      ended = std::move(result);
    });
    for (const auto end = Connection::Clock::now() + std::chrono::seconds{30}; !ended && Connection::Clock::now() < end;) {
      context_.restart();
      context_.run_one_for(std::chrono::milliseconds{5});
    }
    if (!ended) throw std::runtime_error("the call did not end");
    return *std::move(ended);
  }

  ~Rebinding() override { shared_.names->stop(); }

  std::atomic<std::size_t> asked_ = 0;

 private:
  NameResolver::Addresses ask() {
    const auto& addresses = answers_[std::min(asked_++, answers_.size() - 1)];
    NameResolver::Addresses found;
    for (const char* address : addresses) found.push_back(boost::asio::ip::make_address(address));
    return found;
  }

  std::vector<std::vector<const char*>> answers_;
  boost::asio::io_context context_{1};
  const WebClientOptions options_ = loopback_options();
  ExchangeContext shared_{context_, options_, AddressGuard{{"127.0.0.1/32"}, false}, ConnectionPool{options_},
                          std::make_shared<NameResolver>(context_, [this](const std::string&) { return ask(); }), {}};
};

/// Answers `count` calls, each on a connection of its own.
std::function<void(Peer&)> answer_calls(int count) {
  return [count](Peer& self) {
    for (int i = 0; i < count; ++i) {
      auto conversation = self.accept();
      conversation.read();
      conversation.send(ok("here", "Connection: close\r\n"));
    }
  };
}

TEST_F(Rebinding, S3_the_address_that_was_judged_is_the_one_that_is_called) {
  Peer peer{answer_calls(2)};
  answer({{"127.0.0.1"}, {"127.0.0.9"}});
  for (int i = 0; i < 2; ++i) {
    const auto result = call(peer.port());
    ASSERT_TRUE(result) << result.error().detail;
    EXPECT_EQ(result->body, "here");
  }
  EXPECT_EQ(asked_, 1u) << "nobody asks again between judging and calling";
}

TEST_F(Rebinding, S3_of_several_addresses_only_those_outside_are_called) {
  Peer peer{answer_calls(1)};
  answer({{"127.0.0.9", "127.0.0.1", "10.0.0.1"}});
  const auto result = call(peer.port());
  ASSERT_TRUE(result) << result.error().detail;
  EXPECT_EQ(result->body, "here");
}

TEST_F(Rebinding, S3_a_name_that_leads_inside_is_not_called) {
  answer({{"127.0.0.9"}});
  EXPECT_EQ(failure_of(call(free_port())), Kind::forbidden_address);
}

}  // namespace
}  // namespace nscl::net::test
