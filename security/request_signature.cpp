// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/request_signature.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>

#include <openssl/hmac.h>

#include <nscl/base/bytes.h>
#include <nscl/security/key_derivation.h>
#include <nscl/security/key_identity.h>

#include "auth_params.h"
#include "evp.h"

namespace nscl::security {
namespace {

constexpr std::string_view scheme = "nscl-hmac", version = "NSCL-HMAC-1";
constexpr std::size_t shortest_nonce = 16, longest_nonce = 64, mac_digits = 64, sha256_size = 32;
constexpr std::string_view base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", hex = "0123456789abcdef";

bool is_of(std::string_view text, std::string_view letters) { return text.find_first_not_of(letters) == text.npos; }

/// Seconds that still are a Time.
std::optional<std::uint64_t> parse_seconds(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = !text.empty() && text.size() <= 12 && error == std::errc{} && end == text.data() + text.size();
  return is_number ? std::optional(number) : std::nullopt;
}

}  // namespace

bool is_signature(std::string_view authorization) { return behind_scheme(authorization, scheme).has_value(); }

std::optional<SignatureCredential> parse_signature(std::string_view authorization) {
  const auto params = AuthParams::parse(authorization, scheme);
  if (!params || params->all().size() != 4) return std::nullopt;
  SignatureCredential credential{std::string(params->text("id")), 0, std::string(params->text("nonce")), std::string(params->text("mac"))};
  const auto seconds = parse_seconds(params->text("ts"));
  const bool has_nonce = credential.nonce.size() >= shortest_nonce && credential.nonce.size() <= longest_nonce && is_of(credential.nonce, base64url);
  const bool has_mac = credential.mac.size() == mac_digits && is_of(credential.mac, hex);
  if (!seconds || !has_nonce || !has_mac || !is_psk_identity(credential.id)) return std::nullopt;
  credential.ts = *seconds;
  return credential;
}

std::string canonical_target(std::string_view target) {
  const auto scheme_end = target.find("://");
  if (target.starts_with('/') || target == "*" || scheme_end == target.npos) return std::string(target);
  target.remove_prefix(scheme_end + 3);
  target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
  return target.starts_with('/') ? std::string(target) : "/" + std::string(target);
}

std::string signed_octets(const SignatureCredential& credential, const SignedRequest& request) {
  std::string hash(sha256_size, '\0');
  demand(EVP_Digest(request.body.data(), request.body.size(), octets_of(hash), nullptr, EVP_sha256(), nullptr) == 1, "SHA-256 cannot be used");
  return length_prefixed({version, credential.id, request.method, canonical_target(request.target), hash, big_endian(credential.ts, 8), credential.nonce});
}

std::string signature_of(const SignatureCredential& credential, const SignedRequest& request, const Secret& key) {
  const std::string octets = signed_octets(credential, request);
  std::string mac(sha256_size, '\0');
  demand(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets_of(std::string_view(octets)), octets.size(), octets_of(mac), nullptr) != nullptr,
         "HMAC-SHA-256 cannot be used");
  return hex_encode(mac);
}

bool is_timely(const SignatureCredential& credential, Time now) {
  const Time signed_at{std::chrono::seconds(credential.ts)};
  return signed_at >= now - signature_tolerance && signed_at <= now + signature_tolerance;
}

// ---- SeenNonces

std::size_t SeenNonces::Hash::operator()(const Mark& mark) const {
  std::size_t value = 0;
  std::memcpy(&value, mark.data(), sizeof value);   // of a keyed digest: nobody can choose it
  return value;
}

SeenNonces::Verdict SeenNonces::take(const SignatureCredential& credential, Time now) {
  static const std::string key = random_octets(32);
  const std::string digest = keyed_digest(key, length_prefixed({credential.id, credential.nonce}));
  Entry entry{{}, std::hash<std::string_view>{}(credential.id), now + kept};
  const std::string octets = hex_decode(digest).value_or("");
  std::copy_n(octets.begin(), entry.mark.size(), entry.mark.begin());
  const std::lock_guard lock(mutex_);
  forget(now);
  if (marks_.contains(entry.mark)) return Verdict::seen;
  if (marks_.size() >= most_) return Verdict::full;
  std::size_t& of_this = of_one_[entry.owner];
  if (of_this >= most_of_one_) return Verdict::full;
  ++of_this;
  marks_.insert(entry.mark);
  by_age_.push_back(entry);
  return Verdict::fresh;
}

void SeenNonces::forget(Time now) {
  for (; !by_age_.empty() && by_age_.front().until < now; by_age_.pop_front()) {
    const Entry& oldest = by_age_.front();
    marks_.erase(oldest.mark);
    if (--of_one_[oldest.owner] == 0) of_one_.erase(oldest.owner);
  }
}

}  // namespace nscl::security
