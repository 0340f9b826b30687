// SPDX-License-Identifier: Apache-2.0
// The workers that verify credentials, and what is remembered of their verdicts.
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <nscl/base/bytes.h>
#include <nscl/base/log.h>
#include <nscl/security/token.h>

#include "credentials_state.h"
#include "proof.h"

namespace nscl::security {
namespace {

// A wrong credential is known as such for this long, so that a device with an old password costs no scrypt each time.
constexpr std::chrono::seconds remember_wrong{60};
constexpr std::size_t remembered_wrong = 4096;

constexpr std::size_t longest_authorization = 4096;
constexpr std::size_t waiters_per_job = 1024;
constexpr std::size_t scanned_principals = 100'000;

// After too many failures of a user its answers are late: guessing slows down, nobody is locked out.
constexpr std::chrono::milliseconds delay_after_failures{1000};

void deliver(Waiter waiter, Verdict verdict) {
  asio::post(waiter.context.get_executor(), [handler = std::move(waiter.handler), verdict = std::move(verdict)]() mutable {
    std::move(handler)(std::move(verdict));
  });
}

void deliver_late(Waiter waiter, Verdict verdict) {
  auto timer = std::make_shared<asio::steady_timer>(waiter.context.get_executor(), delay_after_failures);
  auto& waits = *timer;
  waits.async_wait([timer = std::move(timer), waiter = std::move(waiter), verdict = std::move(verdict)](auto) mutable {
    deliver(std::move(waiter), std::move(verdict));
  });
}

/// A verifier that no password fits, for users that do not exist.
std::string make_dummy_verifier() {
  return "scrypt$32768$8$1$" + base64_encode(random_octets(16)) + "$" + base64_encode(random_octets(32));
}

bool is_uri(std::string_view user) { return user.find("://") != user.npos || user.starts_with('/'); }

std::optional<store::Principal> find_by_entity(store::View& view, std::string_view entity) {
  auto all = view.principals();
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), scanned_principals));
  const auto found = std::find_if(all.begin(), end, [&](const store::Principal& p) { return p.entity == entity; });
  return found == end ? std::nullopt : std::optional(std::move(*found));
}

}  // namespace

Credentials::State::State(store::Store& s, Options o, Keys k)
    : store(s), keys(std::move(k)), options(std::move(o)), good(options.remembered, options.remember), wrong(remembered_wrong, remember_wrong),
      digests(options.digest), allowances(std::make_shared<Allowances>(options.usual, options.special)), dummy_verifier(make_dummy_verifier()) {}

void Credentials::State::run_worker() {
  for (;;) {
    JobPtr job;
    {
      std::unique_lock lock(mutex);
      wake.wait(lock, [this] { return is_stopping || !queue.empty(); });
      if (is_stopping) return;
      job = std::move(queue.front());
      queue.pop_front();
    }
    finish(job, verify(*job));
  }
}

Verdict Credentials::State::verify(const Job& job) try {
  // Verified already, while this job was on its way into the queue.
  if (auto known = good.find(job.digest); known.is_known) return known.requestor;
  const auto good_generation = good.generation(), wrong_generation = wrong.generation();
  const auto principal = find_principal(job);
  if (!principal || !fits(job.credential.password, principal->verifier)) {
    if (!principal) verify_password(job.credential.password, dummy_verifier);   // as long as for a user that exists
    wrong.insert(job.digest, nullptr, wrong_generation);
    return tl::unexpected(Refusal::wrong);
  }
  auto requestor = make_requestor(*principal);
  good.insert(job.digest, requestor, good_generation, principal->verifier);
  return requestor;
} catch (const std::exception& e) {
  // The store, or no memory: nobody gets in, and the peer may try again.
  log::error("credential not verified", {{"reason", e.what()}});
  return tl::unexpected(Refusal::overloaded);
}

RequestorPtr Credentials::State::make_requestor(const store::Principal& principal, GrantPtr grant) {
  const std::lock_guard lock(limits_mutex);
  auto allowance = allowances->of(principal.name, principal.is_operator);
  return std::make_shared<const Requestor>(
      Requestor{principal.name, principal.entity, principal.is_operator, std::move(grant), std::move(allowance)});
}

/// A principal without a verifier has no password: only the empty one fits.
bool Credentials::State::fits(std::string_view password, std::string_view verifier) const {
  if (verifier.empty() && password.empty()) return true;
  const bool is_right = verify_password(password, verifier.empty() ? dummy_verifier : verifier);
  return is_right && !verifier.empty();
}

