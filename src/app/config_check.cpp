// SPDX-License-Identifier: Apache-2.0
// Checks between keys: what each value alone cannot tell.
#include <boost/asio/ip/address.hpp>

#include <nscl/base/path.h>

#include "config_keys.h"

namespace nscl::app {
namespace {

using Conflicts = std::vector<Conflict>;

void check_paths(const core::Policy& policy, Conflicts& out) {
  if (policy.om2m_path.empty()) return;
  if (is_within(policy.om2m_path, policy.base_path) || is_within(policy.base_path, policy.om2m_path)) {
    out.push_back({"scl.om2m_path", quote(policy.om2m_path) + " and scl.base_path " + quote(policy.base_path) +
                                        " lie within each other"});
  }
  for (const std::string& path : {policy.base_path, policy.om2m_path}) {
    for (const std::string_view own : {"/livez", "/readyz"}) {
      if (is_within(own, path))
        out.push_back(
            {path == policy.om2m_path ? "scl.om2m_path" : "scl.base_path", quote(path) + " hides the health page"});
    }
  }
}

void check_lifetimes(const core::Policy& policy, Conflicts& out) {
  const auto maximum = policy.maximum_lifetime;
  if (maximum.count() == 0) return;
  if (policy.minimum_lifetime > maximum) out.push_back({"lifetime.minimum", "is longer than lifetime.maximum"});
  if (policy.default_lifetime > maximum) out.push_back({"lifetime.default", "is longer than lifetime.maximum"});
  if (policy.default_scl_lifetime > maximum) out.push_back({"lifetime.scl", "is longer than lifetime.maximum"});
}

void check_containers(const core::Policy& policy, Conflicts& out) {
  if (policy.maximum_nr_of_instances != 0 && policy.default_nr_of_instances > policy.maximum_nr_of_instances) {
    out.push_back({"container.default_nr_of_instances", "is above container.maximum_nr_of_instances"});
  }
  if (policy.maximum_byte_size != 0 && policy.default_byte_size > policy.maximum_byte_size) {
    out.push_back({"container.default_byte_size", "is above container.maximum_byte_size"});
  }
}

void check_listeners(const Config& config, Conflicts& out) {
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const ListenerConfig& listener = config.listeners[i];
    const std::string name = "listener[" + std::to_string(i) + "].";
    if (listener.head.target > listener.head.head) out.push_back({name + "target_limit", "is above head_limit"});
    if (listener.body_limit > listener.bytes_in_flight)
      out.push_back({name + "body_limit", "is above bytes_in_flight"});
    if (listener.drain_time > config.stop_time) out.push_back({name + "drain_time", "is longer than server.stop_time"});
    for (std::size_t j = 0; j < i && listener.port != 0; ++j) {
      if (config.listeners[j].port == listener.port && config.listeners[j].address == listener.address) {
        out.push_back({name + "port", "listener[" + std::to_string(j) + "] has the same address and port"});
      }
    }
  }
}

void check_tls(const Config& config, Conflicts& out) {
  using Mode = net::TlsOptions::Mode;
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const auto& tls = config.listeners[i].tls;
    const std::string name = "listener[" + std::to_string(i) + "].";
    const bool has_certificate = tls.mode == Mode::certificate;
    if (has_certificate && tls.certificate.empty()) out.push_back({name + "certificate", "is needed for tls = \"certificate\""});
    if (has_certificate && tls.private_key.empty()) out.push_back({name + "private_key", "is needed for tls = \"certificate\""});
    if (!has_certificate && !(tls.certificate + tls.private_key + tls.client_ca + tls.client_crl).empty())
      out.push_back({name + "tls", "is not \"certificate\", so that the files of certificates would do nothing"});
    if (tls.mode != Mode::psk && (tls.allow_no_forward_secrecy || !tls.psk_hint.empty()))
      out.push_back({name + "tls", "is not \"psk\", so that allow_no_forward_secrecy and psk_hint would do nothing"});
    if (tls.client_ca.empty() && tls.require_client_certificate) out.push_back({name + "client_ca", "is needed to judge certificates of clients"});
    if (tls.client_ca.empty() && !tls.client_crl.empty()) out.push_back({name + "client_ca", "is needed beside client_crl"});
  }
}

