// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nscl/base/bytes.h>

namespace nscl {
namespace {

TEST(Base64, rfc_4648_vectors) {
  const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},           {"f", "Zg=="},         {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},    {"foob", "Zm9vYg=="},  {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    EXPECT_EQ(base64_encode(plain), coded);
    EXPECT_EQ(base64_decode(coded), plain);
  }
}

TEST(Base64, white_space_is_skipped) {
  EXPECT_EQ(base64_decode(" Zm9v\r\nYmFy\t"), "foobar");
  EXPECT_EQ(base64_decode("Z m 9 v Y g = =\n"), "foob");
  EXPECT_EQ(base64_decode(" \r\n"), "");
}

TEST(Base64, everything_else_is_refused) {
  const std::string_view wrong[] = {"Z", "Zg", "Zg=", "Zm9", "=", "====", "Z===", "Zg==Zg==", "Zg==Z", "Zg===", "Zm9v=", "Z=g=", "Zm-v", "Zm_v",
                                    "Zm9v*", "Zm9\xc3\xa4", "Zh==", "Zm9=", "Zm8=Zm8=", "Zm9vZ", "Zm9v\v", "Zm\xa0v"};
  for (const auto text : wrong) EXPECT_FALSE(base64_decode(text)) << text;
  EXPECT_FALSE(base64_decode(std::string_view("Zm9\0", 4)));
}

TEST(Base64, megabytes) {
  const std::string octets = random_octets((7u << 20) + 1);
  EXPECT_TRUE(base64_decode(base64_encode(octets)) == octets);
}

RC_GTEST_PROP(Base64Property, there_and_back, (std::string octets)) { RC_ASSERT(base64_decode(base64_encode(octets)) == octets); }

RC_GTEST_PROP(Base64Property, what_is_accepted_has_one_spelling, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("AZaz09+/==")));
  if (const auto octets = base64_decode(text)) RC_ASSERT(base64_encode(*octets) == text);
}

TEST(Equal, in_constant_time) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("secret", "secret"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secreT"));
  EXPECT_FALSE(equal_in_constant_time("secret", "secre"));
}

TEST(Random, differs_and_has_the_size) {
  EXPECT_EQ(random_octets(0), "");
  EXPECT_EQ(random_octets(33).size(), 33u);
  EXPECT_NE(random_octets(16), random_octets(16));
}

TEST(Random, names_use_the_whole_alphabet) {
  const std::string name = random_name(5000);
  EXPECT_EQ(name.size(), 5000u);
  EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"), name.npos);
  EXPECT_EQ(std::set<char>(name.begin(), name.end()).size(), 36u);
}

TEST(XmlText, accepts_characters_of_xml) {
  for (const std::string_view text : {"", "a", "plain text of more than sixteen octets", "tab\tline\r\n", "\x7f", "Stra\xc3\x9f" "e", "\xe2\x82\xac",
                                      "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(is_xml_text(text)) << text;
}

TEST(XmlText, is_made_of_anything) {
  EXPECT_EQ(to_xml_text(""), "");
  EXPECT_EQ(to_xml_text("Stra\xc3\x9f" "e\t\r\n\xf0\x9f\x98\x80"), "Stra\xc3\x9f" "e\t\r\n\xf0\x9f\x98\x80");
  EXPECT_EQ(to_xml_text(std::string_view("a\0b\x1f", 4)), "a\xef\xbf\xbd" "b\xef\xbf\xbd");
  EXPECT_EQ(to_xml_text("\xc3(\xe2\x82"), "\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(to_xml_text("\xef\xbf\xbe"), "\xef\xbf\xbd");   // one character, one replacement
}

TEST(XmlText, refuses_the_rest_at_every_offset) {
  const std::string_view wrong[] = {std::string_view("\0", 1), "\x01", "\x08", "\x0b", "\x0c", "\x1f", "\x1b[0m", "\x80", "\xbf", "\xc0\xaf", "\xc1\xbf",
                                    "\xc2", "\xc3(", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80", "\xed\xbf\xbf", "\xef\xbf\xbe",
                                    "\xef\xbf\xbf", "\xf0\x80\x80\xaf", "\xf0\x8f\xbf\xbf", "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"};
  for (const auto bad : wrong) {
    for (std::size_t before = 0; before < 20; ++before) {
      const std::string text = std::string(before, 'x') + std::string(bad) + std::string(20 - before, ' ');
      EXPECT_FALSE(is_xml_text(text)) << before << " " << testing::PrintToString(bad);
      EXPECT_FALSE(is_xml_text(text.substr(0, before + bad.size())));
    }
  }
}

TEST(KeyedDigest, is_that_of_the_standard) {   // RFC 4231, test cases 2 and 6
  EXPECT_EQ(keyed_digest("Jefe", "what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(keyed_digest(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Hex, there_and_back) {
  EXPECT_EQ(hex_encode(std::string("\x00\xff\x1a", 3)), "00ff1a");
  EXPECT_EQ(hex_decode("00fF1A"), std::string("\x00\xff\x1a", 3));
  EXPECT_EQ(hex_decode(""), "");
  for (const char* bad : {"0", "000", "0g", " 00", "0x00", "00\n"}) EXPECT_FALSE(hex_decode(bad)) << bad;
}

TEST(Bytes, digests_and_forms) {
  EXPECT_EQ(hex_encode(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_encode(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex_encode(std::string("\0\xff", 2)), "00ff");
  EXPECT_EQ(hex_encode(big_endian(0x0123456789abcdef)), "0123456789abcdef");
  EXPECT_EQ(hex_encode(length_prefixed({"a", "", std::string(258, 'b')})).substr(0, 14), "00016100000102");
  EXPECT_NE(length_prefixed({"ab", "c"}), length_prefixed({"a", "bc"}));
  EXPECT_EQ(length_prefixed({std::string(65'535, 'x')}).size(), 65'537u);
  EXPECT_THROW(length_prefixed({std::string(65'536, 'x')}), std::length_error);
}

TEST(Base36, numbers) {
  EXPECT_EQ(to_base36(0), "0");
  EXPECT_EQ(to_base36(35), "z");
  EXPECT_EQ(to_base36(36), "10");
  EXPECT_EQ(from_base36(to_base36(~std::uint64_t{0})), ~std::uint64_t{0});
  for (const std::string_view text : {"", "Z", "-1", "+1", " 1", "1 ", "zzzzzzzzzzzzzzz", "a_b"}) EXPECT_FALSE(from_base36(text)) << text;
}

RC_GTEST_PROP(Base36Property, there_and_back, (std::uint64_t number)) { RC_ASSERT(from_base36(to_base36(number)) == number); }

}  // namespace
}  // namespace nscl
