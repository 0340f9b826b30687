// SPDX-License-Identifier: Apache-2.0
// Pushes to clients of OMA-DM (rem.md 3.2, 3.7): a WSP push (WAP-230) is one datagram, or as many short messages as it needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nscl::rem::omadm {

/// Where clients listen, with UDP and in short messages.
inline constexpr std::uint16_t push_port = 2948;

/// Headers of a push of a notification: its content type, and X-WAP-Application-ID: x-wap-application:syncml.dm.
inline constexpr std::string_view notification_headers = "\xC4\xAF\x87";

/// A content type with parameters as a header, from the octets of both (its general form).
std::string wsp_content_type(std::string_view octets);

/// A connectionless push: to be sent by UDP as it is. `headers` begin with the content type.
std::string wsp_push(std::uint8_t transaction, std::string_view headers, std::string_view body);
/// The body of a push of a notification; nullopt: it is none.
std::optional<std::string_view> read_wsp_push(std::string_view datagram);

/// Octets of a push. Most networks have room for 1,400 without taking a datagram apart; each short message costs.
inline constexpr std::size_t longest_push = 3072;
/// A push as short messages for that port, 140 octets at most each, user data header included: one if it fits, else parts of one message
/// that `reference` tells from others. Throws std::length_error beyond longest_push.
std::vector<std::string> short_messages(std::string_view push, std::uint8_t reference);

}  // namespace nscl::rem::omadm
