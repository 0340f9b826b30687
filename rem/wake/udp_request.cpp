// SPDX-License-Identifier: Apache-2.0
#include "udp_request.h"

#include <charconv>

#include <nscl/base/bytes.h>
#include <nscl/base/path.h>
#include <nscl/security/hmac.h>


namespace nscl::rem {
namespace {

namespace ip = boost::asio::ip;

}  // namespace

std::string udp_signature(const UdpRequest& request, const Secret& password) {
  return hex_encode(security::hmac_sha1(password, std::to_string(request.time) + std::to_string(request.id) + percent_encode(request.user, unreserved) + request.cnonce));
}

std::string udp_datagram(const UdpRequest& request, const Secret& password) {
  return "GET http://" + request.place + "?ts=" + std::to_string(request.time) + "&id=" + std::to_string(request.id) + "&un=" + percent_encode(request.user, unreserved) +
         "&cn=" + request.cnonce + "&sig=" + udp_signature(request, password) + " HTTP/1.1\r\nHost: " + request.place + "\r\n\r\n";
}

std::optional<ip::udp::endpoint> parse_udp_place(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos || text.size() > 64) return std::nullopt;
  const auto port_text = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, problem] = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (problem != std::errc{} || end != port_text.data() + port_text.size() || port == 0) return std::nullopt;
  auto host = text.substr(0, colon);
  const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(host), error);
  if (error || address.is_v6() != is_bracketed) return std::nullopt;
  return ip::udp::endpoint(address, port);
}

std::string format_udp_place(const ip::udp::endpoint& place) {
  const auto address = place.address().to_string();
  return (place.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(place.port());
}

}  // namespace nscl::rem
