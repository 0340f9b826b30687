// SPDX-License-Identifier: Apache-2.0
// PDUs of SMPP 3.4, as far as a transmitter needs them; without I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/rem/smpp.h>

namespace nscl::rem {

struct SmppPdu {
  std::uint32_t command = 0, status = 0, sequence = 0;
  std::string body = {};
  bool operator==(const SmppPdu&) const = default;
};

namespace smpp {
inline constexpr std::uint32_t answer = 0x8000'0000;   ///< the bit that tells an answer from what it answers
inline constexpr std::uint32_t generic_nack = 0x8000'0000, bind_transmitter = 2, submit_sm = 4, unbind = 6, enquire_link = 0x15;
inline constexpr std::uint32_t ok = 0, invalid_command = 3, system_error = 8, queue_full = 0x14, throttled = 0x58;
inline constexpr std::size_t head = 16, largest = 4096;   ///< octets of a PDU
}  // namespace smpp

std::string write_pdu(const SmppPdu& pdu);

/// Takes the first PDU from the front of what has come. nullopt: it is not whole yet, or the peer speaks something else, which is_garbage()
/// tells: a PDU of less than 16 octets or more than 4,096.
std::optional<SmppPdu> take_pdu(std::string& octets);
bool is_garbage(std::string_view octets);

/// Bodies of what this side asks.
std::string bind_body(const SmppOptions& options);
/// `number` with or without "+"; `message` is eight-bit data that begins with a user data header.
std::string submit_body(const SmppOptions& options, std::string_view number, std::string_view message);

/// Number of a URI "tel:+49-123"; with a plus if it is an international one. nullopt: none, or with parameters.
std::optional<std::string> number_of(std::string_view uri);

}  // namespace nscl::rem
