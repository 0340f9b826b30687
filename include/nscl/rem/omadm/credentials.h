// SPDX-License-Identifier: Apache-2.0
// The credentials of OMA-DM, as text (rem.md 3.4). `nonce` is always the octets, never their base64.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/secret.h>

namespace nscl::rem::omadm {

/// B64(MD5(name ":" password)): all that md5 and MAC need; as secret as the password.
Secret digest_of(std::string_view name, const Secret& password);

/// Data of a Cred: B64(name ":" password).
Secret basic_data(std::string_view name, const Secret& password);
/// Data of a Cred: B64(MD5(digest ":" nonce)).
std::string md5_data(const Secret& digest, std::string_view nonce);
/// Value `mac` of x-syncml-hmac: B64(MD5(digest ":" nonce ":" B64(MD5(body)))), or by RFC 2104.
std::string mac_data(const Secret& digest, std::string_view nonce, std::string_view body, bool by_rfc_2104 = false);

struct NameAndPassword {
  std::string name;
  Secret password;
};
/// Of a basic Cred; nullopt: no base64, no colon, or longer than 1,024 octets.
std::optional<NameAndPassword> read_basic(std::string_view data);

struct HmacHeader {
  std::string algorithm = "MD5", user, mac;
};
/// x-syncml-hmac: `algorithm=MD5, username="...", mac=...`; nullopt: malformed, or longer than 1,024 octets.
std::optional<HmacHeader> read_hmac(std::string_view value);
std::string write_hmac(const HmacHeader& header);

/// 16 random octets.
std::string fresh_nonce();

}  // namespace nscl::rem::omadm
