// SPDX-License-Identifier: Apache-2.0
// The profile NSCL-1 by its test vectors, and the wrapping of keys.
#include <gtest/gtest.h>

#include <nscl/base/bytes.h>
#include <nscl/security/key_derivation.h>
#include <nscl/security/key_wrapper.h>

namespace nscl::security {
namespace {

std::string hex(const Secret& key) { return hex_encode(key.view()); }
Secret unhex(std::string_view digits) { return Secret(hex_decode(digits).value()); }

Secret counting(std::size_t size) {
  Secret octets(size);
  for (std::size_t i = 0; i < size; ++i) octets.data()[i] = static_cast<unsigned char>(i);
  return octets;
}

const std::string node = hex_decode("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf").value();
constexpr std::uint64_t connection = 0x0123456789abcdef;
const KeyDerivation& profile = nscl_1();

TEST(KeyDerivation, root_key_from_an_emsk) {
  EXPECT_EQ(hex(profile.root_key(counting(64), node, "sp.example")), "997d2687dd216590fb82769fb54408172540f120dcd646ed0fec2dfac417d053");
}

TEST(KeyDerivation, connection_key_and_what_follows_from_it) {
  const Secret exported(std::string(32, '\x5a'));
  EXPECT_EQ(hex_encode(length_prefixed({node, big_endian(connection, 8), big_endian(7, 4), exported.view()})),
            "0010a0a1a2a3a4a5a6a7a8a9aaabacadaeaf00080123456789abcdef0004000000070020" + hex(exported));
  const Secret key = profile.connection_key(counting(32), node, connection, 7, exported);
  EXPECT_EQ(hex(key), "90210b4afa0319af295e5e043aa8f8fe45093c432daf327600d2d777c10bd092");
  EXPECT_EQ(hex(profile.application_key(key, connection, "meter-app")), "6cf53bddb99ea0bca11ca80b8ccb6a889cc7318087a7a9a5738f2ff1d252c1f8");
}

TEST(KeyDerivation, integrity_key_and_check_value) {
  EXPECT_EQ(hex(profile.integrity_key(counting(32), node)), "482d477aa794243d6f2468110c04999a5cf0a98d092e7ac537b51dd967339e65");
  EXPECT_EQ(key_check_value(counting(32)), "f35ed5");
  EXPECT_EQ(profile.name(), "NSCL-1");
}

TEST(KeyDerivation, exporters_are_bound_to_the_node) {
  EXPECT_EQ(profile.connection_exporter(node).label, "EXPORTER-NSCL-1-Kmc");
  EXPECT_EQ(hex_encode(profile.connection_exporter(node).context), "0010a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
  EXPECT_EQ(profile.wrapping_exporter(node, 7).label, "EXPORTER-NSCL-1-KEK");
  EXPECT_EQ(hex_encode(profile.wrapping_exporter(node, 7).context), "0010a0a1a2a3a4a5a6a7a8a9aaabacadaeaf000400000007");
}

TEST(KeyDerivation, lengths_keep_items_apart) {
  EXPECT_NE(length_prefixed({"ab", "c"}), length_prefixed({"a", "bc"}));
  EXPECT_EQ(length_prefixed({}), "");
  EXPECT_THROW(length_prefixed({std::string(65'536, 'x')}), std::length_error);
}

TEST(AesWrap, vector_of_rfc_3394_4_6) {
  const Secret kek = counting(32), key = unhex("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f");
  std::string wrapped = aes_wrap(kek, key);
  EXPECT_EQ(hex_encode(wrapped), "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21");
  const auto opened = aes_unwrap(kek, wrapped);
  ASSERT_TRUE(opened);
  EXPECT_EQ(hex(*opened), hex(key));
}

TEST(AesWrap, a_changed_octet_or_another_key_opens_nothing) {
  const Secret kek = counting(32);
  const std::string wrapped = aes_wrap(kek, counting(32));
  for (std::size_t i = 0; i < wrapped.size(); ++i) {
    std::string changed = wrapped;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(aes_unwrap(kek, changed)) << i;
  }
  EXPECT_FALSE(aes_unwrap(unhex(std::string(64, '5')), wrapped));
  for (const std::size_t size : {0u, 1u, 8u, 16u, 39u}) EXPECT_FALSE(aes_unwrap(kek, wrapped.substr(0, size))) << size;
  EXPECT_THROW(aes_wrap(kek, counting(31)), std::runtime_error);
  EXPECT_THROW(aes_wrap(counting(16), counting(32)), std::runtime_error);
}

TEST(KeyWrapper, opens_under_its_key_and_context_only) {
  const auto wrapper = aes_wrapper(counting(32));
  for (const std::size_t size : {0u, 1u, 16u, 32u, 64u}) {
    const std::string wrapped = wrapper->wrap("context", counting(size));
    EXPECT_EQ(wrapped.size(), 12 + size + 16);
    EXPECT_NE(wrapped, wrapper->wrap("context", counting(size))) << "the nonce is random";
    const auto opened = wrapper->unwrap("context", wrapped);
    ASSERT_TRUE(opened);
    EXPECT_EQ(hex(*opened), hex(counting(size)));
    EXPECT_FALSE(wrapper->unwrap("contexT", wrapped));
    EXPECT_FALSE(wrapper->unwrap("", wrapped));
    EXPECT_FALSE(aes_wrapper(unhex(std::string(64, '1')))->unwrap("context", wrapped));
    for (std::size_t i = 0; i < wrapped.size(); ++i) {
      std::string changed = wrapped;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      EXPECT_FALSE(wrapper->unwrap("context", changed)) << i;
    }
  }
  EXPECT_FALSE(wrapper->unwrap("context", std::string(27, 'x')));
  EXPECT_THROW(aes_wrapper(counting(31)), std::runtime_error);
}

}  // namespace
}  // namespace nscl::security
