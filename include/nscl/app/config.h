// SPDX-License-Identifier: Apache-2.0
// Configuration: nscl.toml, NSCL_* environment and command line -> Config, each key with default, range and error text.
#pragma once

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/log.h>
#include <nscl/core/policy.h>
#include <nscl/delivery/options.h>
#include <nscl/http/provisioning.h>
#include <nscl/rem/external_acs.h>
#include <nscl/rem/nrem.h>
#include <nscl/net/listener.h>
#include <nscl/net/web_client.h>
#include <nscl/rem/omadm/dm_session.h>
#include <nscl/rem/tr069/acs.h>
#include <nscl/rem/traces.h>
#include <nscl/rem/files.h>
#include <nscl/rem/wake.h>
#include <nscl/security/bootstrap.h>
#include <nscl/security/credentials.h>
#include <nscl/security/keystore.h>
#include <nscl/security/service_connection.h>
#include <nscl/security/time_stamping.h>
#include <nscl/store/store.h>

namespace nscl::app {

/// An address, and how requests there prove who they come from.
struct ListenerConfig : net::ListenerOptions {
  /// tree: the resource tree (mIa, mId). connection: service connection, by root keys. bootstrap: by certificates or vouchers. acs: TR-069.
  /// files: for devices, by the credentials of a transfer. dm: OMA-DM.
  enum class Purpose { tree, connection, bootstrap, acs, files, dm };
  Purpose purpose = Purpose::tree;
  std::vector<std::string> authentication{"basic", "bearer", "hmac", "certificate"};   ///< the ways that are admitted; not with pre-shared keys
  bool from_one_address = false;   ///< with pre-shared keys: one_address
};

struct BootstrapConfig : security::Bootstrap::Options {
  security::HardwareRule rule;
  http::ProvisioningOptions documents;
};

/// Another SCL, and by which keys and certificates it is called.
struct PeerConfig : delivery::PeerOptions {
  net::OutgoingTlsOptions tls;   ///< without the key itself, which stands in psk_file
  std::string psk_file;
};

/// How devices are called.
struct WakeConfig {
  bool is_on = true;
  rem::CallOptions calls;   ///< without tls, which is that of [outgoing]
  rem::WakeOptions wake;
  rem::StunOptions stun;    ///< address empty: there is no STUN server
};

/// An ACS elsewhere, through which this SCL manages devices.
struct ExternalAcsConfig : rem::ExternalOptions {
  enum class Kind { genieacs };
  enum class Devices { listed, all };
  Kind kind = Kind::genieacs;
  Devices devices = Devices::listed;
  std::string uri;          ///< "http://host:port"
  std::string credential;   ///< "user:password"; empty: it asks for none
};

struct Config {
  Config() { store.directory = "/var/lib/nscl"; }

  core::Policy policy;  ///< [scl], [lifetime], [container], [answers], [limits], [om2m]
  std::vector<ListenerConfig> listeners{ListenerConfig{}};              ///< [[listener]]
  store::Options store;                                                 ///< [store]
  security::Credentials::Options credentials;                           ///< [authentication]
  security::Keystore::Options keystore;                                 ///< [keystore]; its directory is that of the store
  security::ServiceConnections::Options connection;                     ///< [connection]
  rem::tr069::AcsOptions acs;                                           ///< [acs]
  rem::omadm::DmOptions dm;                                             ///< [dm]
  BootstrapConfig bootstrap;                                            ///< [bootstrap]
  net::WebClientOptions outgoing;                                       ///< [outgoing]
  net::OutgoingTlsOptions outgoing_tls;                                 ///< [outgoing] ca, certificate, private_key
  std::chrono::milliseconds outgoing_time{30'000};                      ///< [outgoing] request_time
  delivery::Options delivery;                                           ///< [delivery]; its peers are those below
  std::vector<std::string> mappings;                                      ///< [management] files
  rem::NremOptions management;                                            ///< [management]
  rem::TraceOptions traces;                                      ///< [management] trace*
  std::vector<PeerConfig> peers;                                        ///< [[peer]]
  security::TimeStamping::Options timestamp;                            ///< [timestamp]
  rem::FilesOptions files;                                              ///< [files]; its directory is in that of the store
  std::vector<ExternalAcsConfig> external_acs;                          ///< [[external_acs]]
  WakeConfig wake;                                                      ///< [management] connection_request*, [stun]
  std::string user;                                                     ///< [server] user; empty: whoever started it
  std::chrono::seconds audit_retention{365 * 86'400};                     ///< [audit] retention
  unsigned threads = 0;                                                 ///< [server] threads; 0: one per core
  std::chrono::milliseconds stop_time{10'000};                          ///< [server] stop_time
  log::Form log_form = log::Form::text;                                 ///< [log] form
  log::Level log_level = log::Level::info;                              ///< [log] level
  std::vector<std::string> cautions;  ///< what is allowed, but the operator should know; found by load_config
};

inline rem::FilesOptions files_options(const Config& config) {
  auto options = config.files;
  options.store.directory = config.store.directory / "files";
  options.admin_url = config.policy.base_uri;
  return options;
}

inline security::Keystore::Options keystore_options(const Config& config) {
  auto options = config.keystore;
  options.directory = config.store.directory;
  return options;
}

/// Thrown with everything that is wrong, one problem a line: "nscl.toml:12: store.queue: 0 is below 1".
struct ConfigError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What the command line says; it wins over everything else.
struct Overrides {
  std::string data_dir;  ///< empty: not given
  std::vector<std::string>
      listen;  ///< "127.0.0.1:8080", "[::1]:8080"; the n-th replaces address and port of the n-th listener
};

/// Reads `file` (empty: defaults only), applies the environment (NSCL_STORE_DIRECTORY=..., or
/// NSCL_STORE_DIRECTORY_FILE= the file that holds the value) and the overrides, then checks. Throws ConfigError.
Config load_config(const std::filesystem::path& file, char** environment, const Overrides& overrides = {});

/// The same for a text that is in memory already; `name` stands in the problems.
Config parse_config(std::string_view text, const std::string& name, char** environment = nullptr,
                    const Overrides& overrides = {});

/// A configuration as a commented file; that of Config{} is config/nscl.toml.
std::string to_toml(const Config& config);
/// docs/configuration.md, generated from the same table.
std::string configuration_reference();

/// The keys whose values differ and that a running daemon cannot take over; empty if there are none.
std::vector<std::string> keys_that_need_a_restart(const Config& running, const Config& wanted);

}  // namespace nscl::app
