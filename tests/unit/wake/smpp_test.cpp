// SPDX-License-Identifier: Apache-2.0
// Short messages by SMPP 3.4: against a message centre whose answers stand here (a real peer is that of system.smpp).
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <nscl/base/bytes.h>

#include "message_centre.h"

namespace nscl::rem {
namespace {

using namespace std::chrono_literals;
using test::MessageCentre;

SmppOptions example() {
  SmppOptions options;
  options.address = "127.0.0.1";
  options.system_id = "nscl";
  options.password = "secret";
  options.source = "12345";
  options.source_ton = 3;
  options.answer_time = 5s;
  return options;
}

TEST(SmppPdu, bodiesAreThoseOfTheStandard) {
  const auto options = example();
  EXPECT_EQ(hex_encode(write_pdu({.command = smpp::bind_transmitter, .sequence = 1, .body = bind_body(options)})),
            "00000021000000020000000000000001" + hex_encode(std::string("nscl\0secret\0\0", 13)) + "340000" "00");
  EXPECT_EQ(hex_encode(submit_body(options, "+49151", "\x06zz")),
            "00" "0300" + hex_encode("12345") + "00" "0101" + hex_encode("49151") + "00" "40" "0000" "00" "00" "0000" "04" "00" "03" "067a7a");
  EXPECT_EQ(submit_body(options, "0151", "x").substr(9, 2), std::string("\0\1", 2)) << "a number that is no international one";
}

TEST(SmppPdu, areTakenWholeAndInTheirBounds) {
  const SmppPdu first{.command = 5, .status = 0x58, .sequence = 9, .body = "body"}, second{.command = 6};
  auto octets = write_pdu(first) + write_pdu(second);
  const auto rest = octets.substr(octets.size() - 3);
  octets.resize(octets.size() - 3);
  EXPECT_EQ(take_pdu(octets), first);
  EXPECT_FALSE(take_pdu(octets));
  octets += rest;
  EXPECT_EQ(take_pdu(octets), second);
  EXPECT_TRUE(octets.empty());
  for (const char* size : {"00000000", "0000000f", "00001001", "ffffffff"}) EXPECT_TRUE(is_garbage(*hex_decode(size))) << size;
  for (const char* size : {"00000010", "00001000"}) EXPECT_FALSE(is_garbage(*hex_decode(size))) << size;
}

TEST(SmppPdu, numbersAreDigits) {
  EXPECT_EQ(number_of("tel:+49-151 1"), std::nullopt);
  EXPECT_EQ(number_of("tel:+49(151)-12.3"), "+4915112" "3");
  EXPECT_EQ(number_of("tel:110"), "110");
  for (const char* text : {"", "tel:", "tel:+", "tel:12", "tel:1234567890123456", "tel:+49151;ext=1", "tel:49+151", "sms:+49151", "tel:49a51"}) EXPECT_FALSE(number_of(text)) << text;
}

class Smpp : public testing::Test {
 protected:
  void serve(MessageCentre::Answer answer, SmppOptions options = example()) {
    centre_ = std::make_unique<MessageCentre>(context_, std::move(answer));
    options.port = centre_->port();
    client_ = std::make_unique<SmppClient>(context_, options);
  }
  void begin() {
    boost::asio::co_spawn(context_, client_->submit("+49151", "message"), [&](const std::exception_ptr&, SmppOutcome outcome) { ended_.push_back(std::move(outcome)); });
  }
  template <class Condition>
  bool run_until(Condition condition) {
    for (int i = 0; i < 1000 && !condition(); ++i) {
      context_.restart();
      context_.run_one_for(10ms);
    }
    return condition();
  }
  SmppOutcome submit() {
    const auto before = ended_.size();
    begin();
    run_until([&] { return ended_.size() > before; });
    return ended_.size() > before ? ended_.back() : SmppOutcome{SmppOutcome::End::later, "no end"};
  }
  std::size_t count(std::uint32_t command) const {
    return static_cast<std::size_t>(std::ranges::count(centre_->come, command, &SmppPdu::command));
  }

