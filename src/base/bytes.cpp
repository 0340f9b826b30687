// SPDX-License-Identifier: Apache-2.0
// Base64, randomness and text checks. Contents of megabytes pass through here, so the loops take several octets at a time.
#include <nscl/base/bytes.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <memory>
#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "scan.h"
#include "utf8.h"

namespace nscl {
namespace {

constexpr std::string_view name_alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

// What a character of base64 means: below 64 a sextet, else one of these.
constexpr std::uint8_t blank = 64, padding = 65, foreign = 66;

constexpr auto sextets = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(foreign);
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < alphabet.size(); ++i) table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
  for (const char c : {' ', '\t', '\r', '\n'}) table[static_cast<std::uint8_t>(c)] = blank;
  table['='] = padding;
  return table;
}();

std::uint8_t sextet(char c) { return sextets[static_cast<std::uint8_t>(c)]; }

/// The plain case: four characters of the alphabet.
bool decode_four(const char* from, char* to) {
  const std::uint32_t a = sextet(from[0]), b = sextet(from[1]), c = sextet(from[2]), d = sextet(from[3]);
  if ((a | b | c | d) >= 64) return false;
  const std::uint32_t bits = a << 18 | b << 12 | c << 6 | d;
  to[0] = static_cast<char>(bits >> 16);
  to[1] = static_cast<char>(bits >> 8);
  to[2] = static_cast<char>(bits);
  return true;
}

/// Up to four characters with white space between them.
struct Group {
  std::uint32_t bits = 0;
  unsigned count = 0, padded = 0;
  bool is_foreign = false;

  bool is_full() const { return count + padded == 4; }
  /// A full group, padding at its end only, and the bits that padding covers are zero.
  bool is_valid() const {
    const std::uint32_t spare = padded == 0 ? 0 : padded == 1 ? 0xFF : 0xFFFF;
    return !is_foreign && is_full() && padded <= 2 && (bits & spare) == 0;
  }
};

Group read_group(const char*& at, const char* end) {
  Group group;
  for (; at != end && !group.is_full(); ++at) {
    const std::uint8_t value = sextet(*at);
    if (value == blank) continue;
    if (value == padding) {
      ++group.padded;
    } else if (value == foreign || group.padded > 0) {
      group.is_foreign = true;
      break;
    } else {
      group.bits |= std::uint32_t{value} << (18 - 6 * group.count++);
    }
  }
  return group;
}

constexpr std::uint64_t each_octet(std::uint8_t value) { return 0x0101010101010101u * value; }

/// True if the eight octets are all 0x20 to 0x7F.
bool is_plain_ascii(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return ((word | (word - each_octet(0x20))) & each_octet(0x80)) == 0;
}

bool is_xml_char(char32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  return c != 0xFFFE && c != 0xFFFF;
}

}  // namespace

std::string base64_encode(std::string_view octets) {
  std::string out((octets.size() + 2) / 3 * 4 + 1, '\0');   // OpenSSL writes a NUL behind it
  std::size_t written = 0;
  constexpr std::size_t block = 3u << 20;   // its length is an int
  while (!octets.empty()) {
    const std::string_view part = octets.substr(0, block);
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data() + written),
                                     reinterpret_cast<const unsigned char*>(part.data()), static_cast<int>(part.size()));
    written += static_cast<std::size_t>(size);
    octets.remove_prefix(part.size());
  }
  out.resize(written);
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  std::string out(text.size() / 4 * 3 + 3, '\0');
  char* to = out.data();
  const char* at = text.data();
  const char* const end = at + text.size();
  bool is_padded = false;
  for (;;) {
    for (; end - at >= 4 && !is_padded && decode_four(at, to); at += 4) to += 3;
    const Group group = read_group(at, end);
    if (group.count == 0 && group.padded == 0 && !group.is_foreign) break;
    if (!group.is_valid() || is_padded) return std::nullopt;
    for (unsigned i = 0; i + 1 < group.count; ++i) *to++ = static_cast<char>(group.bits >> (16 - 8 * i));
    is_padded = group.padded > 0;
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_octets(std::size_t count) {
  std::string out(count, '\0');
  if (count > 0 && RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) != 1)
    throw std::runtime_error("the system's random generator failed");
  return out;
}

