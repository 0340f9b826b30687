// SPDX-License-Identifier: Apache-2.0
#include "stun_message.h"

#include <algorithm>

#include <nscl/base/bytes.h>
#include <nscl/rem/credentials.h>
#include <nscl/security/hmac.h>

#include "plain_address.h"

namespace nscl::rem {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t header_size = 20, longest_message = 1024, most_attributes = 32, block = 64;
constexpr std::uint16_t binding_request = 0x0001, binding_answer = 0x0101, binding_refusal = 0x0111;
constexpr std::string_view cookie{"\x21\x12\xA4\x42", 4};

enum Attribute : std::uint16_t {
  mapped_address = 0x0001,
  change_request = 0x0003,
  username = 0x0006,
  message_integrity = 0x0008,
  error_code = 0x0009,
  unknown_attributes = 0x000A,
  xor_mapped_address = 0x0020,
  fingerprint = 0x8028,
  connection_request_binding = 0xC001,
  binding_change = 0xC002
};

std::uint16_t short_at(std::string_view octets, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(octets[at]) << 8 | static_cast<unsigned char>(octets[at + 1]));
}

std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

void append(std::string& out, Attribute type, std::string_view value) {
  out += big_endian(type, 2) + big_endian(value.size(), 2);
  out += value;
  out.resize(padded(out.size()));
}

/// Header and attributes.
std::string message(std::uint16_t type, std::string_view id, std::string_view attributes) {
  auto out = big_endian(type, 2) + big_endian(attributes.size(), 2);
  out += id;
  out += attributes;
  return out;
}

/// What it is made over: all before it, with the length up to its end; in the form of RFC 3489 filled up with zeros.
std::string integrity_of(std::string_view before, bool is_filled, const Secret& password) {
  std::string text(before);
  const auto length = big_endian(text.size() - header_size + 4 + security::hmac_sha1_octets, 2);
  std::ranges::copy(length, text.begin() + 2);
  if (is_filled) text.resize((text.size() + block - 1) / block * block);
  return security::hmac_sha1(password, text);
}

/// False: the message is malformed.
bool take_attribute(StunRequest& request, std::uint16_t type, std::string_view value, std::size_t at) {
  switch (type) {
    case username:
      request.user = value;
      // RFC 3489 fills values up by characters of their own.
      while (!request.user.empty() && request.user.back() == '\0') request.user.pop_back();
      return value.size() <= DeviceCredentials::longest && is_xml_text(request.user);
    case message_integrity: request.integrity = at; return value.size() == security::hmac_sha1_octets;
    case connection_request_binding: request.keeps_way = true; return true;
    case binding_change: request.has_moved = true; return true;
    case change_request:   // of no use here unless nothing is to be changed
      if (value == std::string_view("\0\0\0\0", 4)) return true;
      break;
    default: break;
  }
  if (type < 0x8000) request.unknown.push_back(type);
  return true;
}

std::string address_value(const ip::udp::endpoint& endpoint, std::string_view mask) {
  const auto address = plain_address(endpoint.address());
  std::string out = big_endian(address.is_v4() ? 1 : 2, 2) + big_endian(endpoint.port(), 2);
  if (address.is_v4()) for (const auto octet : address.to_v4().to_bytes()) out += char(octet);
  else for (const auto octet : address.to_v6().to_bytes()) out += char(octet);
  if (mask.empty()) return out;
  for (std::size_t i = 0; i < 2; ++i) out[2 + i] = char(out[2 + i] ^ mask[i]);
  for (std::size_t i = 4; i < out.size(); ++i) out[i] = char(out[i] ^ mask[i - 4]);
  return out;
}

}  // namespace

std::optional<StunRequest> parse_stun_request(std::string_view datagram) {
  if (datagram.size() < header_size || datagram.size() > longest_message || short_at(datagram, 0) != binding_request) return std::nullopt;
  if (short_at(datagram, 2) + header_size != datagram.size()) return std::nullopt;
  StunRequest request;
  request.size = datagram.size();
  request.id = datagram.substr(4, 16);
  request.has_cookie = request.id.starts_with(cookie);
  std::size_t at = header_size, count = 0;
  while (at < datagram.size()) {
    if (datagram.size() - at < 4 || ++count > most_attributes) return std::nullopt;
    const auto type = short_at(datagram, at);
    const std::size_t size = short_at(datagram, at + 2);
    if (size > datagram.size() - at - 4) return std::nullopt;
    const bool is_proven_part = !request.integrity;   // what follows MESSAGE-INTEGRITY is passed over
    if (is_proven_part && !take_attribute(request, type, datagram.substr(at + 4, size), at)) return std::nullopt;
    at += std::min(4 + padded(size), datagram.size() - at);
  }
  return request;
}

bool has_integrity(std::string_view datagram, const StunRequest& request, const Secret& password) {
  if (!request.integrity) return false;
  const auto before = datagram.substr(0, *request.integrity);
  const auto told = datagram.substr(*request.integrity + 4, security::hmac_sha1_octets);
  const bool is_right = equal_in_constant_time(told, integrity_of(before, false, password));
  const bool is_right_filled = !request.has_cookie && equal_in_constant_time(told, integrity_of(before, true, password));
  return is_right || is_right_filled;
}

std::string stun_answer(const StunRequest& request, const ip::udp::endpoint& from, const Secret* password) {
  const auto limit = 2 * request.size;
  std::string mapped, masked;
  append(mapped, mapped_address, address_value(from, {}));
  if (request.has_cookie) append(masked, xor_mapped_address, address_value(from, request.id));
  auto attributes = masked + mapped;
  const std::size_t proof = password != nullptr ? 4 + security::hmac_sha1_octets : 0;
  if (header_size + attributes.size() + proof > limit && !masked.empty()) attributes = masked;
  if (header_size + attributes.size() + proof > limit) return {};
  if (password != nullptr) {
    const auto before = message(binding_answer, request.id, attributes);
    append(attributes, message_integrity, integrity_of(before, !request.has_cookie, *password));
  }
  return message(binding_answer, request.id, attributes);
}

std::string stun_refusal(const StunRequest& request, StunError error) {
  const auto limit = 2 * request.size;
  const auto code = static_cast<unsigned>(error);
  std::string attributes;
  append(attributes, error_code, big_endian(code / 100, 3) + big_endian(code % 100, 1));
  if (error == StunError::unknown_attribute) {
    std::string types;
    for (const auto type : request.unknown) types += big_endian(type, 2);
    if (request.unknown.size() % 2 != 0 && !request.has_cookie) types += types.substr(types.size() - 2);   // RFC 3489 11.2.10: repeated to fill up
    std::string list;
    append(list, unknown_attributes, types);
    if (header_size + attributes.size() + list.size() <= limit) attributes += list;
  }
  return header_size + attributes.size() <= limit ? message(binding_refusal, request.id, attributes) : std::string();
}

}  // namespace nscl::rem
