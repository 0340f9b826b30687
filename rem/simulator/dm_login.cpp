// SPDX-License-Identifier: Apache-2.0
#include "dm_login.h"

#include <utility>

#include <nscl/base/bytes.h>
#include <nscl/rem/omadm/credentials.h>

namespace nscl::rem::simulator {
namespace {

constexpr std::string_view basic = "syncml:auth-basic", md5 = "syncml:auth-md5", by_mac = "syncml:auth-MAC", base64 = "b64";
constexpr unsigned most_challenges = 2;

std::string_view urn_of(DmLogin::Type type) {
  if (type == DmLogin::Type::mac) return by_mac;
  return type == DmLogin::Type::basic ? basic : md5;
}

/// Basic if it is unknown: there is nothing weaker.
DmLogin::Type type_of_urn(std::string_view urn) {
  if (urn == by_mac) return DmLogin::Type::mac;
  return urn == md5 ? DmLogin::Type::md5 : DmLogin::Type::basic;
}

}  // namespace

void DmLogin::begin_session(Names names) {
  names_ = std::move(names);
  issued_.clear();
  refusals_ = 0;
  is_settled_ = is_proven_ = is_welcome_ = has_erred_ = false;
  is_believed_ = names_.server_password.empty();
}

void DmLogin::reset() {
  nonce_.clear();
  server_nonce_.clear();
  type_ = options_.begins_with;
}

// ---- who we are

void DmLogin::sign(omadm::SyncHdr& header) {
  last_server_nonce_ = server_nonce_;
  if (!issued_.empty()) server_nonce_ = std::exchange(issued_, {});
  if (is_settled_ || names_.password.empty() || type_ == Type::mac) return;
  omadm::Cred cred;
  cred.type = urn_of(type_);
  cred.format = base64;
  if (type_ == Type::md5) cred.data = omadm::md5_data(omadm::digest_of(names_.user, names_.password), nonce_);
  else cred.data = omadm::basic_data(names_.user, names_.password).view();
  header.cred = std::move(cred);
}

/// Whether this is the message of the session with which that goes wrong.
bool DmLogin::errs(DmMacMistake mistake) {
  if (options_.mac_mistake != mistake || !is_welcome_ || has_erred_) return false;
  has_erred_ = true;
  return true;
}

std::string DmLogin::mac_of(std::string_view octets) {
  if (names_.password.empty() || type_ != Type::mac) return {};
  const auto nonce = errs(DmMacMistake::reused) ? last_nonce_ : nonce_;
  const std::string other = errs(DmMacMistake::tampered) ? std::string(octets) + ' ' : std::string();
  omadm::HmacHeader header;
  header.user = names_.user;
  header.mac = omadm::mac_data(omadm::digest_of(names_.user, names_.password), nonce, other.empty() ? octets : other, options_.hmac_by_rfc_2104);
  last_nonce_ = nonce;
  return omadm::write_hmac(header);
}

DmLogin::Outcome DmLogin::take(const omadm::StatusElement& status) {
  const auto code = status.code();
  const bool is_refused = code == 401 || code == 407;
  if (is_refused) server_nonce_ = last_server_nonce_;   // whose message is not believed gives no nonce
  if (status.chal) {
    if (const auto nonce = base64_decode(status.chal->next_nonce); nonce && !status.chal->next_nonce.empty()) nonce_ = *nonce;
    if (is_refused) type_ = type_of_urn(status.chal->type);
  }
  if (code >= 200 && code <= 299) {
    is_settled_ = is_settled_ || (code == 212 && type_ != Type::mac);
    is_welcome_ = true;
    refusals_ = 0;
    return Outcome::good;
  }
  const bool makes_sense = is_refused && status.chal && !names_.password.empty() && ++refusals_ <= most_challenges;
  if (!makes_sense) return Outcome::refused;
  return is_welcome_ ? Outcome::once_more : Outcome::again;
}

// ---- who the server is

omadm::Chal DmLogin::challenge() {
  const auto type = std::string(urn_of(options_.server_shows));
  if (options_.server_shows == Type::basic) return {type, std::string(base64), {}};
  // That client encodes its nonces twice.
  issued_ = options_.style == DmStyle::libdmclient ? base64_encode(random_octets(8)) : omadm::fresh_nonce();
  return {type, std::string(base64), base64_encode(issued_)};
}

bool DmLogin::is_right(const omadm::Cred& cred) const {
  if (cred.type == md5) {
    return equal_in_constant_time(cred.data, omadm::md5_data(omadm::digest_of(names_.server, names_.server_password), server_nonce_));
  }
  const auto given = cred.type == basic ? omadm::read_basic(cred.data) : std::nullopt;
  return given && given->name == names_.server && equal_in_constant_time(given->password.view(), names_.server_password.view());
}

bool DmLogin::is_right_mac(const Octets& octets) const {
  const auto given = omadm::read_hmac(octets.hmac);
  const auto digest = omadm::digest_of(names_.server, names_.server_password);
  return given && given->user == names_.server &&
         equal_in_constant_time(given->mac, omadm::mac_data(digest, server_nonce_, octets.body, options_.hmac_by_rfc_2104));
}

/// By which the server has proven who it is; `off`: by none.
DmLogin::Type DmLogin::shown_type(const omadm::SyncHdr& header, const Octets& octets) const {
  if (!octets.hmac.empty()) return is_right_mac(octets) ? Type::mac : Type::off;
  return header.cred && is_right(*header.cred) ? type_of_urn(header.cred->type) : Type::off;
}

DmVerdict DmLogin::judge(const omadm::SyncHdr& header, const Octets& octets) {
  if (is_believed_) return {true, "212"};
  const auto shown = shown_type(header, octets);
  is_proven_ = shown >= options_.server_shows;
  is_believed_ = is_proven_ && shown != Type::mac;
  if (is_proven_) return {true, is_believed_ ? "212" : "200", challenge()};
  if (header.cred || !octets.hmac.empty()) return {false, "401", challenge()};
  if (options_.style == DmStyle::libdmclient) return {false, "0"};
  return {false, "407", challenge()};
}

}  // namespace nscl::rem::simulator
