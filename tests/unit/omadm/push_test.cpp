// SPDX-License-Identifier: Apache-2.0
// WSP pushes and short messages (rem.md 3.2, 3.7; row 53): the octets of WAP-230 and 3GPP 23.040.
#include <numeric>
#include <stdexcept>

#include <gtest/gtest.h>

#include <nscl/base/bytes.h>
#include <nscl/rem/omadm/push.h>

namespace nscl::rem::omadm {
namespace {

std::string counting(std::size_t size) {
  std::string out(size, '\0');
  std::iota(out.begin(), out.end(), '\0');
  return out;
}

TEST(WspPush, row53hasTheOctetsOfTheSpecification) {
  const auto push = wsp_push(0x2A, notification_headers, "body");
  EXPECT_EQ(hex_encode(push), "2a0603c4af87" + hex_encode("body"));
  EXPECT_EQ(read_wsp_push(push), "body");
}

TEST(WspPush, whatIsNoneIsNotRead) {
  for (const std::string& text : {std::string(), std::string("\x01\x06\x03\xC4", 4), std::string("\x01\x07\x03\xC4\xAF\x87z", 7), std::string("\x01\x06\0\xC4\xAF\x87z", 7),
                                  std::string("\x01\x06\x03\xB6\xAF\x87z", 7), std::string("\x01\x06\x83\xC4\xAF\x87z", 7)})
    EXPECT_FALSE(read_wsp_push(text)) << hex_encode(text);
}

TEST(WspPush, lengthsAreWrittenAsWspDoes) {
  EXPECT_EQ(hex_encode(wsp_content_type(std::string(30, 'x')).substr(0, 2)), "1e78");
  EXPECT_EQ(hex_encode(wsp_content_type(std::string(31, 'x')).substr(0, 3)), "1f1f78");
  EXPECT_EQ(hex_encode(wsp_content_type(std::string(127, 'x')).substr(0, 3)), "1f7f78");
  EXPECT_EQ(hex_encode(wsp_content_type(std::string(300, 'x')).substr(0, 4)), "1f822c78");
  EXPECT_EQ(hex_encode(wsp_push(1, std::string(128, 'h'), "b").substr(0, 5)), "0106810068");
}

TEST(ShortMessages, oneIsEnoughForANotification) {
  const auto push = counting(133);
  const auto messages = short_messages(push, 7);
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(hex_encode(messages[0].substr(0, 7)), "0605040b8423f0");
  EXPECT_EQ(messages[0].substr(7), push);
  EXPECT_EQ(messages[0].size(), 140u);
}

TEST(ShortMessages, aLongPushGoesInParts) {
  for (const std::size_t size : {134u, 256u, 257u, 3072u}) {
    const auto push = counting(size);
    const auto messages = short_messages(push, 0x2A);
    ASSERT_EQ(messages.size(), (size + 127) / 128) << size;
    std::string together;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      EXPECT_EQ(hex_encode(messages[i].substr(0, 12)), "0b05040b8423f000032a" + hex_encode(big_endian(messages.size(), 1)) + hex_encode(big_endian(i + 1, 1)));
      EXPECT_LE(messages[i].size(), 140u);
      together += messages[i].substr(12);
    }
    EXPECT_EQ(together, push);
  }
  EXPECT_THROW(short_messages(counting(longest_push + 1), 0), std::length_error);
}

}  // namespace
}  // namespace nscl::rem::omadm
