// SPDX-License-Identifier: Apache-2.0
// Password verifiers: "scrypt$N$r$p$salt$hash" (RFC 7914), salt and hash in base64.
#include <array>
#include <charconv>
#include <stdexcept>

#include <openssl/evp.h>

#include <nscl/base/bytes.h>
#include <nscl/security/credentials.h>

namespace nscl::security {
namespace {

constexpr std::size_t salt_size = 16, hash_size = 32;

struct Cost {
  std::uint64_t n, r, p;

  /// Bounds what a damaged or hostile verifier can make a worker spend.
  bool is_bounded() const {
    const bool is_power = (n & (n - 1)) == 0;
    return is_power && n >= 1u << 10 && n <= 1u << 20 && r >= 1 && r <= 16 && p >= 1 && p <= 4 && n * r <= 1u << 23;
  }
};

struct Verifier {
  Cost cost{};
  std::string salt, hash;
};

/// Empty if the library refuses (no memory).
std::string scrypt(std::string_view password, std::string_view salt, const Cost& cost, std::size_t size) {
  const std::uint64_t memory = 128 * cost.r * (cost.n + cost.p + 2) + (1u << 16);
  std::string out(size, '\0');
  const int done = EVP_PBE_scrypt(password.data(), password.size(), reinterpret_cast<const unsigned char*>(salt.data()), salt.size(),
                                  cost.n, cost.r, cost.p, memory, reinterpret_cast<unsigned char*>(out.data()), out.size());
  return done == 1 ? out : std::string{};
}

bool parse_number(std::string_view text, std::uint64_t& number) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  return result.ec == std::errc{} && result.ptr == text.data() + text.size();
}

std::optional<Verifier> parse_verifier(std::string_view text) {
  std::array<std::string_view, 6> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto dollar = i + 1 < parts.size() ? text.find('$') : text.size();
    if (dollar == text.npos) return std::nullopt;
    parts[i] = text.substr(0, dollar);
    text.remove_prefix(std::min(dollar + 1, text.size()));
  }
  Verifier verifier;
  auto& [n, r, p] = verifier.cost;
  if (parts[0] != "scrypt" || !parse_number(parts[1], n) || !parse_number(parts[2], r) || !parse_number(parts[3], p)) return std::nullopt;
  auto salt = base64_decode(parts[4]), hash = base64_decode(parts[5]);
  if (!verifier.cost.is_bounded() || !salt || !hash || salt->size() < 8 || hash->size() != hash_size) return std::nullopt;
  verifier.salt = *std::move(salt);
  verifier.hash = *std::move(hash);
  return verifier;
}

}  // namespace

std::string hash_password(std::string_view password, unsigned log2_n) {
  const Cost cost{.n = std::uint64_t{1} << (log2_n & 63), .r = 8, .p = 1};
  if (log2_n >= 64 || !cost.is_bounded()) throw std::invalid_argument("hash_password: log2_n is not from 10 to 20");
  const std::string salt = random_octets(salt_size);
  const std::string hash = scrypt(password, salt, cost, hash_size);
  if (hash.empty()) throw std::runtime_error("scrypt failed: not enough memory?");
  return "scrypt$" + std::to_string(cost.n) + "$" + std::to_string(cost.r) + "$" + std::to_string(cost.p) + "$" + base64_encode(salt) +
         "$" + base64_encode(hash);
}

bool verify_password(std::string_view password, std::string_view verifier) {
  const auto wanted = parse_verifier(verifier);
  if (!wanted) return false;
  const std::string hash = scrypt(password, wanted->salt, wanted->cost, wanted->hash.size());
  return equal_in_constant_time(hash, wanted->hash);
}

}  // namespace nscl::security