/// A certificate and its key; `name` stands before "certificate".
void check_pair(const net::OutgoingTlsOptions& tls, const std::string& name, Conflicts& out) {
  if (tls.certificate.empty() && !tls.private_key.empty()) out.push_back({name + "certificate", "is needed beside private_key"});
  if (tls.private_key.empty() && !tls.certificate.empty()) out.push_back({name + "private_key", "is needed beside certificate"});
}

void check_peer_tls(const PeerConfig& peer, const std::string& name, Conflicts& out) {
  check_pair(peer.tls, name, out);
  const bool has_certificates = !(peer.tls.ca + peer.tls.certificate + peer.tls.private_key).empty();
  const bool has_key = !(peer.tls.psk_identity + peer.psk_file).empty();
  if (has_key && peer.tls.psk_identity.empty()) out.push_back({name + "psk_identity", "is needed beside psk_file"});
  if (has_key && peer.psk_file.empty()) out.push_back({name + "psk_file", "is needed beside psk_identity"});
  if (has_key && has_certificates) out.push_back({name + "psk_identity", "a peer has either a pre-shared key or certificates, not both"});
  if ((has_key || has_certificates) && !peer.uri.starts_with("https://"))
    out.push_back({name + "uri", "is not https, so that the certificates and the pre-shared key of the peer would do nothing"});
}

void check_peers(const Config& config, Conflicts& out) {
  const auto& peers = config.peers;
  for (std::size_t i = 0; i < peers.size(); ++i) {
    const std::string name = "peer[" + std::to_string(i) + "].";
    if (peers[i].registers && peers[i].uri.empty()) out.push_back({name + "uri", "is needed to register there"});
    if (peers[i].registers && config.policy.base_uri.empty()) {
      out.push_back({name + "register", "needs scl.base_uri: the peer is told where this SCL is"});
    }
    check_peer_tls(peers[i], name, out);
    for (std::size_t j = 0; j < i; ++j) {
      if (peers[j].id == peers[i].id) out.push_back({name + "id", "peer[" + std::to_string(j) + "] has the same"});
    }
  }
}

void check_outgoing(const Config& config, Conflicts& out) {
  check_pair(config.outgoing_tls, "outgoing.", out);
  if (config.outgoing.connect_time > config.outgoing_time)
    out.push_back({"outgoing.connect_time", "is longer than outgoing.request_time"});
  if (config.outgoing.connections_per_destination > config.outgoing.connections)
    out.push_back({"outgoing.connections_per_destination", "is above outgoing.connections"});
}

void check_timestamp(const security::TimeStamping::Options& timestamp, Conflicts& out) {
  if (timestamp.certificate.empty() == timestamp.private_key.empty()) return;
  if (timestamp.private_key.empty()) out.push_back({"timestamp.private_key", "is needed beside timestamp.certificate"});
  else out.push_back({"timestamp.certificate", "is needed beside timestamp.private_key"});
}

}  // namespace

std::vector<Conflict> find_conflicts(const Config& config) {
  Conflicts out;
  if (config.listeners.empty()) out.push_back({"listener", "there is none"});
  if (config.store.directory.empty()) out.push_back({"store.directory", "is empty"});
  check_paths(config.policy, out);
  check_lifetimes(config.policy, out);
  check_containers(config.policy, out);
  check_listeners(config, out);
  check_tls(config, out);
  check_purposes(config, out);
  check_acs(config, out);
  check_dm(config, out);
  check_files(config, out);
  check_smpp(config, out);
  check_external_acs(config, out);
  check_outgoing(config, out);
  check_peers(config, out);
  check_timestamp(config.timestamp, out);
  const auto& special = config.credentials.special;
  for (std::size_t i = 0; i < special.size(); ++i) {
    if (special[i].principal.empty()) out.push_back({"allowance[" + std::to_string(i) + "].principal", "is needed"});
  }
  return out;
}

bool is_reachable(const net::ListenerOptions& listener) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(listener.address, error);
  if (error) return true;
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return !boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).is_loopback();
  return !address.is_loopback();
}

std::vector<std::string> find_cautions(const Config& config) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    if (config.listeners[i].tls.mode != net::TlsOptions::Mode::none || !is_reachable(config.listeners[i])) continue;
    out.push_back("listener[" + std::to_string(i) + "]: other hosts can reach " + config.listeners[i].address + ", and everything between " +
                  "here and them can read the passwords and contents of plain HTTP");
  }
  return out;
}

}  // namespace nscl::app
