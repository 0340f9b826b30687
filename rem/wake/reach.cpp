// SPDX-License-Identifier: Apache-2.0
#include "reach.h"

#include "plain_address.h"

namespace nscl::rem {

namespace ip = boost::asio::ip;

std::optional<std::string> Reach::objection(const ip::address& address, const DeviceFacts& facts) const {
  const auto wanted = plain_address(address);
  if (guard_.lists(wanted)) return std::nullopt;
  boost::system::error_code error;
  const auto session = ip::make_address(facts.address, error);
  if (error || plain_address(session) != wanted) return "the device's address is not the one that its session came from (management.connection_request_networks)";
  if (!guard_.admits(wanted)) return "the device's address only leads inside (management.connection_request_networks)";
  return std::nullopt;
}

std::optional<std::string> Reach::objection(const std::string& host, const DeviceFacts& facts) const {
  boost::system::error_code error;
  const auto address = ip::make_address(host, error);
  if (error) return "the device names a host and no address";
  return objection(address, facts);
}

}  // namespace nscl::rem
