// SPDX-License-Identifier: Apache-2.0
// XmppRequester: where connection requests by XMPP (TR-069 annex K) come in, once there is a client of XMPP. Each is answered 501.
#pragma once

#include <string_view>

#include <nscl/rem/connection_request.h>

namespace nscl::rem {

class XmppRequester final : public ConnectionRequester {
 public:
  net::Task<CallOutcome> request(Call) override {
    co_return CallOutcome{CallOutcome::End::not_implemented, "501 STATUS_NOT_IMPLEMENTED: this SCL has no client of XMPP; give the scl a remTriggerAddr of http or udp, or none"};
  }
};

/// The scheme of remTriggerAddr for this way: "xmpp:user@host/resource".
inline constexpr std::string_view xmpp_scheme = "xmpp:";

}  // namespace nscl::rem
