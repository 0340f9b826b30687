// SPDX-License-Identifier: Apache-2.0
// Reach: at which addresses a device may be called. The address is the device's own word, so that it must not lead this SCL to
// anybody else (rem.md 4.7 "security").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nscl/net/address_guard.h>
#include <nscl/net/outgoing_target.h>
#include <nscl/rem/device_facts.h>

namespace nscl::rem {

class Reach {
 public:
  /// Throws std::invalid_argument if a network is none.
  explicit Reach(const std::vector<std::string>& networks) : guard_(networks, false) {}

  /// Why a device with these facts is not called at this address; nothing if it may be: the address is that of its last session and
  /// leads outside, or is in a listed network.
  std::optional<std::string> objection(const boost::asio::ip::address& address, const DeviceFacts& facts) const;
  /// The same for the host of a URI. A name of a host is never called: what it leads to is for others to say.
  std::optional<std::string> objection(const std::string& host, const DeviceFacts& facts) const;

 private:
  net::AddressGuard guard_;
};

}  // namespace nscl::rem
