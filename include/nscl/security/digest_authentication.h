// SPDX-License-Identifier: Apache-2.0
// The server's side of HTTP Digest (RFC 7616) with qop=auth, and of its older form where a listener is lenient: challenges, nonces, and the judgement of what comes back. It knows methods and
// targets as texts only, so that whoever speaks HTTP can use it.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <nscl/base/secret.h>

namespace nscl::security {

enum class DigestAlgorithm : unsigned char { sha_256, md5 };
constexpr std::size_t size_of(DigestAlgorithm algorithm) { return algorithm == DigestAlgorithm::sha_256 ? 32 : 16; }   ///< octets

/// An Authorization field of the scheme, taken apart.
struct DigestCredential {
  DigestAlgorithm algorithm = DigestAlgorithm::md5;   ///< RFC 7616 3.4: MD5 if the field names none
  std::string user, realm, nonce, uri, cnonce;
  std::string nc;            ///< eight hexadecimal digits, as sent; empty: the form of RFC 2069, which has no qop and no cnonce
  std::uint32_t count = 0;   ///< the same as a number
  std::string response;      ///< hexadecimal digits in lower case, as many as the algorithm gives
};

/// Of a field that is read. lenient: as devices write it that know no better: with or without qop, any uri or an empty one, values with or
/// without quotes.
enum class DigestForm : unsigned char { strict, lenient };

/// nullopt unless it is Digest with everything that is needed, each in its form: qop auth, an algorithm of ours and no "-sess", a user in
/// clear (neither username* nor userhash). A lenient field may lack qop, nc and cnonce, all three.
std::optional<DigestCredential> parse_digest(std::string_view authorization, DigestForm form = DigestForm::strict);
/// True if the field is of this scheme, well-formed or not.
bool is_digest(std::string_view authorization);

/// H(part:part:...) as octets: what digests of passwords are made of, in HTTP and elsewhere. Throws std::runtime_error if OpenSSL has no such
/// hash function.
Secret hash_joined(DigestAlgorithm algorithm, std::initializer_list<std::string_view> parts);

/// HA1 of RFC 7616 3.4.2: H(user:realm:password) as octets. Whoever has it can authenticate as whoever has the password.
Secret digest_ha1(DigestAlgorithm algorithm, std::string_view user, std::string_view realm, std::string_view password);
/// The response that proves `ha1` for a request; without a count (`nc`) in the form of RFC 2069, which has no qop.
std::string digest_response(const DigestCredential& credential, const Secret& ha1, std::string_view method);

/// Nonces that need no memory until they are used: a time and a keyed digest of it. Any thread.
class DigestNonces {
 public:
  using Clock = std::chrono::steady_clock;
  /// `most`: nonces whose counts are kept; beyond it the one used first goes, and those made before it have to be asked for anew.
  DigestNonces(std::chrono::seconds lifetime, std::size_t most);

  std::string make(Clock::time_point now);
  /// Uses the count of a nonce up. False: the nonce is not ours or over, or that count was used.
  bool take(std::string_view nonce, std::uint32_t count, Clock::time_point now);
  /// True if it is ours and not over; nothing is used up.
  bool is_current(std::string_view nonce, Clock::time_point now) const;

 private:
  struct Counts {
    std::uint32_t highest = 0;
    std::uint64_t below = 0;   ///< bit i: highest - i was used; requests of one client may overtake each other
  };
  static bool take(Counts& counts, std::uint32_t count);
  std::string text_of(std::uint64_t stamp) const;
  std::optional<std::uint64_t> current(std::string_view nonce, Clock::time_point now) const;
  void forget_first();

  const std::string key_;
  const std::uint64_t lifetime_;   ///< microseconds, as all stamps
  const std::size_t most_;
  std::mutex mutex_;
  std::uint64_t last_ = 0;    ///< no two nonces have one stamp
  std::uint64_t floor_ = 0;   ///< of nonces made until then the counts may be lost
  std::unordered_map<std::uint64_t, Counts> used_;
  std::deque<std::uint64_t> by_first_use_;
};

class DigestAuthentication {
 public:
  using Clock = DigestNonces::Clock;
  struct Options {
    std::string realm = "nscl";           ///< a part of what HA1 is made of
    bool allow_md5 = false;               ///< also offer and take MD5
    bool allow_sha_256 = true;            ///< offer and take SHA-256
    /// For devices: DigestForm::lenient, whatever uri they hash, a nonce as often as they like while it lives; MD5 is offered first, with
    /// an opaque.
    bool is_lenient = false;
    std::chrono::seconds nonce_time{300};
    std::size_t nonces = 10'000;          ///< in use at once
  };
  explicit DigestAuthentication(Options options);

  const std::string& realm() const { return options_.realm; }
  bool allows_md5() const { return options_.allow_md5; }
  DigestForm form() const { return options_.is_lenient ? DigestForm::lenient : DigestForm::strict; }

  /// Values of WWW-Authenticate, the best first. `is_stale`: the credential was right but for its nonce.
  std::vector<std::string> challenges(bool is_stale, Clock::time_point now = Clock::now());

  /// stale: right, but the nonce is over or not ours, or its count was used before.
  enum class Verdict { good, stale, wrong };
  /// `ha1` of the credential's user and algorithm, or octets of the same size that nobody knows. `uri` is the request target.
  Verdict judge(const DigestCredential& credential, const Secret& ha1, std::string_view method, std::string_view uri, Clock::time_point now = Clock::now());

 private:
  bool admits(DigestAlgorithm algorithm) const { return algorithm == DigestAlgorithm::sha_256 ? options_.allow_sha_256 : options_.allow_md5; }
  std::string challenge(DigestAlgorithm algorithm, bool is_stale, Clock::time_point now);

  const Options options_;
  DigestNonces nonces_;
};

}  // namespace nscl::security
