// SPDX-License-Identifier: Apache-2.0
// VerdictMemory: what was found out about credentials, by keyed digest, for a while. Bounded, any thread, read mostly.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <nscl/security/requestor.h>

namespace nscl::security {

/// HMAC-SHA-256 under a key of this process, so that memory and dumps hold nothing to guess passwords from.
using CredentialDigest = std::array<unsigned char, 32>;
CredentialDigest digest_of(std::string_view authorization, std::string_view host);

struct CredentialDigestHash {
  std::size_t operator()(const CredentialDigest& digest) const {
    std::size_t value = 0;
    std::memcpy(&value, digest.data(), sizeof value);
    return value;
  }
};

class VerdictMemory {
 public:
  using Clock = std::chrono::steady_clock;

  VerdictMemory(std::size_t capacity, Clock::duration lifetime) : capacity_(capacity), lifetime_(lifetime) {}

  struct Answer {
    bool is_known = false;
    RequestorPtr requestor;   ///< null: known to be wrong
  };
  Answer find(const CredentialDigest& digest) const;

  /// Taken before a verification reads the principals; an answer found under an older generation is not kept.
  std::uint64_t generation() const;
  /// `verifier`: of the principal it was found out with, so that retain() can tell whether that has changed.
  /// `most`: how long it may be remembered at most.
  void insert(const CredentialDigest& digest, RequestorPtr requestor, std::uint64_t generation, std::string verifier = {},
              Clock::duration most = Clock::duration::max());
  /// What the verdicts that are remembered rest on.
  std::vector<Proof> proofs() const;
  /// Keeps the entries for which `is_valid(requestor, verifier)`, and counts as a new generation.
  void retain(const std::function<bool(const Requestor&, const std::string&)>& is_valid);
  void clear();

 private:
  struct Entry {
    RequestorPtr requestor;
    Clock::time_point until;
    std::string verifier;
  };

  const std::size_t capacity_;
  const Clock::duration lifetime_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<CredentialDigest, Entry, CredentialDigestHash> entries_;
  std::deque<std::pair<CredentialDigest, Clock::time_point>> by_age_;   // oldest first, which is the order of expiry as well
  std::uint64_t generation_ = 0;
};

}  // namespace nscl::security
