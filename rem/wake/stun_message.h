// SPDX-License-Identifier: Apache-2.0
// Messages of STUN in both forms, RFC 3489 and RFC 5389, with the attributes of TR-069 annex G; without I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/udp.hpp>

#include <nscl/base/secret.h>

namespace nscl::rem {

/// A Binding request. Longer than 1,024 octets, or with more than 32 attributes, it is none.
struct StunRequest {
  std::string id;                       ///< 16 octets: magic cookie and transaction id, or the transaction id of RFC 3489
  bool has_cookie = false;
  std::string user;                     ///< USERNAME, 256 octets at most; empty: none
  bool keeps_way = false;               ///< CONNECTION-REQUEST-BINDING: connection requests are awaited where it came from
  bool has_moved = false;               ///< BINDING-CHANGE
  std::vector<std::uint16_t> unknown;   ///< attributes that must be understood, and are not
  std::optional<std::size_t> integrity; ///< where MESSAGE-INTEGRITY begins in the datagram
  std::size_t size = 0;                 ///< of the datagram
};

/// nullopt unless the datagram is a Binding request from its first to its last octet.
std::optional<StunRequest> parse_stun_request(std::string_view datagram);

/// Whether its MESSAGE-INTEGRITY, which has to be there, was made with this password.
bool has_integrity(std::string_view datagram, const StunRequest& request, const Secret& password);

/// The answer: MAPPED-ADDRESS, and XOR-MAPPED-ADDRESS where there is a cookie; proven by `password` unless that is null. What would
/// make it larger than twice the request is left out; empty: nothing is left of it.
std::string stun_answer(const StunRequest& request, const boost::asio::ip::udp::endpoint& from, const Secret* password);

enum class StunError : unsigned { unauthorised = 401, unknown_attribute = 420 };
/// Likewise bounded.
std::string stun_refusal(const StunRequest& request, StunError error);

}  // namespace nscl::rem
