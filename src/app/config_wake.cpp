// SPDX-License-Identifier: Apache-2.0
// The part of the table that is about calling devices.
#include <algorithm>

#include "config_entry.h"

namespace nscl::app {
namespace {

Problem check_address_or_none(const std::string& text) { return text.empty() ? std::nullopt : check_address(text); }

/// A field of SMPP that may be empty.
template <std::size_t longest>
Problem check_field(const std::string& text) {
  const bool is_good = text.size() <= longest && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
  return is_good ? std::nullopt : Problem("is longer than " + std::to_string(longest) + " characters, or has others than printable ones of ASCII");
}

Problem check_beginning(const std::string& text) {
  const bool is_good = !text.empty() && text.size() <= 16 && text.find_first_not_of("0123456789", text.front() == '+' ? 1 : 0) == text.npos;
  return is_good ? std::nullopt : Problem(quote(text) + " is no beginning of a number");
}

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

void add_smpp(std::vector<Key>& out) {
  const auto entry = [](std::string_view name, std::string_view comment) { return Entry("smpp", name, comment); };
  out.push_back(entry("address", "Address of the message centre (SMPP 3.4, without TLS: use a tunnel where others could listen); \"\": no short messages are sent.")
                    .text("an IPv4 or IPv6 address, or empty", check_address_or_none, AT(calls.smpp.address)));
  out.push_back(entry("port", "TCP port of the message centre.").number(1, 65535, AT(calls.smpp.port)));
  out.push_back(entry("system_id", "As who this SCL binds there.").text("up to 15 characters", check_field<15>, AT(calls.smpp.system_id)));
  out.push_back(entry("password", "The password for it.").secret().text("up to 8 characters", check_field<8>, AT(calls.smpp.password)));
  out.push_back(entry("system_type", "What the operator of the centre wants here; mostly nothing.").text("up to 12 characters", check_field<12>, AT(calls.smpp.system_type)));
  out.push_back(entry("source", "Number or name that messages come from; \"\": the centre chooses.").text("up to 20 characters", check_field<20>, AT(calls.smpp.source)));
  out.push_back(entry("source_ton", "Its type of number: 0 unknown, 1 international, 3 of the network, 5 a name.").number(0, 6, AT(calls.smpp.source_ton)));
  out.push_back(entry("source_npi", "Its numbering plan: 0 unknown, 1 that of telephones.").number(0, 18, AT(calls.smpp.source_npi)));
  out.push_back(entry("destinations", "How the numbers begin that messages may be sent to, as devices say themselves which is theirs; [\"+\"]: any international one.")
                    .list("beginnings of numbers such as \"+49151\"", check_beginning, AT(calls.smpp.destinations)));
}

#undef AT

void check_smpp(const Config& config, std::vector<Conflict>& out) {
  const auto& smpp = config.wake.calls.smpp;
  if (smpp.address.empty()) return;
  if (smpp.system_id.empty()) out.push_back({"smpp.system_id", "is needed to bind to smpp.address"});
  if (smpp.destinations.empty()) out.push_back({"smpp.destinations", "is needed: without it no message is sent"});
}

}  // namespace nscl::app
