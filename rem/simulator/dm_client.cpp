// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/simulator/dm_client.h>

#include <nscl/rem/omadm/notification.h>
#include <nscl/rem/omadm/push.h>

#include "dm_session.h"

namespace nscl::rem::simulator {

std::optional<DmStyle> dm_style_named(std::string_view name) {
  if (name == "plain") return DmStyle::plain;
  return name == "libdmclient" ? std::optional(DmStyle::libdmclient) : std::nullopt;
}

DmMacMistake dm_mac_mistake_named(std::string_view name) {
  if (name == "tampered") return DmMacMistake::tampered;
  return name == "reused" ? DmMacMistake::reused : DmMacMistake::none;
}

std::optional<omadm::DmAuthentication> dm_authentication_named(std::string_view name) {
  using omadm::DmAuthentication;
  if (name == "basic") return DmAuthentication::basic;
  if (name == "md5") return DmAuthentication::md5;
  return name == "mac" ? std::optional(DmAuthentication::mac) : std::nullopt;
}

struct DmClient::State {
  State(std::shared_ptr<const DmClientOptions> options, std::string id, Time now) : session(std::move(options), std::move(id), now) {}
  bool is_busy() const { return session.is_dead() || session.is_open(); }

  DmSession session;
  std::string called_as;   ///< SessionID of a package 0 that was not followed yet
};

DmClient::DmClient(std::shared_ptr<const DmClientOptions> options, std::string id, Time now)
    : state_(std::make_unique<State>(std::move(options), std::move(id), now)) {}
DmClient::~DmClient() = default;
DmClient::DmClient(DmClient&&) noexcept = default;
DmClient& DmClient::operator=(DmClient&&) noexcept = default;

DmTree& DmClient::tree() { return state_->session.device().tree(); }
bool DmClient::is_in_session() const { return state_->session.is_open(); }
const std::string& DmClient::serial() const { return state_->session.device().id(); }
const std::optional<std::string>& DmClient::failure() const { return state_->session.failure(); }
bool DmClient::is_told_to_wait() const { return state_->session.is_told_to_wait(); }
std::size_t DmClient::requests() const { return state_->session.requests(); }
const std::string& DmClient::events() const { return state_->session.events(); }

Time DmClient::next() const {
  const auto& session = state_->session;
  return state_->is_busy() ? never : std::max(session.device().next(), session.retry_at());
}

bool DmClient::wants_session(Time now) {
  auto& session = state_->session;
  return !state_->is_busy() && now >= session.retry_at() && session.device().wants_session(now);
}

net::WebCall DmClient::begin(Time now) { return state_->session.begin(state_->called_as, now); }

std::optional<net::WebCall> DmClient::take(const net::WebAnswer& answer, Time now) {
  auto out = state_->session.take(answer, now);
  if (!out && !failure()) state_->called_as.clear();
  return out;
}

void DmClient::fail(std::string reason, Time now) {
  if (is_in_session()) state_->session.end(std::move(reason), now);
}

bool DmClient::take_notification(std::string_view octets, Time now) {
  auto& session = state_->session;
  if (state_->is_busy() || session.device().is_down(now)) return false;
  for (const auto& package : {std::optional(octets), omadm::read_wsp_push(octets)}) {
    const auto read = package ? omadm::read_notification(*package) : std::nullopt;
    if (!read || read->server_id != session.device().options().server_id || !session.is_called_by(*package)) continue;
    const auto swapped = static_cast<std::uint16_t>(read->session_id << 8 | read->session_id >> 8);
    state_->called_as = omadm::session_name(session.device().options().style == DmStyle::libdmclient ? swapped : read->session_id);
    session.device().call();
    session.retry_now();   // whoever asks is there again
    return true;
  }
  return false;
}

std::optional<FileCall> DmClient::next_file(Time now) { return state_->is_busy() ? std::nullopt : state_->session.device().next_file(now); }

void DmClient::file_done(std::uint64_t job, FileOutcome outcome, Time now) {
  state_->session.device().file_done(job, std::move(outcome), now);
}

}  // namespace nscl::rem::simulator
