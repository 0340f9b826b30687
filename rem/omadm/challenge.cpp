// SPDX-License-Identifier: Apache-2.0
#include "challenge.h"

#include <nscl/base/bytes.h>
#include <nscl/rem/omadm/credentials.h>

#include "dm_gate.h"

namespace nscl::rem::omadm {

Chal chal_of(std::string_view type, std::string_view nonce) { return {std::string(type), "b64", nonce.empty() ? std::string() : base64_encode(nonce)}; }

DmMessage refusal_of(const DmMessage& message, DmMessage reply, int code) {
  reply.body.emplace_back(status_for(message.header, nullptr, code));
  for (const auto& element : message.body) {
    if (const auto* command = std::get_if<CommandElement>(&element)) reply.body.emplace_back(status_for(message.header, command, code));
  }
  reply.is_final = true;
  return reply;
}

DmMessage challenge(const DmMessage& message, DmMessage reply, int code, std::string_view type, std::string_view nonce) {
  auto out = refusal_of(message, std::move(reply), code);
  std::get<StatusElement>(out.body.front()).chal = chal_of(type, type == auth_basic ? std::string_view() : nonce);
  return out;
}

std::optional<Cred> cred_of(const DmLogin& server, std::string_view nonce, std::string_view type) {
  if (type == auth_mac) return std::nullopt;
  if (type == auth_basic) return Cred{std::string(type), "b64", std::string(basic_data(server.user, server.password).view())};
  return Cred{std::string(auth_md5), "b64", md5_data(digest_of(server.user, server.password), nonce)};
}

std::string mac_of(const DmLogin& server, std::string_view nonce, std::string_view octets, bool by_rfc_2104) {
  HmacHeader header;
  header.user = server.user;
  header.mac = mac_data(digest_of(header.user, server.password), nonce, octets, by_rfc_2104);
  return write_hmac(header);
}

}  // namespace nscl::rem::omadm
