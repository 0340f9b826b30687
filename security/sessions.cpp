// SPDX-License-Identifier: Apache-2.0
#include <nscl/security/sessions.h>

#include <algorithm>

#include <nscl/base/bytes.h>

namespace nscl::security {
namespace {

/// The key is this process's own: what is in memory is of no use to who reads it.
std::string place_of(std::string_view token) {
  static const std::string key = random_octets(32);
  return keyed_digest(key, token);
}

}  // namespace

std::string Sessions::open(const RequestorPtr& requestor, std::string_view verifier, std::string_view peer, Clock::time_point now) {
  std::string token = "nscls_" + random_name(50);
  const std::lock_guard lock(mutex_);
  sweep(now);
  const auto is_same = [&](const auto& item) { return item.second.proof.requestor->principal == requestor->principal; };
  const auto of_one = static_cast<std::size_t>(std::ranges::count_if(sessions_, is_same));
  if (sessions_.size() >= most || of_one >= most_of_one) return {};
  sessions_.emplace(place_of(token), Session{{requestor, std::string(verifier)}, std::string(peer), now + idle_time, now + whole_time});
  return token;
}

RequestorPtr Sessions::find(std::string_view token, std::string_view peer, Clock::time_point now) {
  const auto place = place_of(token);
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(place);
  if (found == sessions_.end()) return nullptr;
  Session& session = found->second;
  if (now >= session.idle_until || now >= session.until) {
    sessions_.erase(found);
    return nullptr;
  }
  if (session.peer != peer) return nullptr;
  session.idle_until = now + idle_time;
  return session.proof.requestor;
}

bool Sessions::close(std::string_view token) {
  const std::lock_guard lock(mutex_);
  return sessions_.erase(place_of(token)) > 0;
}

std::vector<Proof> Sessions::proofs() const {
  const std::lock_guard lock(mutex_);
  std::vector<Proof> all;
  for (const auto& [place, session] : sessions_) all.push_back(session.proof);
  return all;
}

void Sessions::sweep(Clock::time_point now) {
  std::erase_if(sessions_, [&](const auto& item) { return now >= item.second.idle_until || now >= item.second.until; });
}

}  // namespace nscl::security
