// SPDX-License-Identifier: Apache-2.0
// Handshakes that OpenSSL's client does not make: many identities at once (T5), and identities with NUL in TLS 1.2 (T4).
#include <gtest/gtest.h>

#include <algorithm>

#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "tls_client.h"

namespace nscl::net::test {
namespace {

std::string number(std::size_t value, int octets) {
  std::string text;
  for (int shift = 8 * (octets - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}

std::string sized(const std::string& text, int octets) { return number(text.size(), octets) + text; }

std::string extension(std::size_t id, const std::string& content) { return number(id, 2) + sized(content, 2); }

std::string handshake(char type, const std::string& content) { return type + sized(content, 3); }

std::string record(char type, const std::string& content) { return type + std::string("\x03\x03") + sized(content, 2); }

const unsigned char* octets(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string hmac(const std::string& key, const std::string& text) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets(text), text.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr);
  return out;
}

std::string sha256(const std::string& text) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(octets(text), text.size(), reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

/// HKDF-Expand-Label of RFC 8446 7.1, for 32 octets.
std::string expand_label(const std::string& secret, const std::string& label, const std::string& context) {
  return hmac(secret, number(32, 2) + sized("tls13 " + label, 1) + sized(context, 1) + '\1');
}

std::string binder_of(const std::string& key, const std::string& truncated_hello) {
  const auto early = hmac(std::string(32, '\0'), key);
  return hmac(expand_label(expand_label(early, "ext binder", sha256("")), "finished", ""), sha256(truncated_hello));
}

constexpr std::size_t aes_128_sha_256 = 0x1301, aes_256_sha_384 = 0x1302;

/// What a ClientHello offers beside the identities.
struct Offer {
  std::size_t suite = aes_128_sha_256;
  std::size_t binder_size = SHA256_DIGEST_LENGTH;   ///< of the noise
};

/// A ClientHello of TLS 1.3 that offers these identities; the binder of the one at `known` is made with `key`, the others are noise.
std::string hello_1_3(const std::vector<std::string>& identities, std::size_t known, const std::string& key, Offer offer = {}) {
  std::string offered;
  for (const auto& identity : identities) offered += sized(identity, 2) + number(0, 4);
  const std::size_t binders_size = identities.size() * (1 + offer.binder_size);
  const std::string psk = number(0x29, 2) + number(2 + offered.size() + 2 + binders_size, 2) + sized(offered, 2);
  const std::string others = extension(0x2b, std::string("\x02\x03\x04", 3)) + extension(0x0a, std::string("\x00\x02\x00\x1d", 4)) +
                             extension(0x2d, "\x01\x01") +
                             extension(0x33, sized(number(0x1d, 2) + sized(std::string(32, '\x09'), 2), 2));
  const std::string before = std::string("\x03\x03") + std::string(32, 'r') + number(0, 1) + sized(number(offer.suite, 2), 2) + sized(number(0, 1), 1) +
                             number(others.size() + psk.size() + 2 + binders_size, 2) + others + psk;
  const std::string truncated = '\x01' + number(before.size() + 2 + binders_size, 3) + before;
  std::string binders;
  for (std::size_t i = 0; i < identities.size(); ++i) binders += sized(i == known ? binder_of(key, truncated) : std::string(offer.binder_size, 'n'), 1);
  return record('\x16', truncated + sized(binders, 2));
}

std::vector<std::string> with_strangers(std::size_t count, std::size_t known) {
  std::vector<std::string> identities;
  for (std::size_t i = 0; i < count; ++i) identities.push_back(i == known ? "dev1" : "stranger" + std::to_string(i));
  return identities;
}

/// The first record of the answer, with what follows it.
std::string answer_to(const Server& server, const std::string& hello) {
  Client client{server};
  client.send(hello);
  client.finish_sending();
  return client.drain();
}

bool is_hello(const std::string& answer) { return answer.size() > 5 && answer[0] == 0x16 && answer[5] == 0x02; }
int alert_in(const std::string& answer) { return answer.size() == 7 && answer[0] == 0x15 ? answer[6] : -1; }

TEST(TlsRaw, T5_AKnownIdentityIsFoundAmongStrangers) {
  Server server{psk_options(), std::make_shared<Keys>()};
  for (const auto& [count, known] : {std::pair{1, 0}, {2, 0}, {2, 1}, {8, 0}, {8, 4}, {8, 7}}) {
    const auto at = static_cast<std::size_t>(known);
    const auto answer = answer_to(server, hello_1_3(with_strangers(static_cast<std::size_t>(count), at), at, Keys::key));
    EXPECT_TRUE(is_hello(answer)) << count << " " << known;
    EXPECT_NE(answer.find(extension(0x29, number(at, 2))), std::string::npos) << "the one that was chosen";
  }
}

TEST(TlsRaw, T5_MoreThanEightIdentitiesAreRefused) {
  const auto keys = std::make_shared<Keys>();
  Server server{psk_options(), keys};
  for (const std::size_t count : {9u, 20u, 250u}) {
    const auto answer = answer_to(server, hello_1_3(with_strangers(count, 0), 0, Keys::key));
    EXPECT_EQ(alert_in(answer), SSL_AD_ILLEGAL_PARAMETER) << count;
  }
  EXPECT_TRUE(keys->asked().empty()) << "nobody looks for so many";
}

TEST(TlsRaw, T5_AmongStrangersAWrongKeyLooksTheSame) {
  Server server{psk_options(), std::make_shared<Keys>()};
  const auto wrong = answer_to(server, hello_1_3(with_strangers(4, 2), 2, "0123456789abcdeX"));
  const auto unknown = answer_to(server, hello_1_3(with_strangers(4, 9), 2, Keys::key));
  EXPECT_EQ(alert_in(wrong), SSL_AD_ILLEGAL_PARAMETER);
  EXPECT_EQ(wrong, unknown);
}

/// `known` beyond the list: every binder is noise, here of the length of another hash.
TEST(TlsRaw, T6_ABinderOfAnotherHashMakesNoSession) {
  const auto keys = std::make_shared<Keys>();
  Server server{psk_options(), keys};
  const std::size_t nobody = 9;
  for (const std::size_t size : {48u, 33u, 64u, 255u}) {
    const auto answer = answer_to(server, hello_1_3({"dev1"}, nobody, Keys::key, {.binder_size = size}));
    EXPECT_EQ(alert_in(answer), SSL_AD_DECODE_ERROR) << size;
    EXPECT_EQ(answer, answer_to(server, hello_1_3({"stranger"}, nobody, Keys::key, {.binder_size = size}))) << "an unknown identity looks the same";
  }
  const auto other_suite = answer_to(server, hello_1_3({"dev1"}, nobody, Keys::key, {.suite = aes_256_sha_384, .binder_size = 48}));
  EXPECT_EQ(alert_in(other_suite), SSL_AD_HANDSHAKE_FAILURE);
  EXPECT_TRUE(keys->used().empty());
  EXPECT_TRUE(is_hello(answer_to(server, hello_1_3({"dev1"}, 0, Keys::key))));
}

TEST(TlsRaw, BrokenListsOfIdentitiesAreRefused) {
  Server server{psk_options(), std::make_shared<Keys>()};
  const auto good = hello_1_3({"dev1"}, 0, Keys::key);
  const auto at = good.find("dev1");
  for (int change = 1; change < 256; ++change) {   // lengths of the identity and of the list, in turn
    auto bad = good;
    bad[at - (change % 2 == 0 ? 1 : 3)] = static_cast<char>(bad[at - (change % 2 == 0 ? 1 : 3)] ^ change);
    ASSERT_FALSE(is_hello(answer_to(server, bad))) << change;
  }
  TlsClient client{server};
  EXPECT_EQ(client.ask(request("GET", "/a")).status, 200u);
}

/// Goes as far as the ClientKeyExchange with a plain PSK suite.
std::string answer_1_2(const Server& server, const std::string& identity) {
  const auto hello = std::string("\x03\x03") + std::string(32, 'r') + number(0, 1) + sized(number(0x00a8, 2), 2) + sized(number(0, 1), 1);
  return answer_to(server, record('\x16', handshake('\x01', hello)) + record('\x16', handshake('\x10', sized(identity, 2))) +
                               record('\x14', "\x01") + record('\x16', std::string(40, 'f')));
}

TEST(TlsRaw, T4_AnIdentityWithNulIsNotCutInTls12) {
  auto options = psk_options();
  options.tls.allow_no_forward_secrecy = true;
  const auto keys = std::make_shared<Keys>();
  Server server{options, keys};
  const auto known = answer_1_2(server, "dev1");
  for (const std::string& identity : {std::string("dev1\0x", 6), std::string("dev1\0", 5), std::string("\0", 1), std::string()}) {
    const auto answer = answer_1_2(server, identity);
    EXPECT_EQ(answer.substr(answer.size() - 7), known.substr(known.size() - 7)) << "the same alert";
    EXPECT_EQ(keys->asked().back(), identity);
  }
  EXPECT_TRUE(keys->used().empty());
}

}  // namespace
}  // namespace nscl::net::test
