// SPDX-License-Identifier: Apache-2.0
#include "dm_lobby.h"

#include <utility>

namespace nscl::rem::omadm {
namespace {

constexpr std::chrono::seconds settling{5};   // a visit is in nobody's hands but its request's for a moment

std::string key_of(std::string_view device, std::string_view session, std::string_view peer) {
  return std::string(peer).append("\n").append(session).append("\n").append(device);
}

}  // namespace

std::unique_ptr<DmVisit> DmLobby::take(const std::string& token) {
  const std::lock_guard lock(mutex_);
  return visits_.take(token).value_or(nullptr);
}

void DmLobby::put(std::unique_ptr<DmVisit> visit) {
  const std::lock_guard lock(mutex_);
  auto token = visit->dialogue.token();
  visits_.put(std::move(token), std::move(visit), now_());
}

std::string DmLobby::token_of(const SyncHdr& header, std::string_view peer) const {
  const std::lock_guard lock(mutex_);
  const auto* found = tokens_.find(key_of(header.source, header.session_id, peer));
  return found ? *found : std::string();
}

void DmLobby::note(const Dialogue& dialogue, std::string_view peer) {
  const std::lock_guard lock(mutex_);
  tokens_.put(key_of(dialogue.device(), dialogue.session_id(), peer), dialogue.token(), now_());
}

void DmLobby::sweep(const InSession& is_in_session) {
  const std::lock_guard lock(mutex_);
  const auto now = now_();
  visits_.forget(now - idle_, now, [](const auto&) { return true; });
  tokens_.forget(now - settling, now, [&](const std::string& token) { return !visits_.find(token) && !is_in_session(token); });
}

}  // namespace nscl::rem::omadm
