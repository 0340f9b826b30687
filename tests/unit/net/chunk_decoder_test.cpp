// SPDX-License-Identifier: Apache-2.0
// The chunked coding, whole and octet by octet.
#include "chunk_decoder.h"

#include <gtest/gtest.h>

namespace nscl::net {
namespace {

struct Decoded {
  unsigned status = 0;
  bool is_done = false;
  std::string body, rest;
};

Decoded decode_in_steps(const std::string& input, std::size_t step, std::size_t limit = 1000) {
  ChunkDecoder decoder{limit};
  Decoded decoded;
  std::string pending;
  for (std::size_t at = 0; at < input.size(); at += step) {
    pending += input.substr(at, step);
    if (decoder.is_done() || decoder.verdict().status != 0) continue;
    pending.erase(0, decoder.decode(pending, decoded.body));
  }
  decoded.status = decoder.verdict().status;
  decoded.is_done = decoder.is_done();
  decoded.rest = pending;
  return decoded;
}

unsigned decoder_status(const std::string& input) {
  const unsigned whole = decode_in_steps(input, input.size()).status;
  EXPECT_EQ(decode_in_steps(input, 1).status, whole) << input;
  return whole;
}

TEST(ChunkDecoder, JoinsChunks) {
  const std::string input = "4\r\nWiki\r\n6;a=\"b\"\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n000\r\n\r\nGET";
  for (const std::size_t step : {1u, 2u, 3u, 7u, 100u}) {
    const auto decoded = decode_in_steps(input, step);
    EXPECT_TRUE(decoded.is_done) << step;
    EXPECT_EQ(decoded.body, "Wikipedia in \r\n\r\nchunks.");
    EXPECT_EQ(decoded.rest, "GET");
  }
}

TEST(ChunkDecoder, RefusesBrokenFraming) {
  for (const char* input : {"-5\r\nhello\r\n", "0x5\r\nhello\r\n", "\r\n", "g\r\n", " 5\r\nhello\r\n", "5 \r\nhello\r\n", "5\nhello\r\n",
                            "5\r\nhelloX\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello5\r\nhello", "00000000000000005\r\n", "5;a\x01\r\nhello\r\n",
                            "5x\r\nhello\r\n"})
    EXPECT_EQ(decoder_status(input), 400u) << input;
}

TEST(ChunkDecoder, RefusesTrailersAndLongExtensions) {
  EXPECT_EQ(decoder_status("0\r\nHost: a\r\n\r\n"), 400u);
  EXPECT_EQ(decoder_status("0\r\nX"), 400u);
  EXPECT_EQ(decoder_status("5;" + std::string(255, 'x') + "\r\nhello\r\n"), 0u);
  EXPECT_EQ(decoder_status("5;" + std::string(256, 'x') + "\r\nhello\r\n"), 400u);
  EXPECT_EQ(decoder_status("5;" + std::string(5000, 'x')), 400u);
}

TEST(ChunkDecoder, LimitsSizes) {
  EXPECT_EQ(decoder_status("3e8\r\n"), 0u);
  EXPECT_EQ(decoder_status("3e9\r\n"), 413u);
  EXPECT_EQ(decoder_status("1\r\na\r\n3e8\r\n"), 413u);
  EXPECT_EQ(decoder_status("ffffffffffffffff\r\n"), 400u);
}

TEST(ChunkDecoder, LimitsTheirNumberAndFraming) {
  std::string many;
  for (int i = 0; i < 10'001; ++i) many += "1\r\na\r\n";
  EXPECT_EQ(decode_in_steps(many, many.size(), 1u << 20).status, 413u);
  std::string padded;
  for (int i = 0; i < 1000; ++i) padded += "1;" + std::string(200, 'x') + "\r\na\r\n";
  EXPECT_EQ(decode_in_steps(padded, padded.size(), 1u << 20).status, 400u);
}

}  // namespace
}  // namespace nscl::net
