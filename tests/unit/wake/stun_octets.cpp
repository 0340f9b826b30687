// SPDX-License-Identifier: Apache-2.0
#include "stun_octets.h"

#include <nscl/base/bytes.h>
#include <nscl/security/hmac.h>

namespace nscl::rem {

std::string stun_request(const StunAttributes& attributes, bool has_cookie) {
  std::string body;
  for (const auto& [type, value] : attributes) {
    body += big_endian(type, 2) + big_endian(value.size(), 2) + value;
    body.resize((body.size() + 3) / 4 * 4);
  }
  const std::string id = has_cookie ? std::string("\x21\x12\xA4\x42", 4) + "abcdefghijkl" : "0123456789abcdef";
  return big_endian(1, 2) + big_endian(body.size(), 2) + id + body;
}

std::string proven_request(const StunAttributes& attributes, bool has_cookie, const Secret& password) {
  auto with = attributes;
  with.emplace_back(0x0008, std::string(20, '\0'));
  auto message = stun_request(with, has_cookie);
  auto text = message.substr(0, message.size() - 24);
  if (!has_cookie) text.resize((text.size() + 63) / 64 * 64);
  return message.replace(message.size() - 20, 20, security::hmac_sha1(password, text));
}

std::string attribute_of(std::string_view message, std::uint16_t type) {
  for (std::size_t at = 20; at + 4 <= message.size();) {
    const auto size = static_cast<std::size_t>(static_cast<unsigned char>(message[at + 2]) << 8 | static_cast<unsigned char>(message[at + 3]));
    if (message.substr(at, 2) == big_endian(type, 2)) return std::string(message.substr(at + 4, size));
    at += 4 + (size + 3) / 4 * 4;
  }
  return {};
}

}  // namespace nscl::rem
