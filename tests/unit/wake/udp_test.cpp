// SPDX-License-Identifier: Apache-2.0
// Connection requests by UDP, and the STUN server that they come from (rem.md 4.7; row 32).
#include <array>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <gtest/gtest.h>

#include <nscl/base/bytes.h>
#include <nscl/rem/connection_request.h>

#include "bindings.h"
#include "stun_octets.h"
#include "udp_request.h"

namespace nscl::rem {
namespace {

using namespace std::chrono_literals;
namespace ip = boost::asio::ip;
using End = CallOutcome::End;

TEST(UdpRequest, R32theSignatureIsThatOfTheSpecification) {
  const UdpRequest request{"1.2.3.4:5", 12345678, 1, "admin", "abcdef0123456789"};
  EXPECT_EQ(udp_signature(request, Secret("secret")), "42c57b72ff924e86b8d0b53d1ac137973581d040");
  EXPECT_EQ(udp_datagram(request, Secret("secret")),
            "GET http://1.2.3.4:5?ts=12345678&id=1&un=admin&cn=abcdef0123456789&sig=42c57b72ff924e86b8d0b53d1ac137973581d040 HTTP/1.1\r\n"
            "Host: 1.2.3.4:5\r\n\r\n");
}

TEST(UdpRequest, aNameCannotEndItself) {
  const UdpRequest request{"1.2.3.4:5", 1, 1, "a&id=2 x\r\n", "c"};
  EXPECT_NE(udp_datagram(request, Secret("s")).find("&un=a%26id%3D2%20x%0D%0A&cn=c&"), std::string::npos);
}

TEST(UdpRequest, placesAreAddressesWithPorts) {
  EXPECT_EQ(format_udp_place(*parse_udp_place("1.2.3.4:65535")), "1.2.3.4:65535");
  EXPECT_EQ(format_udp_place(*parse_udp_place("[2001:db8::1]:1")), "[2001:db8::1]:1");
  for (const char* text : {"", ":", "1.2.3.4", "1.2.3.4:", "1.2.3.4:0", "1.2.3.4:65536", "1.2.3.4:-1", "1.2.3.4:1x", "2001:db8::1:1", "[1.2.3.4]:1", "host:1", "[]:1", "[:1",
                           "1.2.3.4 :1", "1.2.3:1"})
    EXPECT_FALSE(parse_udp_place(text)) << text;
}

/// A STUN server with a device's socket beside it.
class Udp : public testing::Test {
 protected:
  Udp() {
    StunOptions options;
    options.address = "127.0.0.1";
    options.port = 0;
    options.requests = 5;
    server_ = std::make_unique<StunServer>(context_, system_clock(), options, [](const std::string& user) { return password_of(user); });
    server_->start();
    device_.open(ip::udp::v4());
    device_.bind({ip::make_address("127.0.0.1"), 0});
    device_.non_blocking(true);
  }
  static std::optional<Secret> password_of(const std::string& user) {
    if (user != "box") return std::nullopt;
    return Secret("pw");
  }
  void send(const std::string& octets) { device_.send_to(boost::asio::buffer(octets), {ip::make_address("127.0.0.1"), server_->port()}); }
  /// The next datagram; empty if there is none for a while.
  std::string receive(std::chrono::milliseconds patience = 5s) {
    std::array<char, 2048> octets;
    for (auto waited = 0ms; waited < patience; waited += 5ms) {
      context_.restart();
      context_.run_for(5ms);
      boost::system::error_code error;
      const auto size = device_.receive_from(boost::asio::buffer(octets), from_, 0, error);
      if (!error) return std::string(octets.data(), size);
    }
    return {};
  }
  CallOutcome call(Call call, std::vector<std::string> networks = {"127.0.0.0/8"}) {
    CallOptions options;
    options.networks = std::move(networks);
    std::optional<CallOutcome> out;
    DeviceCaller caller(context_, system_clock(), options, server_.get());
    boost::asio::co_spawn(context_, caller.request(std::move(call)), [&](const std::exception_ptr&, CallOutcome outcome) { out = std::move(outcome); });
    while (!out) {
      context_.restart();
      context_.run_one_for(50ms);
    }
    return *out;
  }
  Call call_for(std::string place) {
    Call call;
    call.device = "00D09E-Box-1";
    call.facts.address = "127.0.0.1";
    call.facts.udp_connection_request_address = std::move(place);
    call.login = Login{"box", Secret("pw")};
    return call;
  }
  std::string own_place() { return format_udp_place(device_.local_endpoint()); }

