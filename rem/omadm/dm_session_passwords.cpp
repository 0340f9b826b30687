// SPDX-License-Identifier: Apache-2.0
// Passwords that are changed in a session, and those that may be in use while they are (rem.md 3.7).
#include <utility>

#include <nscl/base/log.h>
#include <nscl/rem/omadm/dm_session.h>

#include "dm_gate.h"
#include "perform/passwords.h"

namespace nscl::rem::omadm {
namespace {

using What = DmPasswordNews::What;

bool is_due(const std::optional<DmOtherLogin>& other) { return other && other->is_next; }

/// A password was shown by one side, and accepted by the other. Whether of the two there were one is left: the next one was in use, or the one
/// in effect was, after which nobody needs the one before.
bool leaves_one(std::optional<DmLogin>& now, std::optional<DmOtherLogin>& other, bool is_other, DmPasswordNews& news) {
  if (!other || is_other != other->is_next) return false;
  news = {is_other ? What::next_used : What::new_used, other->login.changed};
  if (is_other) now = std::move(other->login);
  other.reset();
  return true;
}

/// What the device says of the next one. True: it is in effect, and the one before is the other now.
bool takes_on(std::optional<DmLogin>& now, std::optional<DmOtherLogin>& other, PasswordChange::End end, DmPasswordNews& news) {
  if (!is_due(other) || end == PasswordChange::End::open) return false;
  const bool is_taken = end == PasswordChange::End::taken;
  news = {is_taken ? What::taken : What::refused, other->login.changed};
  if (!is_taken) {
    other.reset();
    return false;
  }
  std::swap(*now, other->login);
  other->is_next = false;
  return true;
}

}  // namespace

const DmLogin* DmSession::own_login() const {
  if (shows_other_ && account_.other_server) return &account_.other_server->login;
  return account_.server ? &*account_.server : nullptr;
}

/// The device refuses our Cred though it has its nonce: it may believe the other password. Once in a session.
bool DmSession::show_other() {
  if (!may_show_other()) return false;
  has_shown_other_ = true;
  shows_other_ = !shows_other_;
  return true;
}

void DmSession::note_client_used(bool is_other) { leaves_one(account_.client, account_.other_client, is_other, news_.client); }

void DmSession::note_server_used() {
  if (leaves_one(account_.server, account_.other_server, shows_other_, news_.server)) shows_other_ = false;
}

/// They are told when nothing else is left to do: whatever a device makes of them at once, no work suffers from it. And only to a device that has
/// shown who it is, where nobody between can read them.
DmSession::Step DmSession::begin_change() {
  const bool has_due = is_due(account_.other_client) || is_due(account_.other_server);
  if (has_changed_ || !has_due || !account_.server || !is_adopted_ || proof_ == DmAuthentication::off) return std::nullopt;
  has_changed_ = true;
  if (!admits_basic(around_.options, is_tls_)) {
    log::info("passwords.wait", {{"device", device()}, {"reason", "new ones are told over TLS only"}});
    return std::nullopt;
  }
  change_ = std::make_unique<PasswordChange>();
  change_->server_id = account_.server->user;
  if (is_due(account_.other_client)) change_->client = account_.other_client->login.password.copy();
  if (is_due(account_.other_server)) change_->server = account_.other_server->login.password.copy();
  performance_ = perform_password_change(*change_, {&facts_, {}, model_});
  return performance_->begin();
}

void DmSession::end_change() {
  const auto change = std::move(change_);
  takes_on(account_.client, account_.other_client, change->client_end, news_.client);
  // Our Cred stays as it is: a device heeds what it has been told in its next session, as a rule.
  if (takes_on(account_.server, account_.other_server, change->server_end, news_.server)) shows_other_ = !shows_other_;
  news_.why = change->why;
}

net::Task<Result<void>> DmSession::keep_news(boost::asio::io_context& context) {
  if (!news_.has_any()) co_return Result<void>();
  auto news = std::exchange(news_, {});
  co_return co_await around_.accounts.settle(device(), std::move(news), context);
}

}  // namespace nscl::rem::omadm