std::string random_name(std::size_t count) {
  // Octets of 252 and above would favour the first letters.
  constexpr std::uint8_t bound = 256 / name_alphabet.size() * name_alphabet.size();
  std::string out;
  out.reserve(count);
  while (out.size() < count) {
    for (const char c : random_octets(count - out.size())) {
      const auto octet = static_cast<std::uint8_t>(c);
      if (octet < bound) out += name_alphabet[octet % name_alphabet.size()];
    }
  }
  return out;
}

bool is_xml_text(std::string_view text) {
  while (!text.empty()) {
    if (text.size() >= 8 && is_plain_ascii(text.data())) {
      text.remove_prefix(8);
      continue;
    }
    // A line break, a non-ASCII character or the last octets: step over one character, then try again.
    const Utf8Char next = first_utf8_char(text);
    if (next.size == 0 || !is_xml_char(next.code)) return false;
    text.remove_prefix(next.size);
  }
  return true;
}

std::string to_xml_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Utf8Char next = first_utf8_char(text);
    const bool is_good = next.size != 0 && is_xml_char(next.code);
    out += is_good ? text.substr(0, next.size) : "\xEF\xBF\xBD";
    text.remove_prefix(std::max<std::size_t>(next.size, 1));
  }
  return out;
}

std::string to_base36(std::uint64_t number) {
  char buffer[16];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, number, 36);
  return std::string(buffer, result.ptr);
}

std::optional<std::uint64_t> from_base36(std::string_view text) {
  std::uint64_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number, 36);
  const bool is_whole = !text.empty() && result.ec == std::errc{} && result.ptr == text.data() + text.size();
  // from_chars takes upper case too, which to_base36 never writes.
  if (!is_whole || text.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != text.npos) return std::nullopt;
  return number;
}

std::string sha256(std::string_view octets) {
  // Fetched once: that costs more than its use.
  static const std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> function(EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free);
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  if (!function || EVP_Digest(octets.data(), octets.size(), to, nullptr, function.get(), nullptr) != 1) throw std::runtime_error("SHA-256 failed");
  return out;
}

std::string big_endian(std::uint64_t number, std::size_t width) {
  std::string out(width, '\0');
  for (std::size_t i = out.size(); i-- > 0; number >>= 8) out[i] = static_cast<char>(number & 0xFF);
  return out;
}

std::string length_prefixed(std::initializer_list<std::string_view> items) {
  std::size_t size = 0;
  for (const auto item : items) size += 2 + item.size();
  std::string out;
  out.reserve(size);   // no growth: it would leave pieces of a key behind
  for (const auto item : items) {
    if (item.size() > 0xFFFF) throw std::length_error("an item is too long for its length prefix");
    out += {static_cast<char>(item.size() >> 8), static_cast<char>(item.size() & 0xFF)};
    out += item;
  }
  return out;
}

std::string keyed_digest(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const auto* octets = reinterpret_cast<const unsigned char*>(text.data());
  if (!HMAC(EVP_sha256(), key.data(), int(key.size()), octets, text.size(), digest.data(), &size)) throw std::runtime_error("HMAC-SHA-256 failed");
  return hex_encode({reinterpret_cast<const char*>(digest.data()), size});
}

std::string hex_encode(std::string_view octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * octets.size());   // no growth: it would leave pieces of a key behind
  for (const char c : octets) {
    const auto octet = static_cast<unsigned char>(c);
    out += digits[octet >> 4];
    out += digits[octet & 15];
  }
  return out;
}

std::optional<std::string> hex_decode(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

}  // namespace nscl
