// SPDX-License-Identifier: Apache-2.0
// The part of the table that is about calling devices.
#include "config_entry.h"

namespace nscl::app {
namespace {

Problem check_address_or_none(const std::string& text) { return text.empty() ? std::nullopt : check_address(text); }

}  // namespace

#define AT(member) \
  [](Place at) -> auto& { return at.config.wake.member; }

void add_wake(std::vector<Key>& out) {
  const auto management = [](std::string_view name, std::string_view comment) { return Entry("management", name, comment); };
  out.push_back(management("connection_requests", "Call devices that something waits for; false: wait until they call.").flag(AT(is_on)));
  out.push_back(management("connection_request_networks",
                           "Networks in which devices are called whatever address their sessions come from, inner networks among them; elsewhere only at the "
                           "address of the last session, and only if it is a public one.")
                    .list("networks such as \"10.0.0.0/8\", \"fd00::/8\"", check_network, AT(calls.networks)));
  out.push_back(management("connection_request_basic", "Answer devices that ask for HTTP Basic, too: whoever listens has the password then.").flag(AT(calls.allow_basic)));
  const auto stun = [](std::string_view name, std::string_view comment) { return Entry("stun", name, comment); };
  out.push_back(stun("address", "Address on which devices behind a NAT find out theirs, and from which they are called by UDP; \"\": there is no such server.")
                    .text("an IPv4 or IPv6 address, or empty", check_address_or_none, AT(stun.address)));
  out.push_back(stun("port", "UDP port; 0 lets the system choose one (the log tells which).").number(0, 65535, AT(stun.port)));
}

#undef AT

}  // namespace nscl::app
