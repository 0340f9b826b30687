// SPDX-License-Identifier: Apache-2.0
#include "dm_gate.h"

#include <algorithm>
#include <array>

#include <nscl/base/bytes.h>
#include <nscl/rem/omadm/credentials.h>

namespace nscl::rem::omadm {
namespace {

constexpr std::array<std::chrono::minutes, 3> lock_times{std::chrono::minutes{1}, std::chrono::minutes{5}, std::chrono::minutes{30}};
constexpr std::chrono::hours remembered{2};
constexpr std::size_t most_rows = 10'000;   // the rest has to come from very many addresses

/// The device may be called so by strangers at other addresses, who lock out themselves only.
std::string row_of(std::string_view device, std::string_view peer) { return std::string(peer).append("\n").append(device.substr(0, 256)); }

bool is_same(std::string_view shown, std::string_view right) { return equal_in_constant_time(sha256(shown), sha256(right)); }

bool is_right_mac(std::string_view user, const Secret& digest, const DmProof& proof) {
  const auto header = read_hmac(proof.hmac);
  const auto right = mac_data(digest, proof.nonce, proof.body, proof.by_rfc_2104);
  return header && header->user == user && is_same(header->mac, right);
}

bool is_right_basic(std::string_view user, const Secret& password, const Cred& cred) {
  const auto shown = read_basic(cred.data);
  const bool is_password = is_same(shown ? shown->password.view() : std::string_view(), password.view());
  return shown && shown->name == user && is_password;
}

/// Whether it was made with this password. As much work where there is none.
bool is_shown(const DmLogin* login, const DmProof& proof) {
  static const Secret decoy = random_secret(16);
  const auto& user = login != nullptr ? login->user : proof.header.source;
  const auto& password = login != nullptr ? login->password : decoy;
  const auto& cred = proof.header.cred;
  bool is_right = false;
  if (!proof.hmac.empty()) is_right = is_right_mac(user, digest_of(user, password), proof);
  else if (cred->type == auth_basic) is_right = is_right_basic(user, password, *cred);
  else is_right = is_same(cred->data, md5_data(digest_of(user, password), proof.nonce));
  return is_right && login != nullptr;
}

}  // namespace

bool admits_basic(const DmOptions& options, bool is_tls) { return is_tls || options.basic_without_tls; }

DmAuthentication least_of(const DmOptions& options, const DmModelOptions& model, bool is_tls) {
  const auto least = model.authentication.value_or(options.authentication);
  return least == DmAuthentication::basic && !admits_basic(options, is_tls) ? DmAuthentication::md5 : least;
}

std::string_view wanted_type(DmAuthentication least) {
  if (least == DmAuthentication::mac) return auth_mac;
  return least == DmAuthentication::basic ? auth_basic : auth_md5;
}

DmJudgement judge(const DmAccount& account, const DmProof& proof, DmAuthentication least) {
  if (least == DmAuthentication::off) return {DmVerdict::good};
  const auto& cred = proof.header.cred;
  const bool is_mac = !proof.hmac.empty(), is_basic = !is_mac && cred && cred->type == auth_basic, is_md5 = !is_mac && cred && cred->type == auth_md5;
  if (!is_mac && !cred) return {DmVerdict::missing};
  if (!is_mac && !is_basic && !is_md5) return {DmVerdict::strange};
  const bool is_of_one = is_shown(account.client ? &*account.client : nullptr, proof);
  const bool is_of_other = is_shown(account.other_client ? &account.other_client->login : nullptr, proof);
  if (!is_of_one && !is_of_other) return {DmVerdict::wrong};
  const bool is_weak = !is_mac && (is_basic ? DmAuthentication::basic : DmAuthentication::md5) < least;
  return {is_mac ? DmVerdict::good_mac : is_weak ? DmVerdict::weak : DmVerdict::good, !is_of_one};
}

// ---- DmLockout

bool DmLockout::is_locked(std::string_view device, std::string_view peer) const {
  const std::lock_guard lock(mutex_);
  const auto found = rows_.find(row_of(device, peer));
  return found != rows_.end() && now_() < found->second.until;
}

bool DmLockout::note_wrong(std::string_view device, std::string_view peer) {
  const std::lock_guard guard(mutex_);
  const auto key = row_of(device, peer);
  if (rows_.size() >= most_rows && !rows_.contains(key)) return false;
  auto& row = rows_[key];
  row.last = now_();
  if (++row.wrong < most_wrong) return false;
  row.wrong = 0;
  row.until = row.last + lock_times.at(std::min<std::size_t>(row.times++, lock_times.size() - 1));
  return true;
}

void DmLockout::forgive(std::string_view device, std::string_view peer) {
  const std::lock_guard guard(mutex_);
  rows_.erase(row_of(device, peer));
}

void DmLockout::sweep() {
  const std::lock_guard guard(mutex_);
  const auto now = now_();
  std::erase_if(rows_, [&](const auto& each) { return now - each.second.last > remembered; });
}

}  // namespace nscl::rem::omadm
