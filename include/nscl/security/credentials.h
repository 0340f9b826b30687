// SPDX-License-Identifier: Apache-2.0
// Credentials: HTTP Basic -> Requestor. Passwords are verified by scrypt on worker threads and then remembered by a keyed digest.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/io_context.hpp>

#include <nscl/base/error.h>
#include <nscl/security/basic.h>
#include <nscl/security/own_names.h>
#include <nscl/security/requestor.h>
#include <nscl/store/store.h>

namespace nscl::security {

/// Salted scrypt hash of a password as text "scrypt$N$r$p$salt$hash" (base64); N=2^15 r=8 p=1 unless told otherwise.
std::string hash_password(std::string_view password, unsigned log2_n = 15);
/// Constant-time check; about 100 ms for log2_n 15. False for a malformed verifier.
bool verify_password(std::string_view password, std::string_view verifier);

enum class Refusal { missing, wrong, overloaded };

class Credentials {
 public:
  struct Options {
    std::chrono::seconds remember{300};
    std::size_t remembered = 10'000;
    unsigned workers = 2;
    std::size_t queue = 32;
    OwnNames own;
  };
  Credentials(store::Store& store, Options options);
  ~Credentials();

  /// Answer from memory, without waiting: the requestor, or nullptr if it must be verified (or is not known).
  RequestorPtr remembered(std::string_view authorization, std::string_view host) const;

  /// Verifies on a worker; the handler is posted to `context`. Unknown users cost as much time as wrong passwords.
  using Verdict = tl::expected<RequestorPtr, Refusal>;
  void verify(std::string authorization, std::string host, boost::asio::io_context& context,
              boost::asio::any_completion_handler<void(Verdict)> handler);

  /// Forgets what is remembered (principals changed).
  void forget();
  /// Forgets the verdicts on principals that changed in the store since the last call; cheap, called every second.
  void poll_changes();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nscl::security
