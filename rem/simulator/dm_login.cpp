// SPDX-License-Identifier: Apache-2.0
#include "dm_login.h"

#include <utility>

#include <nscl/base/bytes.h>
#include <nscl/rem/omadm/credentials.h>

namespace nscl::rem::simulator {
namespace {

constexpr std::string_view basic = "syncml:auth-basic", md5 = "syncml:auth-md5", base64 = "b64";
constexpr unsigned most_challenges = 2;

}  // namespace

void DmLogin::begin_session(Names names) {
  names_ = std::move(names);
  issued_.clear();
  refusals_ = 0;
  is_settled_ = false;
  is_believed_ = names_.server_password.empty();
}

void DmLogin::reset() {
  nonce_.clear();
  server_nonce_.clear();
  uses_md5_ = !options_.begins_with_basic;
}

void DmLogin::sign(omadm::SyncHdr& header) {
  if (!issued_.empty()) server_nonce_ = std::exchange(issued_, {});
  if (is_settled_ || names_.password.empty()) return;
  omadm::Cred cred;
  cred.type = uses_md5_ ? md5 : basic;
  cred.format = base64;
  if (uses_md5_) cred.data = omadm::md5_data(omadm::digest_of(names_.user, names_.password), nonce_);
  else cred.data = omadm::basic_data(names_.user, names_.password).view();
  header.cred = std::move(cred);
}

DmLogin::Outcome DmLogin::take(const omadm::StatusElement& status) {
  const auto code = status.code();
  const bool is_refused = code == 401 || code == 407;
  if (status.chal) {
    if (const auto nonce = base64_decode(status.chal->next_nonce); nonce && !status.chal->next_nonce.empty()) nonce_ = *nonce;
    if (is_refused) uses_md5_ = status.chal->type == md5;
  }
  if (code == 212) is_settled_ = true;
  if (code >= 200 && code <= 299) return Outcome::good;
  const bool makes_sense = is_refused && status.chal && !names_.password.empty() && ++refusals_ <= most_challenges;
  return makes_sense ? Outcome::again : Outcome::refused;
}

omadm::Chal DmLogin::challenge() {
  // That client encodes its nonces twice.
  issued_ = options_.style == DmStyle::libdmclient ? base64_encode(random_octets(8)) : omadm::fresh_nonce();
  return {std::string(md5), std::string(base64), base64_encode(issued_)};
}

bool DmLogin::is_right(const omadm::Cred& cred) const {
  if (cred.type == md5) {
    return equal_in_constant_time(cred.data, omadm::md5_data(omadm::digest_of(names_.server, names_.server_password), server_nonce_));
  }
  const auto given = cred.type == basic ? omadm::read_basic(cred.data) : std::nullopt;
  return given && given->name == names_.server && equal_in_constant_time(given->password.view(), names_.server_password.view());
}

DmVerdict DmLogin::judge(const omadm::SyncHdr& header) {
  if (is_believed_) return {true, "212"};
  if (header.cred && is_right(*header.cred)) {
    is_believed_ = true;
    return {true, "212", challenge()};
  }
  if (header.cred) return {false, "401", challenge()};
  if (options_.style == DmStyle::libdmclient) return {false, "0"};
  return {false, "407", challenge()};
}

}  // namespace nscl::rem::simulator
