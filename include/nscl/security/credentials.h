// SPDX-License-Identifier: Apache-2.0
// Credentials: HTTP Basic and Digest, bearer tokens, signatures, sessions, client certificates and pre-shared keys -> Requestor. Passwords are
// verified by scrypt on worker threads and then remembered by a keyed digest.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/io_context.hpp>

#include <nscl/base/error.h>
#include <nscl/security/basic.h>
#include <nscl/security/digest_authentication.h>
#include <nscl/security/keystore.h>
#include <nscl/security/own_names.h>
#include <nscl/security/presence.h>
#include <nscl/security/requestor.h>
#include <nscl/store/store.h>

namespace nscl::security {

/// Salted scrypt hash of a password as text "scrypt$N$r$p$salt$hash" (base64); N=2^15 r=8 p=1 unless told otherwise.
std::string hash_password(std::string_view password, unsigned log2_n = 15);
/// A verifier that no password fits: the principal authenticates by other means.
inline constexpr std::string_view no_password = "!";
/// Constant-time check; about 100 ms for log2_n 15. False for a malformed verifier.
bool verify_password(std::string_view password, std::string_view verifier);

/// stale: right, but its nonce is used up; who has the secret can make another at once.
enum class Refusal { missing, wrong, stale, overloaded };

class Credentials {
 public:
  struct Options {
    std::chrono::seconds remember{300};
    std::size_t remembered = 10'000;
    unsigned workers = 2;
    std::size_t queue = 32;
    OwnNames own;
    Allowances::Limits usual{{}, {}, {2'000, 4'000}};   ///< of each principal; see Allowances
    std::vector<Allowances::Limits> special;
    DigestAuthentication::Options digest;
  };
  /// What is wrapped in the store; without it nobody gets in by HTTP Digest or a signature.
  struct Keys {
    const Keystore* keystore = nullptr;                      ///< opens what HTTP Digest is judged by
    std::shared_ptr<net::PskLookup> applications = nullptr;   ///< finds the keys that requests are signed with
  };
  Credentials(store::Store& store, Options options, Keys keys);
  Credentials(store::Store& store, Options options) : Credentials(store, std::move(options), Keys{}) {}
  ~Credentials();

  /// What a request shows, and where it came from.
  struct Shown {
    std::string_view authorization, host;
    std::string_view peer;   ///< address
    std::string_view method = {}, target = {};   ///< as in the request line; a digest or signature is good for these alone
    std::string_view body = {};                  ///< whole; only a signature depends on it
  };

  /// Answer from memory, without waiting: the requestor, or nullptr if it must be verified (or is not known).
  RequestorPtr remembered(const Shown& shown) const;

  /// Verifies, a password on a worker; the handler is posted to `context`. Unknown users cost as much time as wrong passwords.
  using Verdict = tl::expected<RequestorPtr, Refusal>;
  void verify(const Shown& shown, boost::asio::io_context& context, boost::asio::any_completion_handler<void(Verdict)> handler);

  /// Values of WWW-Authenticate that ask for HTTP Digest, with nonces of their own.
  std::vector<std::string> digest_challenges(bool is_stale);

  /// Whom a verified client certificate proves, by the first of its names that is a principal's; nullptr: nobody.
  RequestorPtr by_certificate(const std::vector<std::string>& names) const;
  /// Whom a pre-shared key proves: its entity, under that name.
  RequestorPtr by_key(std::string_view entity) const;

  /// A token for requests of this requestor from that peer, good while it is used and its principal stays what it is; empty: it
  /// has too many, or is no principal in its own name, or came by a token or key, which must not be outlived.
  std::string open_session(const RequestorPtr& requestor, std::string_view peer);
  bool close_session(std::string_view authorization);
  static bool is_session(std::string_view authorization);

  /// Where the keys of connections are in use.
  Presence& presence();

  /// Moves whenever principals have changed: what was made of a certificate before is to be made again.
  std::uint64_t generation() const;

  /// Other limits from now on.
  void set_limits(Allowances::Limits usual, std::vector<Allowances::Limits> special);

  /// Forgets what is remembered (principals changed).
  void forget();
  /// Forgets the verdicts on principals that changed in the store since the last call; cheap, called several times a second.
  void poll_changes();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nscl::security
