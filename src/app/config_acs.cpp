// SPDX-License-Identifier: Apache-2.0
// The part of the table that is about the ACS, and what contradicts itself in it.
#include <algorithm>

#include "config_entry.h"

namespace nscl::app {
namespace {

using Authentication = rem::tr069::AcsOptions::Authentication;
using Purpose = ListenerConfig::Purpose;
using Mode = net::TlsOptions::Mode;

Problem check_realm(const std::string& text) {
  const bool is_good = !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; });
  return is_good ? std::nullopt : Problem(quote(text) + " is not 1 to 64 ASCII characters without quotes and backslashes");
}

Problem check_oui(const std::string& text) {
  const bool is_good = text.size() == 6 && text.find_first_not_of("0123456789ABCDEF") == text.npos;
  return is_good ? std::nullopt : Problem(quote(text) + " is no OUI: six digits or letters A to F");
}

/// Certificates that nobody asks for prove nothing.
void check_certificates(const Config& config, std::vector<Conflict>& out) {
  using rem::tr069::AcsOptions;
  const auto wanted = config.acs.client_certificates;
  if (wanted == AcsOptions::ClientCertificates::ignore) return;
  bool has_some = false;
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const auto& listener = config.listeners[i];
    if (listener.purpose != Purpose::acs) continue;
    has_some = has_some || !listener.tls.client_ca.empty();
    if (wanted == AcsOptions::ClientCertificates::require && listener.tls.client_ca.empty())
      out.push_back({"listener[" + std::to_string(i) + "].client_ca", "is needed for acs.client_certificates = \"require\""});
  }
  if (!has_some && wanted == AcsOptions::ClientCertificates::accept) out.push_back({"acs.client_certificates", "needs a listener with purpose = \"acs\" and client_ca"});
}

}  // namespace

// A macro, since a lambda per line would bury the table.
#define AT(member) \
  [](Place at) -> auto& { return at.member; }

void add_acs(std::vector<Key>& out) {
  const auto entry = [](std::string_view name, std::string_view comment) { return Entry("acs", name, comment); };
  out.push_back(entry("path", "Path of the URL that CPEs are given; \"\": any path.").text("a path, or empty", check_path, AT(config.acs.path)));
  out.push_back(entry("authentication", "What CPEs are asked for. With \"digest\" Basic is taken too where it may be; \"off\": anybody may be any device.")
                    .choice({"off", "basic", "digest"}, AT(config.acs.authentication)));
  out.push_back(entry("basic_without_tls", "Take Basic without TLS, where everybody between can read the password.").flag(AT(config.acs.basic_without_tls)));
  out.push_back(entry("md5", "Offer and take MD5 with Digest; most CPEs know nothing else.").flag(AT(config.acs.allow_md5)));
  out.push_back(entry("sha_256", "Offer and take SHA-256 with Digest, in a challenge behind that of MD5.").flag(AT(config.acs.offer_sha_256)));
  out.push_back(entry("client_certificates", "TLS certificates of CPEs (client_ca of the listener): \"ignore\": they prove nothing here; \"accept\": a CPE with one is the device "
                                             "that it names; \"require\": and no other is served.")
                    .choice({"ignore", "accept", "require"}, AT(config.acs.client_certificates)));
  out.push_back(entry("certificate_ouis", "OUIs of devices whose certificates name the serial number alone, without OUI and ProductClass.")
                    .list("OUIs", check_oui, AT(config.acs.certificate_ouis)));
  out.push_back(entry("realm", "The realm that CPEs are shown.").text("1 to 64 ASCII characters", check_realm, AT(config.acs.realm)));
  out.push_back(entry("message_limit", "Largest message of a CPE, decompressed.").size(64 * kib, 32 * mib, AT(config.acs.message_limit)));
  out.push_back(entry("sessions", "Devices in a session at once; more are answered 503.").number(1, 1'000'000, AT(config.acs.sessions.sessions)));
  out.push_back(entry("session_time", "Longest session; what is left is done in the next one.").time(30 * second, hour, AT(config.acs.sessions.session)));
  out.push_back(entry("rpcs", "Most RPCs that are sent in one session.").number(10, 100'000, AT(config.acs.sessions.rpcs)));
  out.push_back(entry("idle_time", "How long a CPE may take for its next message.").time(5 * second, 10 * minute, AT(config.acs.sessions.idle)));
  out.push_back(entry("answer_time", "How long a CPE may work on an RPC.").time(5 * second, hour, AT(config.acs.sessions.working)));
  out.push_back(entry("informs_per_minute", "Sessions that one device may begin in a minute; more are answered 503.")
                    .number(1, 10'000, AT(config.acs.sessions.per_minute)));
  out.push_back(entry("informs_per_minute_and_address", "Sessions that may begin from one address in a minute (IPv6: from a /64); more are answered 503. 0: any number, for "
                                                        "fleets behind one proxy or NAT.")
                    .number(0, 10'000'000, AT(config.acs.informs_per_address)));
}

#undef AT

void check_acs(const Config& config, std::vector<Conflict>& out) {
  const auto& acs = config.acs;
  check_certificates(config, out);
  if (acs.authentication == Authentication::digest && !acs.allow_md5 && !acs.offer_sha_256) out.push_back({"acs.md5", "or acs.sha_256 is needed for Digest"});
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const auto& listener = config.listeners[i];
    if (listener.purpose != Purpose::acs) continue;
    const std::string name = "listener[" + std::to_string(i) + "].";
    if (listener.tls.mode == Mode::psk) out.push_back({name + "tls", "cannot be \"psk\" for purpose = \"acs\": CPEs have certificates or passwords"});
    if (acs.authentication == Authentication::basic && listener.tls.mode == Mode::none && !acs.basic_without_tls)
      out.push_back({name + "tls", "has to be \"certificate\" for acs.authentication = \"basic\", or acs.basic_without_tls true"});
    if (listener.bytes_in_flight < 32 * mib) out.push_back({name + "bytes_in_flight", "is below 32MiB, which one message to the ACS may have"});
  }
}

}  // namespace nscl::app
