// SPDX-License-Identifier: Apache-2.0
// The part of the table that is about TLS, and authentication on a listener.
#include <algorithm>

#include <nscl/security/key_identity.h>

#include "config_entry.h"

namespace nscl::app {
namespace {

Problem check_way(const std::string& text) {
  constexpr std::string_view ways[] = {"basic", "digest", "bearer", "hmac", "certificate"};
  if (std::ranges::find(ways, text) != std::end(ways)) return std::nullopt;
  return quote(text) + " is none of \"basic\", \"digest\", \"bearer\", \"hmac\", \"certificate\"";
}

Problem check_file(const std::string& text) {
  if (text.empty() || text.find('\0') == text.npos) return std::nullopt;
  return quote(text) + " is no file name";
}

Problem check_hint(const std::string& text) {
  const bool is_plain = text.size() <= 128 && text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") == text.npos;
  return is_plain ? std::nullopt : Problem(quote(text) + " is no hint: up to 128 letters, digits, '.', '-' and '_'");
}

Problem check_psk_identity(const std::string& text) {
  if (text.empty() || security::is_psk_identity(text)) return std::nullopt;
  return quote(text) + " is no identity: 1 to 128 printable characters of ASCII other than blank, '\"', '\\' and '%'";
}

template <class Access>
void add_pem_file(std::vector<Key>& out, std::string_view section, std::string_view name, std::string_view comment, Access access) {
  out.push_back(std::move(Entry(section, name, comment).reloads()).text("a PEM file, or empty", check_file, access));
}

}  // namespace

// A macro, since a lambda per line would bury the table.
#define AT(member) \
  [](Place at) -> auto& { return at.listener->member; }

void add_tls(std::vector<Key>& out) {
  const auto entry = [](std::string_view name, std::string_view comment) { return Entry("listener", name, comment); };
  const auto file = [&](std::string_view name, std::string_view comment, auto access) { add_pem_file(out, "listener", name, comment, access); };
  out.push_back(entry("tls", "\"psk\": TLS with the pre-shared keys of `nscl key`, for gateways and devices; \"certificate\": HTTPS; \"none\": plain HTTP.")
                    .choice({"none", "psk", "certificate"}, AT(tls.mode)));
  file("certificate", "The server's certificate and those that signed it. Read anew by SIGHUP.", AT(tls.certificate));
  file("private_key", "Its private key; refused if everybody may read it.", AT(tls.private_key));
  file("client_ca", "Who may sign certificates of clients; \"\": clients are asked for none.", AT(tls.client_ca));
  file("client_crl", "Certificates of clients that are revoked; \"\": none.", AT(tls.client_crl));
  out.push_back(entry("require_client_certificate", "Refuse clients without a certificate.").flag(AT(tls.require_client_certificate)));
  out.push_back(entry("allow_no_forward_secrecy",
                      "Also take the plain PSK suites of TLS 1.2, for devices that have no others: whoever records the traffic and learns the key later can read it.")
                    .flag(AT(tls.allow_no_forward_secrecy)));
  out.push_back(entry("tickets", "Session tickets after a handshake; 0: nothing is resumed.").number(0, 4, AT(tls.tickets)));
  out.push_back(entry("psk_hint", "Identity hint for clients of TLS 1.2 that need one.").text("a short text, or empty", check_hint, AT(tls.psk_hint)));
  out.push_back(entry("handshakes", "TLS handshakes in progress at once; more connections are closed at accept.")
                    .number(1, 100'000, AT(tls.handshakes)));
  out.push_back(entry("handshake_time", "Time for a whole handshake.").time(second, 60 * second, AT(tls.handshake_time)));
  out.push_back(entry("session_time", "A TLS connection ends after this, once the answer in progress is written.")
                    .time(60 * second, 30 * 24 * hour, AT(tls.session_time)));
  out.push_back(entry("one_address", "Answer 403 to a pre-shared key from a second address while it is in use from another, as a copied key would be. It is recorded either way.")
                    .flag(AT(from_one_address)));
  out.push_back(entry("authentication", "How requests may prove who they come from; with \"psk\" the key is the only proof.")
                    .list("\"basic\", \"digest\", \"bearer\", \"hmac\", \"certificate\"", check_way, AT(authentication)));
}

#undef AT
#define AT(member) \
  [](Place at) -> auto& { return at.member; }

void add_outgoing_tls(std::vector<Key>& out) {
  const auto usual = [&](std::string_view name, std::string_view comment, auto access) { add_pem_file(out, "outgoing", name, comment, access); };
  usual("ca", "Who may sign certificates of hosts that are called by https; \"\": whom the system trusts (/etc/ssl/certs/ca-certificates.crt). Read anew by SIGHUP.",
        AT(config.outgoing_tls.ca));
  usual("certificate", "This SCL's certificate for hosts that ask for one, and those that signed it; \"\": none.", AT(config.outgoing_tls.certificate));
  usual("private_key", "Its private key; refused if everybody may read it.", AT(config.outgoing_tls.private_key));
  const auto special = [&](std::string_view name, std::string_view comment, auto access) { add_pem_file(out, "peer", name, comment, access); };
  special("ca", "For the peer alone: who may sign its certificate; \"\": those of [outgoing].", AT(peer->tls.ca));
  special("certificate", "For the peer alone: the certificate that it is shown, and by which it knows this SCL if there is no credential; \"\": that of [outgoing].", AT(peer->tls.certificate));
  special("private_key", "Its private key; refused if everybody may read it.", AT(peer->tls.private_key));
  out.push_back(std::move(Entry("peer", "psk_identity", "Identity of a pre-shared key for TLS with the peer, in the place of certificates.").reloads())
                    .text("a PSK identity, or empty", check_psk_identity, AT(peer->tls.psk_identity)));
  out.push_back(std::move(Entry("peer", "psk_file", "File of that key: hex:... or base64:..., 16 to 64 octets; mode 0600, or 0440 with the daemon's group.").reloads())
                    .text("a file, or empty", check_file, AT(peer->psk_file)));
}

#undef AT

}  // namespace nscl::app
