// SPDX-License-Identifier: Apache-2.0
// The part of the table that is about the server of OMA-DM, and what contradicts itself in it.
#include "config_entry.h"

namespace nscl::app {
namespace {

using Purpose = ListenerConfig::Purpose;
using Mode = net::TlsOptions::Mode;

Problem check_url(const std::string& text) {
  const bool is_web = text.starts_with("http://") || text.starts_with("https://");
  const bool is_plain = text.size() <= 256 && text.find_first_of(" \t\r\n?#\"<>") == text.npos;
  return text.empty() || (is_web && is_plain) ? std::nullopt : Problem(quote(text) + " is no URL \"https://host:port/path\"");
}

}  // namespace

// A macro, since a lambda per line would bury the table.
#define AT(member) \
  [](Place at) -> auto& { return at.config.dm.member; }

void add_dm(std::vector<Key>& out) {
  const auto entry = [](std::string_view name, std::string_view comment) { return Entry("dm", name, comment); };
  out.push_back(entry("path", "Path of the URL that clients are given; \"\": any path.").text("a path, or empty", check_path, AT(path)));
  out.push_back(entry("url", "The whole URL, as clients are told where to send the next message; \"\": as they called this one. Behind a proxy that ends TLS it is needed.")
                    .text("a URL, or empty", check_url, AT(url)));
  out.push_back(entry("authentication", "The least that clients have to show: \"basic\", \"md5\" or \"mac\" (x-syncml-hmac); \"off\": anybody may be any device.")
                    .choice({"off", "basic", "md5", "mac"}, AT(authentication)));
  out.push_back(entry("basic_without_tls", "Take basic without TLS, where everybody between can read the password.").flag(AT(basic_without_tls)));
  out.push_back(entry("change_passwords", "Give a device other passwords than those that `nscl device bootstrap` has sent or written, once it has come with them; over TLS only, or with basic_without_tls.")
                    .choice({"never", "after_bootstrap"}, AT(change_passwords)));
  out.push_back(entry("message_limit", "Largest message of a client.").size(16 * kib, mib, AT(message_limit)));
  out.push_back(entry("object_limit", "Largest object that a client sends in chunks.").size(16 * kib, 16 * mib, AT(sessions.object)));
  out.push_back(entry("sessions", "Devices in a session at once; more are answered 503.").number(1, 1'000'000, AT(sessions.sessions)));
  out.push_back(entry("session_time", "Longest session; what is left is done in the next one.").time(30 * second, hour, AT(sessions.session)));
  out.push_back(entry("messages", "Most messages of a client in one session.").number(10, 10'000, AT(sessions.messages)));
  out.push_back(entry("idle_time", "How long a client may take for its next message.").time(5 * second, 10 * minute, AT(sessions.idle)));
  out.push_back(entry("sessions_per_minute", "Sessions that one device may begin in a minute; more are answered 503.").number(1, 10'000, AT(sessions.per_minute)));
  out.push_back(entry("sessions_per_minute_and_address", "Sessions that may begin from one address in a minute (IPv6: from a /64); more are answered 503. 0: any number, for "
                                                         "fleets behind one proxy or NAT.")
                    .number(0, 10'000'000, AT(sessions_per_address)));
}

#undef AT

void check_dm(const Config& config, std::vector<Conflict>& out) {
  using Authentication = rem::omadm::DmOptions::Authentication;
  const auto& dm = config.dm;
  bool has_dm = false, has_secret_line = dm.basic_without_tls;
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const auto& listener = config.listeners[i];
    if (listener.purpose != Purpose::dm) continue;
    has_dm = true;
    has_secret_line = has_secret_line || listener.tls.mode != Mode::none;
    const std::string name = "listener[" + std::to_string(i) + "].";
    if (listener.tls.mode == Mode::psk) out.push_back({name + "tls", "cannot be \"psk\" for purpose = \"dm\": clients have certificates or passwords"});
    if (dm.authentication == Authentication::basic && listener.tls.mode == Mode::none && !dm.basic_without_tls)
      out.push_back({name + "tls", "has to be \"certificate\" for dm.authentication = \"basic\", or dm.basic_without_tls true"});
    if (listener.bytes_in_flight < 2 * mib) out.push_back({name + "bytes_in_flight", "is below 2MiB, which a message of OMA-DM and its answer may have"});
  }
  if (has_dm && !has_secret_line && dm.change_passwords != rem::omadm::DmPasswordPolicy::never)
    out.push_back({"dm.change_passwords", "has no effect: passwords are told over TLS only (a listener with purpose = \"dm\" and tls = \"certificate\"), or with dm.basic_without_tls"});
}

}  // namespace nscl::app
