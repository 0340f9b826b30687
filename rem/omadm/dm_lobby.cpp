// SPDX-License-Identifier: Apache-2.0
#include "dm_lobby.h"

#include <utility>

namespace nscl::rem::omadm {
namespace {

std::string key_of(std::string_view device, std::string_view session, std::string_view peer) {
  return std::string(peer).append("\n").append(session).append("\n").append(device);
}

}  // namespace

std::unique_ptr<DmVisit> DmLobby::take(const std::string& token) {
  const std::lock_guard lock(mutex_);
  auto found = visits_.extract(token);
  return found ? std::move(found.mapped().visit) : nullptr;
}

bool DmLobby::put(std::unique_ptr<DmVisit> visit) {
  const std::lock_guard lock(mutex_);
  if (visits_.size() >= most_) return false;
  const auto token = visit->dialogue.token();
  visits_[token] = Waiting{std::move(visit), now_()};
  return true;
}

std::string DmLobby::token_of(const SyncHdr& header, std::string_view peer) const {
  const std::lock_guard lock(mutex_);
  const auto found = tokens_.find(key_of(header.source, header.session_id, peer));
  return found == tokens_.end() ? std::string() : found->second.text;
}

void DmLobby::note(const Dialogue& dialogue, std::string_view peer) {
  const std::lock_guard lock(mutex_);
  const auto key = key_of(dialogue.device(), dialogue.session_id(), peer);
  if (tokens_.size() >= 2 * most_ && !tokens_.contains(key)) return;
  tokens_[key] = Token{dialogue.token(), now_()};
}

void DmLobby::sweep() {
  const std::lock_guard lock(mutex_);
  const auto now = now_();
  std::erase_if(visits_, [&](const auto& each) { return now - each.second.since > idle_; });
  std::erase_if(tokens_, [&](const auto& each) { return now - each.second.since > token_life_; });
}

}  // namespace nscl::rem::omadm
