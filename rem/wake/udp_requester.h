// SPDX-License-Identifier: Apache-2.0
// UdpRequester: connection requests by UDP to devices behind a NAT, from the socket that they keep the way open to.
#pragma once

#include <nscl/rem/connection_request.h>

#include "reach.h"

namespace nscl::rem {

class UdpRequester final : public ConnectionRequester {
 public:
  UdpRequester(const Clock& clock, StunServer& stun, const Reach& reach);

  net::Task<CallOutcome> request(Call call) override;

 private:
  std::optional<boost::asio::ip::udp::endpoint> place_of(const Call& call, CallOutcome& problem) const;

  const Clock& clock_;
  StunServer& stun_;
  const Reach& reach_;
  std::uint32_t id_;   ///< of the last request
};

/// The scheme of remTriggerAddr for this way: "udp://host:port".
inline constexpr std::string_view udp_scheme = "udp://";

}  // namespace nscl::rem
