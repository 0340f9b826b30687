// SPDX-License-Identifier: Apache-2.0
// XmppRequester: the place of connection requests by XMPP (TR-069 annex K). There is no client of XMPP here, so that nobody is called.
#pragma once

#include <string_view>

#include <nscl/rem/connection_request.h>

namespace nscl::rem {

class XmppRequester final : public ConnectionRequester {
 public:
  net::Task<CallOutcome> request(Call) override {
    co_return CallOutcome{CallOutcome::End::impossible, "connection requests by XMPP are not implemented: the device has to be reached by HTTP or UDP"};
  }
};

/// The scheme of remTriggerAddr for this way: "xmpp:user@host/resource".
inline constexpr std::string_view xmpp_scheme = "xmpp:";

}  // namespace nscl::rem