std::optional<store::Principal> Credentials::State::find_principal(const Job& job) {
  const std::string& user = job.credential.user;
  std::optional<store::Principal> found;
  store.read([&](store::View& view) {
    found = view.find_principal(user);
    if (found || !is_uri(user)) return;
    const auto entity = canonical_entity(user, job.host, options.own);
    if (entity.empty()) return;   // the sclBase: nobody claims to be this SCL
    found = view.find_principal(entity);
    if (!found) found = find_by_entity(view, entity);
  });
  return found;
}

void Credentials::State::finish(const JobPtr& job, const Verdict& verdict) {
  std::vector<Waiter> waiters;
  {
    const std::lock_guard lock(mutex);
    pending.erase(job->digest);
    waiters.swap(job->waiters);
  }
  const bool is_wrong = !verdict && verdict.error() == Refusal::wrong;
  const bool is_late = failures.is_over(job->credential.user) || (is_wrong && failures_of_peers.is_over(job->peer));
  if (is_wrong) note_failures(job->credential.user, job->peer, waiters.size());
  for (Waiter& waiter : waiters) is_late ? deliver_late(std::move(waiter), verdict) : deliver(std::move(waiter), verdict);
}

/// A credential that is wrong without a doubt.
void Credentials::State::refuse(Waiter waiter, const std::string& user, const std::string& peer) {
  const bool is_late = failures.is_over(user) || failures_of_peers.is_over(peer);
  note_failures(user, peer, 1);
  Verdict verdict = tl::unexpected(Refusal::wrong);
  is_late ? deliver_late(std::move(waiter), std::move(verdict)) : deliver(std::move(waiter), std::move(verdict));
}

void Credentials::State::note_failures(const std::string& user, const std::string& peer, std::size_t count) {
  for (std::size_t i = 0; i < count && !peer.empty(); ++i) failures_of_peers.note(peer);
  for (std::size_t i = 0; i < count; ++i) {
    const unsigned failed = failures.note(user);
    if (failed <= Failures::free_attempts) log::warning("authentication failed", {{"user", user}});
    if (failed == Failures::free_attempts + 1) log::warning("too many failed authentications, answers are delayed", {{"user", user}});
  }
}

/// True if a user under attack has its share of the queue already, so that others find room.
bool Credentials::State::is_crowded(std::string_view user) {
  if (!failures.is_over(user)) return false;
  const auto share = std::max<std::size_t>(1, options.queue / 8);
  const auto is_same = [&](const JobPtr& job) { return job->credential.user == user; };
  return static_cast<std::size_t>(std::ranges::count_if(queue, is_same)) >= share;
}

/// One principal more or less must not send everybody else back into the queue of verifications.
void Credentials::State::retain_unchanged() try {
  std::set<std::pair<std::string, std::string>> valid;   // principal and verifier
  store.read([&](store::View& view) {
    for (const auto& proofs : {good.proofs(), sessions.proofs()}) {
      for (const auto& [requestor, verifier] : proofs) {
        if (is_proof(view, *requestor, verifier)) valid.emplace(requestor->principal, verifier);
      }
    }
  });
  const auto is_valid = [&](const Requestor& requestor, const std::string& verifier) { return valid.contains({requestor.principal, verifier}); };
  good.retain(is_valid);
  sessions.retain(is_valid);
} catch (const store::StoreError&) {
  good.clear();   // whether they are still valid cannot be said
  sessions.retain([](const Requestor&, const std::string&) { return false; });
}

/// False if there is no room; the waiter stays with the caller then.
bool Credentials::State::enqueue(JobPtr job, Waiter& waiter) {
  const std::lock_guard lock(mutex);
  if (const auto same = pending.find(job->digest); same != pending.end()) {
    if (same->second->waiters.size() >= waiters_per_job) return false;
    same->second->waiters.push_back(std::move(waiter));
    return true;
  }
  if (is_stopping || queue.size() >= options.queue || is_crowded(job->credential.user)) return false;
  job->waiters.push_back(std::move(waiter));
  pending.emplace(job->digest, job);
  queue.push_back(std::move(job));
  wake.notify_one();
  return true;
}

Credentials::Credentials(store::Store& store, Options options, Keys keys)
    : state_(std::make_unique<State>(store, std::move(options), std::move(keys))) {
  poll_changes();
  for (unsigned i = 0; i < std::max(1u, state_->options.workers); ++i) state_->workers.emplace_back([this] { state_->run_worker(); });
}

Credentials::~Credentials() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_stopping = true;
  }
  state_->wake.notify_all();
  for (std::thread& worker : state_->workers) worker.join();
  for (const JobPtr& job : state_->queue)
    for (Waiter& waiter : job->waiters) deliver(std::move(waiter), tl::unexpected(Refusal::overloaded));
}