  boost::asio::io_context context_{1};
  std::unique_ptr<MessageCentre> centre_;
  std::unique_ptr<SmppClient> client_;
  std::vector<SmppOutcome> ended_;
};

TEST_F(Smpp, row53oneConnectionIsBoundAndKept) {
  serve(test::good_answer);
  EXPECT_EQ(submit().end, SmppOutcome::End::sent);
  EXPECT_EQ(submit().end, SmppOutcome::End::sent);
  EXPECT_EQ(centre_->connections, 1u);
  ASSERT_EQ(centre_->come.size(), 3u);
  EXPECT_EQ(centre_->come[0].body, bind_body(example()));
  EXPECT_EQ(centre_->come[1].body, submit_body(example(), "+49151", "message"));
  EXPECT_NE(centre_->come[1].sequence, centre_->come[2].sequence);
}

TEST_F(Smpp, manyAtOnceShareItAndWaitForTheWindow) {
  auto options = example();
  options.window = 2;
  std::size_t open = 0, most = 0;
  serve([&](const SmppPdu& pdu) {
    most = std::max(most, ++open);
    --open;
    return test::good_answer(pdu);
  }, options);
  for (int i = 0; i < 20; ++i) begin();
  EXPECT_TRUE(run_until([&] { return ended_.size() == 20; }));
  for (const auto& outcome : ended_) EXPECT_EQ(outcome.end, SmppOutcome::End::sent) << outcome.detail;
  EXPECT_EQ(centre_->connections, 1u);
  EXPECT_EQ(count(smpp::submit_sm), 20u);
}

TEST_F(Smpp, noMoreThanTheWindowIsUnanswered) {
  auto options = example();
  options.window = 2;
  serve([](const SmppPdu& pdu) { return pdu.command == smpp::submit_sm ? std::string() : test::good_answer(pdu); }, options);
  for (int i = 0; i < 5; ++i) begin();
  EXPECT_TRUE(run_until([&] { return count(smpp::submit_sm) == 2; }));
  for (int i = 0; i < 20; ++i) {
    context_.restart();
    context_.run_one_for(5ms);
  }
  EXPECT_EQ(count(smpp::submit_sm), 2u);
  const auto first = centre_->come[1];
  centre_->write(test::good_answer(first));
  EXPECT_TRUE(run_until([&] { return count(smpp::submit_sm) == 3; }));
}

TEST_F(Smpp, aCentreThatHasTooMuchToDoIsAskedLater) {
  for (const auto& [status, end] : {std::pair{smpp::throttled, SmppOutcome::End::later}, std::pair{smpp::queue_full, SmppOutcome::End::later}, std::pair{std::uint32_t{0x0B}, SmppOutcome::End::refused}}) {
    serve([status](const SmppPdu& pdu) {
      return pdu.command == smpp::submit_sm ? write_pdu({.command = pdu.command | smpp::answer, .status = status, .sequence = pdu.sequence}) : test::good_answer(pdu);
    });
    const auto outcome = submit();
    EXPECT_EQ(outcome.end, end) << status;
    EXPECT_NE(outcome.detail.find(std::to_string(status)), std::string::npos);
  }
}

TEST_F(Smpp, aCentreThatRefusesToBeBoundToIsNotTriedAtOnceAgain) {
  serve([](const SmppPdu& pdu) { return write_pdu({.command = pdu.command | smpp::answer, .status = 0x0E, .sequence = pdu.sequence}); });
  EXPECT_EQ(submit().end, SmppOutcome::End::later);
  EXPECT_EQ(submit().end, SmppOutcome::End::later);
  EXPECT_EQ(centre_->connections, 1u);
}

TEST_F(Smpp, aConnectionThatEndedIsMadeAnew) {
  auto options = example();
  options.pause = 0ms;
  serve(test::good_answer, options);
  EXPECT_EQ(submit().end, SmppOutcome::End::sent);
  centre_->hang_up();
  context_.restart();
  context_.run_for(20ms);
  EXPECT_EQ(submit().end, SmppOutcome::End::sent);
  EXPECT_EQ(centre_->connections, 2u);
}

TEST_F(Smpp, aCentreThatSpeaksSomethingElseIsLeft) {
  serve([](const SmppPdu&) { return std::string("HTTP/1.1 400 Bad Request\r\n\r\n"); });
  EXPECT_EQ(submit().end, SmppOutcome::End::later);
}

TEST_F(Smpp, aCentreThatDoesNotAnswerIsNotWaitedForLong) {
  auto options = example();
  options.answer_time = 50ms;
  serve([](const SmppPdu&) { return std::string(); }, options);
  EXPECT_EQ(submit().end, SmppOutcome::End::later);
}

TEST_F(Smpp, itsQuestionsAreAnswered) {
  serve(test::good_answer);
  EXPECT_EQ(submit().end, SmppOutcome::End::sent);
  centre_->write(write_pdu({.command = smpp::enquire_link, .sequence = 77}) + write_pdu({.command = 5, .sequence = 78}) + write_pdu({.command = smpp::unbind, .sequence = 79}));
  ASSERT_TRUE(run_until([&] { return count(smpp::unbind | smpp::answer) == 1; }));
  EXPECT_EQ(centre_->come[2], (SmppPdu{.command = smpp::enquire_link | smpp::answer, .sequence = 77}));
  EXPECT_EQ(centre_->come[3], (SmppPdu{.command = smpp::generic_nack, .status = smpp::invalid_command, .sequence = 78}));
}

TEST_F(Smpp, aQuietCentreIsAskedWhetherItIsThere) {
  auto options = example();
  options.idle_time = 150ms;
  serve(test::good_answer, options);
  EXPECT_EQ(submit().end, SmppOutcome::End::sent);
  EXPECT_TRUE(run_until([&] { return count(smpp::enquire_link) >= 2; }));
  EXPECT_EQ(centre_->connections, 1u);
}

TEST_F(Smpp, aCentreThatIsThereNoMoreIsLeft) {
  auto options = example();
  options.idle_time = 20ms;
  options.pause = 0ms;
  serve([](const SmppPdu& pdu) { return pdu.command == smpp::enquire_link ? std::string() : test::good_answer(pdu); }, options);
  EXPECT_EQ(submit().end, SmppOutcome::End::sent);
  EXPECT_TRUE(run_until([&] { return count(smpp::enquire_link) == 1; }));
  EXPECT_TRUE(run_until([&] { return centre_->ends == 1; }));
  EXPECT_EQ(submit().end, SmppOutcome::End::sent);
  EXPECT_EQ(centre_->connections, 2u);
}

TEST_F(Smpp, leaveIsTaken) {
  serve(test::good_answer);
  EXPECT_EQ(submit().end, SmppOutcome::End::sent);
  client_->stop();
  EXPECT_TRUE(run_until([&] { return count(smpp::unbind) == 1; }));
  EXPECT_EQ(submit().end, SmppOutcome::End::later);
}

}  // namespace
}  // namespace nscl::rem
