// SPDX-License-Identifier: Apache-2.0
// The part of the table that is about service connection and bootstrap, and what contradicts itself in it.
#include <algorithm>

#include "config_entry.h"

namespace nscl::app {
namespace {

using Purpose = ListenerConfig::Purpose;
using Mode = net::TlsOptions::Mode;

bool is_visible(const std::string& text) {
  return text.size() <= 255 && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

Problem check_prefix(const std::string& text) {
  return is_visible(text) ? std::nullopt : Problem(quote(text) + " has more than 255, or other than visible ASCII characters");
}

/// It has to be an anyURI, which an address with a port is not.
Problem check_mas(const std::string& text) {
  const bool is_uri = text.starts_with("https://") && !check_base_uri(text);
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const bool is_name = !text.empty() && !check_authority(text) && is_letter(text[0]);
  if (text.empty() || is_uri || is_name) return std::nullopt;
  return quote(text) + " is neither https://host:port nor a name of a host, with a port or without";
}

Problem check_scl_id(const std::string& text) {
  return !text.empty() && is_visible(text) ? std::nullopt : Problem(quote(text) + " is no id of an SCL: 1 to 255 visible ASCII characters");
}

}  // namespace

// A macro, since a lambda per line would bury the table.
#define AT(member) \
  [](Place at) -> auto& { return at.member; }

void add_provisioning(std::vector<Key>& out) {
  out.push_back(Entry("connection", "lifetime", "Life of a connection key (Kmc). It never outlives the root key.")
                    .time(minute, 30 * day, AT(config.connection.lifetime)));
  const auto entry = [](std::string_view name, std::string_view comment) { return Entry("bootstrap", name, comment); };
  out.push_back(entry("lifetime", "Life of a root key (Kmr) that is given out.").time(hour, 36'500 * day, AT(config.bootstrap.lifetime)));
  out.push_back(entry("rebootstrap", "What a bootstrapped device is told that asks again: \"approve\" waits for `nscl node approve`.")
                    .choice({"never", "approve", "always"}, AT(config.bootstrap.rebootstrap)));
  out.push_back(entry("hardware_id", "Which name in its certificate is the hardware id of a device.")
                    .choice({"san-uri", "san-dns", "subject-cn"}, AT(config.bootstrap.rule.name)));
  out.push_back(entry("hardware_prefix", "What the hardware id has to begin with; other names are passed over.")
                    .text("visible ASCII characters, or empty", check_prefix, AT(config.bootstrap.rule.prefix)));
  out.push_back(entry("pause", "Time between two keys for one device; who asks sooner is answered 429.")
                    .time(0 * second, day, AT(config.bootstrap.pause)));
  out.push_back(entry("per_day", "Keys for one device in a day.").number(1, 1'000'000, AT(config.bootstrap.per_day)));
  out.push_back(entry("mas", "Where nodes ask for a service connection, as they are told it (securityMasFqdn): the listener with purpose "
                             "\"connection\"; \"\": they are not told.")
                    .text("\"https://host:port\", \"name:port\", a name, or empty", check_mas, AT(config.bootstrap.documents.mas)));
  out.push_back(entry("scl_ids", "Ids of the NSCLs where nodes may register, as they are told it (sclIdList); empty: they are not told.")
                    .list("ids of SCLs", check_scl_id, AT(config.bootstrap.documents.scl_ids)));
  out.push_back(entry("v1_clear_key", "Give the root key in clear inside TLS (securityM2MKey), for devices of version 1.1.1; others cannot be "
                                      "bootstrapped then.")
                    .flag(AT(config.bootstrap.v1_clear_key)));
}

#undef AT

void check_purposes(const Config& config, std::vector<Conflict>& out) {
  bool has_tree = false;
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const auto& listener = config.listeners[i];
    const std::string name = "listener[" + std::to_string(i) + "].";
    has_tree = has_tree || listener.purpose == Purpose::tree;
    if (listener.purpose == Purpose::connection && listener.tls.mode != Mode::psk)
      out.push_back({name + "tls", "has to be \"psk\" for purpose = \"connection\": nodes prove their root key there"});
    if (listener.purpose != Purpose::bootstrap) continue;
    if (listener.tls.mode == Mode::none)
      out.push_back({name + "tls", "has to be \"certificate\" or \"psk\" for purpose = \"bootstrap\": devices prove a certificate or voucher there"});
    if (listener.tls.mode == Mode::certificate && !listener.tls.require_client_certificate)
      out.push_back({name + "require_client_certificate", "is needed for purpose = \"bootstrap\""});
  }
  if (!config.listeners.empty() && !has_tree) out.push_back({"listener", "none has the purpose \"tree\""});
}

}  // namespace nscl::app
