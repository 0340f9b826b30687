// SPDX-License-Identifier: Apache-2.0
// Notifications to devices of OMA-DM by UDP, HTTP and short message (rem.md 3.2; row 53).
#include "dm_requester.h"

#include <array>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/udp.hpp>
#include <gtest/gtest.h>

#include <nscl/base/bytes.h>
#include <nscl/rem/omadm/credentials.h>
#include <nscl/rem/omadm/notification.h>
#include <nscl/rem/omadm/push.h>

#include "message_centre.h"
#include "udp_request.h"
#include "web_peer.h"

namespace nscl::rem {
namespace {

using namespace std::chrono_literals;
namespace ip = boost::asio::ip;
using End = CallOutcome::End;

class DmCall : public testing::Test {
 protected:
  DmCall() {
    options_.networks = {"127.0.0.0/8"};
    device_.open(ip::udp::v4());
    device_.bind({ip::make_address("127.0.0.1"), 0});
    device_.non_blocking(true);
  }
  Call call_to(std::string trigger) {
    Call call;
    call.device = "urn:imei:1";
    call.protocol = store::ManagementProtocol::oma_dm;
    call.facts.address = "127.0.0.1";
    call.trigger = std::move(trigger);
    call.login = Login{"nscl", Secret("srvpwd")};
    call.nonce = std::string("\xFF\0n", 3);
    call.last_contact = Time{7s};
    return call;
  }
  CallOutcome run(Call call) {
    DeviceCaller caller(context_, system_clock(), options_, nullptr);
    std::optional<CallOutcome> out;
    boost::asio::co_spawn(context_, caller.request(std::move(call)), [&](const std::exception_ptr& problem, CallOutcome outcome) {
      if (problem) std::rethrow_exception(problem);
      out = std::move(outcome);
    });
    for (int i = 0; i < 1000 && !out; ++i) {
      context_.restart();
      context_.run_one_for(10ms);
    }
    caller.stop();
    return out.value_or(CallOutcome{});
  }
  std::string receive() {
    std::array<char, 2048> octets;
    boost::system::error_code error;
    for (int i = 0; i < 200; ++i) {
      const auto size = device_.receive(boost::asio::buffer(octets), 0, error);
      if (!error) return std::string(octets.data(), size);
      context_.restart();
      context_.run_for(5ms);
    }
    return {};
  }
  std::string udp_place() { return "udp://" + format_udp_place(device_.local_endpoint()); }
  static Secret digest() { return omadm::digest_of("nscl", Secret("srvpwd")); }

