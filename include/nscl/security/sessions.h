// SPDX-License-Identifier: Apache-2.0
// Sessions: a trusted application authenticates once and then shows a token that lives in memory only (TS 102 689 4.11).
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <nscl/security/requestor.h>

namespace nscl::security {

class Sessions {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::minutes idle_time{15};   ///< without a request
  static constexpr std::chrono::hours whole_time{12};
  static constexpr std::size_t most = 10'000, most_of_one = 100;

  /// The token of a new session for requests from that peer; empty if the principal has too many already. `verifier`: of the
  /// principal as it is now.
  std::string open(const RequestorPtr& requestor, std::string_view verifier, std::string_view peer, Clock::time_point now = Clock::now());
  /// Whom a token stands for; null if it is none, is over, or came from another peer.
  RequestorPtr find(std::string_view token, std::string_view peer, Clock::time_point now = Clock::now());
  /// False if there is none of this token.
  bool close(std::string_view token);
  /// Ends the sessions for which `is_valid(requestor, verifier)` says no.
  template <class Check>
  void retain(const Check& is_valid) {
    const std::lock_guard lock(mutex_);
    std::erase_if(sessions_, [&](const auto& item) { return !is_valid(*item.second.proof.requestor, item.second.proof.verifier); });
  }
  /// What they rest on.
  std::vector<Proof> proofs() const;

  static bool is_token(std::string_view text) { return text.starts_with("nscls_"); }

 private:
  struct Session {
    Proof proof;
    std::string peer;
    Clock::time_point idle_until, until;
  };
  void sweep(Clock::time_point now);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, Session> sessions_;   ///< by a keyed digest of the token, so that look-ups tell nothing by their time
};

}  // namespace nscl::security
