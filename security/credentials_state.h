// SPDX-License-Identifier: Apache-2.0
// What the files of Credentials share: the verifications on their way, and what is remembered of their verdicts.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>

#include <boost/asio/executor_work_guard.hpp>

#include <nscl/security/credentials.h>
#include <nscl/security/failures.h>
#include <nscl/security/request_signature.h>
#include <nscl/security/sessions.h>

#include "verdict_memory.h"

namespace nscl::security {

namespace asio = boost::asio;
using Verdict = Credentials::Verdict;

/// Who waits for a verdict. Keeps its context running.
struct Waiter {
  asio::executor_work_guard<asio::io_context::executor_type> context;
  asio::any_completion_handler<void(Verdict)> handler;
};

/// One verification and all who asked for it while it was under way.
struct Job {
  CredentialDigest digest{};
  BasicCredential credential;
  std::string host, peer;
  std::vector<Waiter> waiters;
};
using JobPtr = std::shared_ptr<Job>;

struct Credentials::State {
  State(store::Store& store, Options options, Keys keys);

  void run_worker();
  Verdict verify(const Job& job);
  struct Judged {
    Verdict verdict;
    std::string user;   ///< whose failures are counted if it is wrong
  };
  /// What can be judged on the thread that asks; nullopt: a credential of another scheme.
  std::optional<Judged> judge_at_once(const Shown& shown);
  Verdict verify_token(const Shown& shown);
  Verdict verify_digest(const Shown& shown, const DigestCredential& credential);
  Verdict verify_signature(const Shown& shown, const SignatureCredential& credential);
  RequestorPtr make_requestor(const store::Principal& principal, GrantPtr grant = {});
  bool fits(std::string_view password, std::string_view verifier) const;
  std::optional<store::Principal> find_principal(const Job& job);
  void finish(const JobPtr& job, const Verdict& verdict);
  void refuse(Waiter waiter, const std::string& user, const std::string& peer);
  void note_failures(const std::string& user, const std::string& peer, std::size_t count);
  bool enqueue(JobPtr job, Waiter& waiter);
  bool is_crowded(std::string_view user);
  void retain_unchanged();

  store::Store& store;
  const Keys keys;
  const Options options;
  VerdictMemory good, wrong;
  Failures failures, failures_of_peers;
  Sessions sessions;
  Presence presence;
  DigestAuthentication digests;
  SeenNonces seen_nonces;

  std::mutex limits_mutex;
  std::shared_ptr<Allowances> allowances;
  const std::string dummy_verifier;

  std::mutex mutex;   // of what follows
  std::condition_variable wake;
  std::deque<JobPtr> queue;
  std::unordered_map<CredentialDigest, JobPtr, CredentialDigestHash> pending;   // queued and under way
  bool is_stopping = false;

  std::mutex poll_mutex;   // of what follows
  std::optional<std::string> seen_version;
  std::atomic<std::uint64_t> generation{1};   // written under it

  std::vector<std::thread> workers;
};

}  // namespace nscl::security