  boost::asio::io_context context_{1};
  CallOptions options_;
  ip::udp::socket device_{context_};
};

TEST_F(DmCall, row53aDatagramIsAPushThatTheStoredNonceProves) {
  for (const auto& place : {udp_place(), "udp:" + udp_place().substr(6)}) {
    const auto call = call_to(place);
    const auto session = called_session(call);
    EXPECT_EQ(run(call_to(place)).end, End::sent);
    const auto datagram = receive();
    const auto package = omadm::read_wsp_push(datagram);
    ASSERT_TRUE(package) << hex_encode(datagram);
    EXPECT_TRUE(omadm::is_authentic(*package, digest(), call.nonce));
    EXPECT_FALSE(omadm::is_authentic(*package, digest(), ""));
    const auto notification = omadm::read_notification(*package);
    ASSERT_TRUE(notification);
    EXPECT_EQ(*notification, (omadm::Notification{.session_id = session, .server_id = "nscl"}));
  }
}

TEST_F(DmCall, theFourthOneIsProvenByTheNonceThatBothEndsKnow) {
  for (const unsigned attempt : {1u, 3u, 4u, 5u}) {
    auto call = call_to(udp_place());
    call.attempt = attempt;
    EXPECT_EQ(run(std::move(call)).end, End::sent);
    const auto datagram = receive();
    const auto package = omadm::read_wsp_push(datagram);
    ASSERT_TRUE(package);
    EXPECT_EQ(omadm::is_authentic(*package, digest(), omadm::default_nonce), attempt == 4) << attempt;
    EXPECT_EQ(omadm::is_authentic(*package, digest(), call_to("").nonce), attempt != 4) << attempt;
  }
}

TEST_F(DmCall, callsInARowAreForOneSession) {
  auto first = call_to("x"), second = call_to("x");
  second.attempt = 3;
  EXPECT_EQ(called_session(first), called_session(second));
  EXPECT_NE(called_session(first), 0);
  second.last_contact = Time{8s};
  EXPECT_NE(called_session(first), called_session(second));
  second.last_contact = first.last_contact;
  second.device = "urn:imei:2";
  EXPECT_NE(called_session(first), called_session(second));
}

TEST_F(DmCall, byHttpThePackageIsPosted) {
  std::string request;
  net::test::Peer peer([&](net::test::Peer& self) {
    auto conversation = self.accept();
    request = conversation.read();
    conversation.send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
  });
  EXPECT_EQ(run(call_to(peer.uri("/push"))).end, End::accepted);
  EXPECT_TRUE(request.starts_with("POST /push HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("\r\nContent-Type: application/vnd.syncml.notification\r\n"), request.npos) << request;
  const auto body = request.substr(request.find("\r\n\r\n") + 4);
  EXPECT_TRUE(omadm::is_authentic(body, digest(), call_to("").nonce)) << hex_encode(body);
}

TEST_F(DmCall, row53byShortMessageItIsBehindTheHeaderOfThePort) {
  test::MessageCentre centre(context_, test::good_answer);
  options_.smpp.address = "127.0.0.1";
  options_.smpp.port = centre.port();
  options_.smpp.destinations = {"+4915"};
  EXPECT_EQ(run(call_to("tel:+49-151")).end, End::sent);
  ASSERT_GE(centre.come.size(), 2u);
  const auto& body = centre.come[1].body;
  const std::string header = hex_decode("0605040b8423f0").value();
  const auto at = body.find(header);
  ASSERT_NE(at, body.npos);
  EXPECT_EQ(static_cast<unsigned char>(body[at - 1]), body.size() - at);
  const auto package = omadm::read_wsp_push(std::string_view(body).substr(at + header.size()));
  ASSERT_TRUE(package);
  EXPECT_TRUE(omadm::is_authentic(*package, digest(), call_to("").nonce));
  EXPECT_EQ(run(call_to("tel:+49-161")).end, End::forbidden) << "no destination";
  auto long_name = call_to("tel:+49-151");
  long_name.login->user = std::string(104, 's');
  EXPECT_EQ(run(std::move(long_name)).end, End::impossible);
}

TEST_F(DmCall, M1aBootstrapIsSentInPlaceOfTheNotification) {
  const std::string document(300, 'd');
  auto call = call_to("tel:+49-161");   // of the scl, which is not asked
  call.login.reset();
  call.push = Push{udp_place(), Secret(document)};
  EXPECT_EQ(run(std::move(call)).end, End::sent);
  EXPECT_EQ(receive(), document);
}

TEST_F(DmCall, M1aBootstrapByShortMessageGoesInPartsOfOneMessage) {
  test::MessageCentre centre(context_, test::good_answer);
  options_.smpp.address = "127.0.0.1";
  options_.smpp.port = centre.port();
  options_.smpp.destinations = {"+4915"};
  const std::string document(300, 'd');
  std::string references;
  for (const unsigned attempt : {1u, 2u}) {
    centre.come.clear();
    auto call = call_to("");
    call.attempt = attempt;
    call.push = Push{"tel:+49151", Secret(document)};
    EXPECT_EQ(run(std::move(call)).end, End::sent);
    std::string together;
    for (const auto& pdu : centre.come) {
      if (pdu.command != smpp::submit_sm) continue;
      const auto at = pdu.body.find(hex_decode("0b05040b8423f00003").value());
      ASSERT_NE(at, pdu.body.npos);
      references += pdu.body[at + 9];
      together += pdu.body.substr(at + 12);
    }
    EXPECT_EQ(together, document);
  }
  ASSERT_EQ(references.size(), 6u);
  EXPECT_EQ(references[0], references[2]);
  EXPECT_NE(references[0], references[3]) << "a new try is a new message";
}

TEST_F(DmCall, M1theRestIsNotSentToACentreThatHasTooMuchToDo) {
  unsigned submitted = 0;
  test::MessageCentre centre(context_, [&](const SmppPdu& pdu) {
    const bool is_second = pdu.command == smpp::submit_sm && ++submitted == 2;
    return is_second ? write_pdu({.command = pdu.command | smpp::answer, .status = smpp::throttled, .sequence = pdu.sequence}) : test::good_answer(pdu);
  });
  options_.smpp.address = "127.0.0.1";
  options_.smpp.port = centre.port();
  options_.smpp.destinations = {"+4915"};
  auto call = call_to("");
  call.push = Push{"tel:+49151", Secret(std::string_view(std::string(400, 'd')))};
  EXPECT_EQ(run(std::move(call)).end, End::busy);
  EXPECT_EQ(submitted, 2u);
}

TEST_F(DmCall, M1aBootstrapGoesWhereItMay) {
  const std::tuple<const char*, std::size_t, End> refused[] = {{"udp://8.8.4.4:5", 10, End::forbidden}, {"tel:+49151", 10, End::impossible}, {"http://127.0.0.1:1/", 10, End::impossible},
                                                              {"udp://host", 10, End::impossible}, {"", 10, End::impossible}, {"udp://127.0.0.1:5", omadm::longest_push + 1, End::impossible},
                                                              {"udp://127.0.0.1:5", 0, End::impossible}};
  for (const auto& [address, size, end] : refused) {
    auto call = call_to(udp_place());
    call.push = Push{address, Secret(std::string(size, 'd'))};
    const auto outcome = run(std::move(call));
    EXPECT_EQ(outcome.end, end) << address;
    EXPECT_FALSE(outcome.detail.empty());
  }
  EXPECT_EQ(receive(), "");
}

TEST_F(DmCall, aCentreThatIsNotThereIsTriedLater) {
  options_.smpp.address = "127.0.0.1";
  options_.smpp.port = device_.local_endpoint().port();   // nobody listens there with TCP
  options_.smpp.destinations = {"+"};
  EXPECT_EQ(run(call_to("tel:+49151")).end, End::busy);
}

TEST_F(DmCall, addressesThatAreForOthersAreNotCalled) {
  for (const char* place : {"udp://8.8.4.4:5", "udp:8.8.4.4", "http://8.8.4.4/"}) {
    auto call = call_to(place);
    call.facts.address = "8.8.8.8";
    EXPECT_EQ(run(std::move(call)).end, End::forbidden) << place;
  }
  options_.networks = {};
  EXPECT_EQ(run(call_to(udp_place())).end, End::forbidden) << "though its session came from there";
}

TEST_F(DmCall, whatCannotBeCalledSaysWhy) {
  for (const char* place : {"", "udp://host:5", "udp:", "tel:+49151", "tel:x", "xmpp:a@b", "nonsense", "http://[::1"}) {
    const auto outcome = run(call_to(place));
    EXPECT_EQ(outcome.end, End::impossible) << place;
    EXPECT_FALSE(outcome.detail.empty());
  }
  auto nobody = call_to(udp_place());
  nobody.login.reset();
  EXPECT_EQ(run(std::move(nobody)).end, End::impossible);
}

TEST(PushPlace, hasThePortOfPushesIfNoneIsGiven) {
  EXPECT_EQ(format_udp_place(*push_place("udp://1.2.3.4")), "1.2.3.4:2948");
  EXPECT_EQ(format_udp_place(*push_place("udp:[2001:db8::1]")), "[2001:db8::1]:2948");
  EXPECT_EQ(format_udp_place(*push_place("udp:1.2.3.4:5")), "1.2.3.4:5");
  for (const char* text : {"", "udp:", "udp://", "udp:host", "udp:1.2.3.4:x", "http://1.2.3.4"}) EXPECT_FALSE(push_place(text)) << text;
}

}  // namespace
}  // namespace nscl::rem
