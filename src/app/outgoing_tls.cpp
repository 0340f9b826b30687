// SPDX-License-Identifier: Apache-2.0
#include "outgoing_tls.h"

#include <nscl/base/guarded_file.h>
#include <nscl/security/key_identity.h>

namespace nscl::app {
namespace {

constexpr std::size_t largest_key_file = 1024;

std::shared_ptr<const Secret> read_psk(const std::string& file) {
  const Secret content = read_guarded_file(file, Guard::sight, largest_key_file);
  const auto text = content.view().substr(0, content.view().find_last_not_of("\r\n") + 1);
  auto key = security::parse_key_text(text);
  const auto quality = key ? security::check_quality(*key, false) : Result<void>{};
  if (!key || !quality) throw std::runtime_error(file + ": " + (key ? quality.error() : key.error()).detail);
  return std::make_shared<const Secret>(*std::move(key));
}

bool has_own_tls(const PeerConfig& peer) { return !(peer.tls.ca + peer.tls.certificate + peer.tls.psk_identity).empty(); }

/// What the peer has none of its own of is that of all others.
net::OutgoingTlsOptions tls_of(const PeerConfig& peer, const net::OutgoingTlsOptions& usual) {
  auto tls = peer.tls;
  if (!peer.psk_file.empty()) {
    tls.psk = read_psk(peer.psk_file);
    return tls;
  }
  if (tls.ca.empty()) tls.ca = usual.ca;
  if (tls.certificate.empty()) {
    tls.certificate = usual.certificate;
    tls.private_key = usual.private_key;
  }
  return tls;
}

}  // namespace

std::shared_ptr<const net::OutgoingTls::Contexts> read_outgoing_tls(const Config& config) {
  net::OutgoingTls::Options options;
  options.usual = config.outgoing_tls;
  std::string problems;
  const auto note = [&problems](const std::string& text) { problems += (problems.empty() ? "" : "\n") + text; };
  for (std::size_t i = 0; i < config.peers.size(); ++i) {
    const auto& peer = config.peers[i];
    const auto name = "peer[" + std::to_string(i) + "]";
    if (!has_own_tls(peer)) continue;
    try {
      options.special.push_back({name, peer.uri, tls_of(peer, config.outgoing_tls), !peer.tls.certificate.empty()});
    } catch (const std::runtime_error& error) {
      note(name + ".psk_file: " + error.what());
    }
  }
  std::shared_ptr<const net::OutgoingTls::Contexts> contexts;
  try {
    contexts = net::OutgoingTls::read(options);
  } catch (const std::runtime_error& error) {
    note(error.what());
  }
  if (!problems.empty()) throw ConfigError(problems);
  return contexts;
}

}  // namespace nscl::app
