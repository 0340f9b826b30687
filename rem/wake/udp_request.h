// SPDX-License-Identifier: Apache-2.0
// The datagram of a connection request by UDP (TR-069 annex G.2.2.3), and where it goes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/ip/udp.hpp>

#include <nscl/base/secret.h>

namespace nscl::rem {

struct UdpRequest {
  std::string place;          ///< host:port of the device
  std::int64_t time = 0;      ///< seconds since 1970
  std::uint32_t id = 0;       ///< of this request; its copies have the same
  std::string user;
  std::string cnonce;
};

/// HMAC-SHA-1 over time, id, user and cnonce as they stand in the datagram, 40 hexadecimal digits.
std::string udp_signature(const UdpRequest& request, const Secret& password);
std::string udp_datagram(const UdpRequest& request, const Secret& password);

/// "1.2.3.4:5678" or "[2001:db8::1]:5678"; nullopt for anything else, names of hosts and port 0 included.
std::optional<boost::asio::ip::udp::endpoint> parse_udp_place(std::string_view text);
std::string format_udp_place(const boost::asio::ip::udp::endpoint& place);

}  // namespace nscl::rem