RequestorPtr Credentials::remembered(const Shown& shown) const {
  if (shown.authorization.empty() || shown.authorization.size() > longest_authorization) return nullptr;
  if (is_session(shown.authorization)) return state_->sessions.find(*bearer_of(shown.authorization), shown.peer);
  auto requestor = state_->good.find(digest_of(shown.authorization, shown.host)).requestor;
  if (requestor && requestor->grant && !requestor->grant->admits_peer(shown.peer)) return nullptr;
  return requestor;
}

void Credentials::verify(const Shown& shown, asio::io_context& context, asio::any_completion_handler<void(Verdict)> handler) {
  Waiter waiter{asio::make_work_guard(context), std::move(handler)};
  if (shown.authorization.size() > longest_authorization) return deliver(std::move(waiter), tl::unexpected(Refusal::missing));
  if (auto judged = state_->judge_at_once(shown)) {
    const bool is_wrong = !judged->verdict && judged->verdict.error() == Refusal::wrong;
    return is_wrong ? state_->refuse(std::move(waiter), judged->user, std::string(shown.peer)) : deliver(std::move(waiter), std::move(judged->verdict));
  }
  auto credential = parse_basic(shown.authorization);
  if (!credential) return deliver(std::move(waiter), tl::unexpected(Refusal::missing));
  const auto digest = digest_of(shown.authorization, shown.host);
  const std::string peer(shown.peer);
  if (state_->wrong.find(digest).is_known) {
    poll_changes();   // a principal may have been made in this very second
    if (state_->wrong.find(digest).is_known) return state_->refuse(std::move(waiter), credential->user, peer);
  }
  auto job = std::make_shared<Job>();
  job->digest = digest;
  job->credential = *std::move(credential);
  job->host = shown.host;
  job->peer = peer;
  if (!state_->enqueue(std::move(job), waiter)) deliver(std::move(waiter), tl::unexpected(Refusal::overloaded));
}

RequestorPtr Credentials::by_certificate(const std::vector<std::string>& names) const try {
  std::optional<store::Principal> found;
  state_->store.read([&](store::View& view) {
    for (const auto& name : names) {
      if (!found) found = view.find_principal_by_certificate(name);
    }
  });
  return found ? state_->make_requestor(*found) : nullptr;
} catch (const store::StoreError& e) {
  log::error("certificate not judged", {{"reason", e.what()}});
  return nullptr;
}

RequestorPtr Credentials::by_key(std::string_view entity) const {
  store::Principal principal;
  principal.name = principal.entity = entity;
  return state_->make_requestor(principal);
}

std::string Credentials::open_session(const RequestorPtr& requestor, std::string_view peer) try {
  std::optional<store::Principal> principal;
  state_->store.read([&](store::View& view) { principal = unchanged(view, *requestor); });
  return principal && !requestor->grant ? state_->sessions.open(requestor, principal->verifier, peer) : std::string{};
} catch (const store::StoreError& e) {
  log::error("no session opened", {{"reason", e.what()}});
  return {};
}

bool Credentials::is_session(std::string_view authorization) {
  const auto bearer = bearer_of(authorization);
  return bearer && Sessions::is_token(*bearer);
}

bool Credentials::close_session(std::string_view authorization) {
  return is_session(authorization) && state_->sessions.close(*bearer_of(authorization));
}

Presence& Credentials::presence() { return state_->presence; }

std::uint64_t Credentials::generation() const { return state_->generation.load(std::memory_order_relaxed); }

void Credentials::set_limits(Allowances::Limits usual, std::vector<Allowances::Limits> special) {
  {
    const std::lock_guard lock(state_->limits_mutex);
    state_->allowances = std::make_shared<Allowances>(std::move(usual), std::move(special));
  }
  forget();   // who is remembered has the limits of before
}

void Credentials::forget() {
  state_->good.clear();
  state_->wrong.clear();
  ++state_->generation;
}

void Credentials::poll_changes() try {
  const std::lock_guard lock(state_->poll_mutex);
  std::optional<std::string> version;
  state_->store.read([&](store::View& view) { version = view.fact("principals_version"); });
  if (version == state_->seen_version) return;
  state_->seen_version = std::move(version);
  state_->wrong.clear();
  state_->retain_unchanged();
  ++state_->generation;
} catch (const store::StoreError&) {
  // What is remembered stays: the store reports its own state, and each entry ends by itself.
}

}  // namespace nscl::security