  boost::asio::io_context context_{1};
  std::unique_ptr<StunServer> server_;
  ip::udp::socket device_{context_};
  ip::udp::endpoint from_;
};

TEST_F(Udp, R32theSameDatagramComesThriceFromTheStunPort) {
  EXPECT_EQ(call(call_for(own_place())).end, End::sent);
  const auto first = receive();
  EXPECT_TRUE(first.starts_with("GET http://" + own_place() + "?ts=")) << first;
  EXPECT_NE(first.find("&un=box&cn="), first.npos);
  EXPECT_EQ(from_.port(), server_->port());
  EXPECT_EQ(receive(), first);
  EXPECT_EQ(receive(), first);
  EXPECT_EQ(receive(50ms), "");
  EXPECT_EQ(call(call_for(own_place())).end, End::sent);
  EXPECT_NE(receive(), first) << "a request of its own has its own id";
}

TEST_F(Udp, R31aForeignAddressIsNotSentTo) {
  auto wanted = call_for("8.8.4.4:5");
  wanted.facts.address = "8.8.8.8";
  EXPECT_EQ(call(std::move(wanted)).end, End::forbidden);
  EXPECT_EQ(call(call_for("nonsense")).end, End::impossible);
}

TEST_F(Udp, R31anAddressThatLeadsInsideIsNotSentToUnlessItIsListed) {
  EXPECT_EQ(call(call_for(own_place()), {}).end, End::forbidden) << "though its session came from there";
  send(stun_request({{0xC001, "dslforum.org/TR-111 "}, {0x0006, "box"}}, false));
  EXPECT_FALSE(receive().empty());
  EXPECT_EQ(call(call_for(own_place()), {}).end, End::forbidden) << "though it was seen there";
  EXPECT_EQ(receive(50ms), "");
}

TEST_F(Udp, whereADeviceWasSeenLastGoesBeforeWhatItSaid) {
  send(stun_request({{0xC001, "dslforum.org/TR-111 "}, {0x0006, "box"}}, false));
  EXPECT_FALSE(receive().empty());
  EXPECT_EQ(server_->binding("box"), device_.local_endpoint());
  EXPECT_EQ(call(call_for("127.0.0.1:9")).end, End::sent);
  EXPECT_TRUE(receive().starts_with("GET http://" + own_place() + "?"));
}

TEST_F(Udp, anAddressIsToldToWhoAsks) {
  const auto request = stun_request({}, true);
  send(request);
  const auto answer = receive();
  EXPECT_EQ(attribute_of(answer, 0x0020).size(), 8u);
  EXPECT_LE(answer.size(), 2 * request.size());
  EXPECT_FALSE(server_->binding(""));
}

TEST_F(Udp, aWrongProofIsRefusedAndNothingRemembered) {
  send(proven_request({{0xC001, "dslforum.org/TR-111 "}, {0x0006, "box"}}, true, Secret("wrong")));
  const auto answer = receive();
  EXPECT_EQ(answer.substr(0, 2), std::string("\x01\x11", 2));
  EXPECT_EQ(hex_encode(attribute_of(answer, 0x0009)), "00000401");
  EXPECT_FALSE(server_->binding("box"));
  send(proven_request({{0xC001, "dslforum.org/TR-111 "}, {0x0006, "box"}}, true, Secret("pw")));
  EXPECT_EQ(attribute_of(receive(), 0x0008).size(), 20u) << "who proves himself is shown a proof";
  EXPECT_TRUE(server_->binding("box"));
}

TEST_F(Udp, whatIsNoRequestIsNotAnswered) {
  for (const auto& octets : {std::string("x"), std::string(2048, '\0'), std::string("\x01\x01\0\0", 4) + std::string(16, 'a'), std::string("\0\1\0\4", 4) + std::string(16, 'a')}) send(octets);
  EXPECT_EQ(receive(100ms), "");
}

TEST_F(Udp, whoAsksTooOftenIsNotAnswered) {
  for (int i = 0; i < 20; ++i) send(stun_request({}, true));
  int answers = 0;
  while (!receive(100ms).empty()) ++answers;
  EXPECT_LE(answers, 10) << "five in ten seconds, of which there may have been two";
  EXPECT_GE(answers, 5);
}

TEST(Bindings, whatWasProvenIsNotReplacedByWhatWasNot) {
  const ip::udp::endpoint right{ip::make_address("8.8.8.8"), 1}, wrong{ip::make_address("9.9.9.9"), 2};
  const Time now{1000s};
  Bindings bindings(10, 60s);
  bindings.note("box", right, true, now);
  bindings.note("box", wrong, false, now + 10s);
  EXPECT_EQ(bindings.find("box", now + 10s), right);
  bindings.note("box", wrong, true, now + 20s);
  EXPECT_EQ(bindings.find("box", now + 20s), wrong);
  EXPECT_FALSE(bindings.find("box", now + 80s));
  bindings.note("box", right, false, now + 90s);
  EXPECT_EQ(bindings.find("box", now + 90s), right);
}

TEST(Bindings, areBounded) {
  const ip::udp::endpoint place{ip::make_address("8.8.8.8"), 1};
  const Time now{1000s};
  Bindings bindings(10, 60s);
  for (int i = 0; i < 50; ++i) bindings.note("box" + std::to_string(i), place, false, now);
  EXPECT_EQ(bindings.size(), 10u);
  EXPECT_TRUE(bindings.find("box0", now));
  bindings.note("late", place, false, now + 61s);
  EXPECT_TRUE(bindings.find("late", now + 61s)) << "what has ended makes room";
}

TEST(Pace, isKeptForEachAddress) {
  Pace pace(2);
  const Time now{1000s};
  const auto one = ip::make_address("8.8.8.8"), mapped = ip::make_address("::ffff:8.8.8.8");
  EXPECT_TRUE(pace.admits(one, now));
  EXPECT_TRUE(pace.admits(mapped, now));
  EXPECT_FALSE(pace.admits(one, now));
  EXPECT_FALSE(pace.admits(one, now + 9s));
  EXPECT_TRUE(pace.admits(one, now + 10s));
  EXPECT_TRUE(pace.admits(one, now)) << "a clock that was set back locks nobody out";
}

}  // namespace
}  // namespace nscl::rem
