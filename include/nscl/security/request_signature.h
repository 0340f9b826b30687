// SPDX-License-Identifier: Apache-2.0
// Requests signed under an application key (Kma): "Authorization: NSCL-HMAC id=...,ts=...,nonce=...,mac=...". They stay what they are behind proxies
// and other people's gateways. docs/security.md has the octets.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <nscl/base/secret.h>
#include <nscl/base/time.h>

namespace nscl::security {

struct SignatureCredential {
  std::string id;           ///< identity of the key
  std::uint64_t ts = 0;     ///< seconds since 1970-01-01T00:00:00Z
  std::string nonce;        ///< 16 to 64 characters of base64url
  std::string mac;          ///< 64 hexadecimal digits in lower case
};

/// nullopt unless it is NSCL-HMAC with these four parameters, each in its form, and no other.
std::optional<SignatureCredential> parse_signature(std::string_view authorization);
/// True if the field is of this scheme, well-formed or not.
bool is_signature(std::string_view authorization);

/// What is signed of a request: its body is whole, decoded from chunks.
struct SignedRequest {
  std::string_view method, target, body;
};
/// Path and query as they came; of an absolute-form target what stands behind the authority, with "/" in front.
std::string canonical_target(std::string_view target);
/// The octets that the MAC is made of.
std::string signed_octets(const SignatureCredential& credential, const SignedRequest& request);
/// The MAC as it stands in the field: HMAC-SHA-256 of these octets.
std::string signature_of(const SignatureCredential& credential, const SignedRequest& request, const Secret& key);

/// How far `ts` may be from our clock.
inline constexpr std::chrono::seconds signature_tolerance{300};
bool is_timely(const SignatureCredential& credential, Time now);

/// Nonces of right signatures, each for ten minutes: as long as its time can be right. Bounded, any thread.
class SeenNonces {
 public:
  static constexpr std::chrono::seconds kept{2 * signature_tolerance};

  /// At most so many are kept of all keys together, and of one.
  explicit SeenNonces(std::size_t most = 200'000, std::size_t most_of_one = 100'000) : most_(most), most_of_one_(most_of_one) {}

  /// full: whether it was seen could not be remembered, so the request must not be executed.
  enum class Verdict { fresh, seen, full };
  Verdict take(const SignatureCredential& credential, Time now);

 private:
  using Mark = std::array<char, 16>;
  struct Hash {
    std::size_t operator()(const Mark& mark) const;
  };
  struct Entry {
    Mark mark;
    std::size_t owner;   ///< hash of the key's identity: two that share one share their bound
    Time until;
  };
  void forget(Time now);

  const std::size_t most_, most_of_one_;
  std::mutex mutex_;
  std::unordered_set<Mark, Hash> marks_;
  std::deque<Entry> by_age_;
  std::unordered_map<std::size_t, std::size_t> of_one_;
};

}  // namespace nscl::security
