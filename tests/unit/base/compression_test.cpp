// SPDX-License-Identifier: Apache-2.0
#include <nscl/base/compression.h>

#include <gtest/gtest.h>

#include <nscl/base/bytes.h>

namespace nscl {
namespace {

constexpr std::size_t enough = 1u << 20;

TEST(Compression, Names) {
  EXPECT_EQ(compression_named("gzip"), Compression::gzip);
  EXPECT_EQ(compression_named("X-GZIP"), Compression::gzip);
  EXPECT_EQ(compression_named("Deflate"), Compression::deflate);
  for (const auto* other : {"", "br", "gzip, deflate", "identity"}) EXPECT_FALSE(compression_named(other)) << other;
}

TEST(Compression, ThereAndBack) {
  for (const auto compression : {Compression::gzip, Compression::deflate}) {
    for (const auto& text : {std::string(), std::string("<a/>"), random_octets(300'000)}) {
      const auto back = decompress(compression, compress(compression, text), enough);
      ASSERT_TRUE(back) << back.error().detail;
      EXPECT_EQ(*back, text);
    }
  }
}

TEST(Compression, DeflateWithoutAFrame) {
  const auto framed = compress(Compression::deflate, "<soap/>");
  const auto back = decompress(Compression::deflate, std::string_view(framed).substr(2, framed.size() - 6), enough);
  ASSERT_TRUE(back) << back.error().detail;
  EXPECT_EQ(*back, "<soap/>");
}

TEST(Compression, DamageIsBadRequest) {
  const auto good = compress(Compression::gzip, "what is told");
  for (const auto& bad : {std::string(), std::string("plain"), good.substr(0, good.size() - 1), good + "x", good + good,
                          compress(Compression::deflate, "other")}) {
    const auto back = decompress(Compression::gzip, bad, enough);
    ASSERT_FALSE(back) << hex_encode(bad);
    EXPECT_EQ(back.error().status, Status::bad_request);
  }
}

TEST(Compression, BombsAreRefused) {
  const auto bomb = compress(Compression::gzip, std::string(64u << 20, 'a'));
  ASSERT_LT(bomb.size(), 100'000u);
  EXPECT_FALSE(decompress(Compression::gzip, bomb, 128u << 20));   // by its ratio
  const auto large = compress(Compression::gzip, random_octets(enough + 1));
  EXPECT_FALSE(decompress(Compression::gzip, large, enough));   // by the limit
  EXPECT_TRUE(decompress(Compression::gzip, large, enough + 1));
}

}  // namespace
}  // namespace nscl
