// SPDX-License-Identifier: Apache-2.0
// Messages of STUN: the test vectors of RFC 5769, both forms of proof, bounds, and what is no request.
#include <gtest/gtest.h>

#include <nscl/base/bytes.h>
#include <nscl/security/hmac.h>

#include "stun_message.h"
#include "stun_octets.h"

namespace nscl::rem {
namespace {

namespace ip = boost::asio::ip;

const ip::udp::endpoint from{ip::make_address("192.0.2.1"), 32853};

/// RFC 5769 2.1; PRIORITY and ICE-CONTROLLED are attributes of ICE, the first of which has to be understood.
const std::string sample = *hex_decode(
    "000100582112a442b7e7a701bc34d686fa87dfae"
    "802200105354554e207465737420636c69656e74"
    "002400046e0001ff"
    "80290008932ff9b151263b36"
    "000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
    "80280004e57a3bcf");

TEST(StunMessage, theSampleOfRfc5769IsReadAndItsProofIsRight) {
  const auto request = parse_stun_request(sample);
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->has_cookie);
  EXPECT_EQ(request->user, "evtj:h6vY");
  EXPECT_EQ(request->unknown, (std::vector<std::uint16_t>{0x0024}));
  EXPECT_TRUE(has_integrity(sample, *request, Secret("VOkJxbRl1RmTxUk/WvJxBt")));
  EXPECT_FALSE(has_integrity(sample, *request, Secret("VOkJxbRl1RmTxUk/WvJxBs")));
  auto changed = sample;
  changed[70] = char(changed[70] ^ 1);
  const auto other = parse_stun_request(changed);
  ASSERT_TRUE(other);
  EXPECT_FALSE(has_integrity(changed, *other, Secret("VOkJxbRl1RmTxUk/WvJxBt")));
}

TEST(StunMessage, theAnswerOfRfc5769IsMade) {
  auto request = *parse_stun_request(sample);
  const auto answer = stun_answer(request, from, nullptr);
  EXPECT_EQ(answer.substr(0, 2), std::string("\x01\x01", 2));
  EXPECT_EQ(answer.substr(4, 16), sample.substr(4, 16));
  EXPECT_EQ(hex_encode(attribute_of(answer, 0x0020)), "0001a147e112a643") << "RFC 5769 2.2";
  EXPECT_EQ(hex_encode(attribute_of(answer, 0x0001)), "00018055c0000201");
  const ip::udp::endpoint v6{ip::make_address("2001:db8:1234:5678:11:2233:4455:6677"), 32853};
  EXPECT_EQ(hex_encode(attribute_of(stun_answer(request, v6, nullptr), 0x0020)), "0002a1470113a9faa5d3f179bc25f4b5bed2b9d9") << "RFC 5769 2.3";
}

TEST(StunMessage, theFormOfRfc3489HasNoXor) {
  const auto text = stun_request({}, false);
  const auto request = parse_stun_request(text);
  ASSERT_TRUE(request);
  EXPECT_FALSE(request->has_cookie);
  const auto answer = stun_answer(*request, from, nullptr);
  EXPECT_EQ(hex_encode(answer), "0101000c" + hex_encode("0123456789abcdef") + "0001000800018055c0000201");
}

TEST(StunMessage, proofsOfBothFormsAreReadAndMade) {
  const Secret password("pw");
  for (const bool has_cookie : {false, true}) {
    const auto text = proven_request({{0x0006, "box"}, {0xC001, "dslforum.org/TR-111 "}, {0xC002, ""}}, has_cookie, password);
    const auto request = parse_stun_request(text);
    ASSERT_TRUE(request);
    EXPECT_TRUE(request->keeps_way && request->has_moved);
    EXPECT_TRUE(has_integrity(text, *request, password));
    EXPECT_FALSE(has_integrity(text, *request, Secret("")));
    const auto answer = stun_answer(*request, from, &password);
    EXPECT_LE(answer.size(), 2 * text.size());
    auto proven = answer.substr(0, answer.size() - 24);
    if (!has_cookie) proven.resize(64);
    EXPECT_EQ(hex_encode(attribute_of(answer, 0x0008)), hex_encode(security::hmac_sha1(password, proven))) << has_cookie;
  }
}

TEST(StunMessage, answersAreAtMostTwiceAsLarge) {
  for (const bool has_cookie : {false, true}) {
    for (const char* address : {"192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"}) {
      const auto request = parse_stun_request(stun_request({}, has_cookie));
      EXPECT_LE(stun_answer(*request, {ip::make_address(address), 1}, nullptr).size(), 40u);
    }
    StunAttributes many;
    for (std::uint16_t type = 0x30; type < 0x4A; ++type) many.emplace_back(type, "");
    const auto text = stun_request(many, has_cookie);
    const auto refusal = stun_refusal(*parse_stun_request(text), StunError::unknown_attribute);
    EXPECT_LE(refusal.size(), 2 * text.size());
    EXPECT_EQ(hex_encode(attribute_of(refusal, 0x0009)), "00000414");
  }
}

TEST(StunMessage, nobodyElseIsAnsweredInPlaceOfWhoAsked) {
  const auto request = parse_stun_request(stun_request({{0x0002, std::string("\0\1\0\x35\x08\x08\x08\x08", 8)}}, false));   // RESPONSE-ADDRESS
  ASSERT_TRUE(request);
  EXPECT_EQ(request->unknown, (std::vector<std::uint16_t>{0x0002}));
  EXPECT_TRUE(parse_stun_request(stun_request({{0x0003, std::string(4, '\0')}}, false))->unknown.empty()) << "CHANGE-REQUEST that changes nothing";
  EXPECT_FALSE(parse_stun_request(stun_request({{0x0003, std::string("\0\0\0\6", 4)}}, false))->unknown.empty());
}

TEST(StunMessage, whatIsNoBindingRequestIsNotRead) {
  const auto good = stun_request({{0x0006, "box"}}, true);
  EXPECT_TRUE(parse_stun_request(good));
  for (std::size_t size = 0; size < good.size(); ++size) EXPECT_FALSE(parse_stun_request(std::string_view(good).substr(0, size))) << size;
  EXPECT_FALSE(parse_stun_request(good + "x"));
  auto other = good;
  other[1] = 3;
  EXPECT_FALSE(parse_stun_request(other)) << "another method";
  other = good;
  other[23] = 9;
  EXPECT_FALSE(parse_stun_request(other)) << "an attribute beyond the end";
  EXPECT_FALSE(parse_stun_request(stun_request({{0x0006, std::string(257, 'u')}}, true)));
  EXPECT_FALSE(parse_stun_request(stun_request({{0x0006, "a\x01"}}, true)));
  EXPECT_FALSE(parse_stun_request(stun_request({{0x0008, "short"}}, true)));
  EXPECT_FALSE(parse_stun_request(stun_request(StunAttributes(33, {0xC002, ""}), true)));
  EXPECT_FALSE(parse_stun_request(stun_request({{0xC005, std::string(1100, 'x')}}, true)));
}

}  // namespace
}  // namespace nscl::rem
