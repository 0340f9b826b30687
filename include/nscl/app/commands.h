// SPDX-License-Identifier: Apache-2.0
// What the commands of `nscl` do, free of the command line parser. Each returns the exit code of the process.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nscl/app/config.h>

namespace nscl::app {

/// 0: done. 1: it failed. 2: the command line or the configuration is wrong. 3: the audit trail is not as it was written.
enum ExitCode : int { exit_ok = 0, exit_failure = 1, exit_usage = 2, exit_tampered = 3 };

/// Where a command finds its configuration.
struct ConfigSource {
  std::string file;  ///< empty: defaults and environment
  Overrides overrides;
};

struct ServeCommand {
  ConfigSource source;
  bool allow_root = false;  ///< serve other hosts as root, without a user to become
};
/// Runs the daemon until SIGTERM or SIGINT.
int serve(const ServeCommand& command, char** environment);

struct CheckConfigCommand {
  ConfigSource source;
  bool print = false;      ///< write the effective configuration
  bool reference = false;  ///< write docs/configuration.md
};
int check_config(const CheckConfigCommand& command, char** environment);

enum class PasswordSource { generated, file, standard_input, none, certificate };

struct PrincipalCommand {
  ConfigSource source;
  std::string name;
  std::string entity;  ///< empty: "applications/NAME", or the SCL itself for an operator
  bool is_operator = false;
  PasswordSource password = PasswordSource::generated;
  std::string password_file;
  std::string certificate;  ///< with PasswordSource::certificate: the name in it that proves the principal, "URI:..." or "DNS:..."
  bool digest = false;      ///< also keep what HTTP Digest is judged by
  bool json = false;
};
int add_principal(const PrincipalCommand& command, char** environment);
int remove_principal(const PrincipalCommand& command, char** environment);
int list_principals(const PrincipalCommand& command, char** environment);
int change_password(const PrincipalCommand& command, char** environment);

struct TokenCommand {
  ConfigSource source;
  std::string principal, id, name;
  std::vector<std::string> flags;      ///< READ, WRITE, CREATE, DELETE, DISCOVER; empty: all of them
  std::vector<std::string> paths;      ///< below the sclBase: "/applications/meter"; empty: everywhere
  std::vector<std::string> networks;   ///< empty: from everywhere
  std::string life = "90d";            ///< at most 365 days
  bool json = false;
};
int add_token(const TokenCommand& command, char** environment);
int list_tokens(const TokenCommand& command, char** environment);
int revoke_token(const TokenCommand& command, char** environment);

enum class KeySource { generated, file, standard_input };

struct KeyCommand {
  ConfigSource source;
  std::string identity;
  std::string entity;
  bool signs = false;       ///< an application key
  KeySource key = KeySource::generated;
  std::string key_file;
  std::string not_after;    ///< xs:dateTime; empty: never
  bool may_be_weak = false;
  bool json = false;
};
int add_key(const KeyCommand& command, char** environment);
int list_keys(const KeyCommand& command, char** environment);
int revoke_key(const KeyCommand& command, char** environment);
int rotate_key(const KeyCommand& command, char** environment);

struct KeyImportCommand {
  ConfigSource source;
  std::string file;
  bool may_be_weak = false;
  bool is_dry = false;
};
int import_keys(const KeyImportCommand& command, char** environment);

struct KeyRequestCommand {
  unsigned count = 1;
  std::string prefix;
};
/// Writes a key file without keys, for whoever makes the devices.
int request_keys(const KeyRequestCommand& command);

int change_data_key(const ConfigSource& source, char** environment);
/// `next`: source of the new master key.
int change_master_key(const ConfigSource& source, const std::string& next, char** environment);

struct ResolvePseudonymCommand {
  ConfigSource source;
  std::string pseudonym;    ///< 32 characters, or a URI that ends in them
  std::string peer;         ///< entity that was told it; empty: any
  unsigned days = 30;       ///< how far back it may have been told
};
int resolve_pseudonym(const ResolvePseudonymCommand& command, char** environment);

struct AuditCommand {
  ConfigSource source;
  std::string from, to;               ///< times; empty: no bound
  std::string event, principal;       ///< empty: all
  std::uint64_t after = 0;
  std::size_t limit = 100;
  std::uint64_t first = 1, last = UINT64_MAX;   ///< of the records to verify
  std::string head_file;              ///< empty: none
  std::string entity;
};
int list_audit(const AuditCommand& command, char** environment);
int export_audit(const AuditCommand& command, char** environment);
int verify_audit_trail(const AuditCommand& command, char** environment);
int show_audit_head(const AuditCommand& command, char** environment);
int erase_audit(const AuditCommand& command, char** environment);

struct IntegrityCommand {
  ConfigSource source;
  std::string scl;      ///< empty: of all
  bool json = false;
};
int list_integrity(const IntegrityCommand& command, char** environment);

struct QuarantineCommand {
  ConfigSource source;
  std::string scl;
  std::string reason;
  bool json = false;
};
int add_quarantine(const QuarantineCommand& command, char** environment);
int remove_quarantine(const QuarantineCommand& command, char** environment);
int list_quarantine(const QuarantineCommand& command, char** environment);

struct FileCommand {
  ConfigSource source;
  std::string file;           ///< to import
  std::string name;
  std::string type = "1 Firmware Upgrade Image";
  std::string version, oui, product_class;
  std::string signature;      ///< file; empty: none
  bool json = false;
};
int import_file(const FileCommand& command, char** environment);
int list_files(const FileCommand& command, char** environment);
int remove_file(const FileCommand& command, char** environment);
/// Reads the octets of all files; exit code 1 if any are not those that were imported, or are not signed as they have to be.
int verify_files(const FileCommand& command, char** environment);

struct NodeCommand {
  ConfigSource source;
  std::string hardware;
  std::string scl_id;         ///< empty: the SCL is called as the node
  std::string environment;
  bool with_voucher = false;  ///< shown once
  std::uint64_t index = 0;    ///< of the root key in force, for erase_node()
  bool json = false;
};
int expect_node(const NodeCommand& command, char** environment);
struct NodeImportCommand {
  ConfigSource source;
  std::string file;
};
/// All devices of a file, or none.
int import_nodes(const NodeImportCommand& command, char** environment);
int list_nodes(const NodeCommand& command, char** environment);
int block_node(const NodeCommand& command, char** environment);
int unblock_node(const NodeCommand& command, char** environment);
int approve_node(const NodeCommand& command, char** environment);
int erase_node(const NodeCommand& command, char** environment);

/// Plays a device: bootstrap, service connection, registration.
struct DeviceCommand {
  std::string bootstrap;      ///< "host:port"
  std::string ca, certificate, private_key;
  std::string voucher_file;   ///< with the voucher, in place of certificates
  std::string connection;     ///< "host:port"; empty: what the bootstrap says
  std::string mid;            ///< "host:port"; empty: no registration
  std::string scl_base = "/m2m";
  std::string save;           ///< file for node id and keys; empty: they are forgotten
};
int bootstrap_device(const DeviceCommand& command);

/// How many devices are played, and how fast (docs/simulator.md).
struct SimulatePace {
  std::size_t count = 1;
  std::string serial_prefix;
  unsigned interval = 0;          ///< seconds between two sessions that a device begins by itself; 0: as its kind does
  std::size_t rate = 0;           ///< sessions begun each second; 0: no bound
  std::size_t parallel = 1000;
  double retry_scale = 1;
  unsigned seconds = 0;           ///< how long; 0: until a signal
  bool is_once = false;
  std::string ca;                 ///< PEM file: who signed the certificate of the server; empty: whom the system trusts
};

/// Plays devices of TR-069.
struct SimulateCommand {
  std::string acs;                ///< URL
  SimulatePace pace{.serial_prefix = "SIM"};
  std::string manufacturer, oui, product_class;   ///< empty: those of the simulator
  std::string user;               ///< empty: the id of each device
  std::string password_file;      ///< empty: no authentication
  std::string style = "plain";
  std::string model;              ///< "tr181", "tr098"; empty: what goes with the style
  unsigned embedded = 0, callers = 0;   ///< behind each device, which is a gateway then
  std::string connection_requests;   ///< "address:port"; empty: none
  std::string connection_user;
  std::string connection_password_file;
};
int simulate_cpes(const SimulateCommand& command);

/// Plays clients of OMA-DM.
struct SimulateDmCommand {
  std::string url;                ///< of the server
  SimulatePace pace{.serial_prefix = "urn:dev:ops:00A0C9-SIMDM-"};
  std::string user;               ///< LocName; empty: the id of each device
  std::string password_file;      ///< empty: no credentials
  std::string server_id = "nscl";
  std::string server_password_file;   ///< empty: every server is believed
  std::string style = "plain", login = "md5", server_login = "md5", mac_mistake;
  std::string manufacturer;       ///< empty: that of the simulator
  bool is_wbxml = false, hmac_by_rfc_2104 = false;
  std::size_t log_size = 64;      ///< octets of the log of DiagMon
  unsigned result = 0;            ///< of FUMO; 0: what becomes of it
  unsigned action_time = 1'000, reboot_time = 2'000;   ///< milliseconds
  std::string notifications;      ///< "address:port"; empty: none
  unsigned embedded = 0, callers = 0;   ///< behind each device, which is a gateway then: that it speaks for, and with sessions of their own
};
int simulate_dm_clients(const SimulateDmCommand& command);

/// A device that is managed over TR-069 or OMA-DM.
struct ManagedDeviceCommand {
  ConfigSource source;
  std::string device;         ///< its id
  std::string state;          ///< list: in this state only; empty: all
  std::string gateway;        ///< list: behind this one only; empty: all
  std::string scl;            ///< adopt: it is this SCL ...
  std::string managed;        ///< ... or this path; both empty: what it was, or an SCL of its own
  std::uint64_t operation = 0;
  std::size_t limit = 100;    ///< events
  std::string trace;          ///< trace: the number of one, "on" or "off"; empty: their list
  std::string alarm;          ///< alarms: the kind that is cleared; empty: they are listed
  bool with_pending = false;  ///< forget: though operations wait for it
  bool json = false;
};
int list_devices(const ManagedDeviceCommand& command, char** environment);
int show_device(const ManagedDeviceCommand& command, char** environment);
int list_operations(const ManagedDeviceCommand& command, char** environment);
int list_device_events(const ManagedDeviceCommand& command, char** environment);   ///< of all devices if none is named
int trace_device(const ManagedDeviceCommand& command, char** environment);         ///< choose_traces() for "on" and "off"
int choose_traces(const ManagedDeviceCommand& command, char** environment);
int list_alarms(const ManagedDeviceCommand& command, char** environment);          ///< clear_alarm() if one is named
int clear_alarm(const ManagedDeviceCommand& command, char** environment);
int cancel_operation(const ManagedDeviceCommand& command, char** environment);
int adopt_device(const ManagedDeviceCommand& command, char** environment);
int quarantine_device(const ManagedDeviceCommand& command, char** environment);
int reject_device(const ManagedDeviceCommand& command, char** environment);
int forget_device(const ManagedDeviceCommand& command, char** environment);
int connect_device(const ManagedDeviceCommand& command, char** environment);
int change_passwords(const ManagedDeviceCommand& command, char** environment);

struct DeviceCredentialCommand {
  ConfigSource source;
  std::string device;         ///< its id; empty: of `oui`
  std::string oui;            ///< a login that its devices share
  std::string user;
  std::string password_file;  ///< empty: standard input
  bool is_connection_request = false;   ///< as who this SCL authenticates there
  bool is_removed = false;    ///< the credential goes
};
int set_device_credential(const DeviceCredentialCommand& command, char** environment);

/// Says that an address is the one that remTriggerAddr of the device's scl names.
inline constexpr const char* trigger_address = "remTriggerAddr";

/// An account for a client of OMA-DM, which is made known here if it is not.
struct DeviceBootstrapCommand {
  ConfigSource source;
  std::string device;         ///< its id: the LocURI that it calls itself
  std::string url;            ///< where it calls
  std::string server_id;      ///< as whom this SCL shows itself
  std::string name;           ///< of this server, for people; empty: server_id
  std::string user;           ///< as whom the device shows itself; empty: its id, without colons
  std::string scl;            ///< it is this SCL; empty: what it was
  std::string profile = "w7"; ///< "w7" or "dm"
  std::string apn;            ///< the access point that the device is told of; empty: none
  std::string apn_user;       ///< there; empty: nobody asks
  std::string apn_password_file;
  std::string apn_auth = "chap";   ///< or "pap"
  std::string proxy;          ///< IPv4 address of a proxy of HTTP behind it; empty: none
  std::uint16_t proxy_port = 8080;
  std::string sec;            ///< "netwpin" or "userpin"; empty: the document is not proven
  std::string pin_file;       ///< what it is proven with
  bool is_pin_hex = false;    ///< that is octets in hexadecimal digits
  bool is_xml = false;        ///< to be looked at; without a proof
  std::string file;           ///< where the document goes; empty: to no file
  std::string push;           ///< where the daemon pushes it; trigger_address: where that of its scl says; empty: nowhere
};
int bootstrap_device(const DeviceBootstrapCommand& command, char** environment);

struct DeviceImportCommand {
  ConfigSource source;
  std::string file;
  bool is_dry = false;
};
int import_devices(const DeviceImportCommand& command, char** environment);

/// One EXECUTE for all members of a group (docs/fleets.md).
struct FleetCommand {
  ConfigSource source;
  std::uint64_t fleet = 0;
  bool with_members = false;   ///< show: each of them
  bool json = false;
};
int list_fleets(const FleetCommand& command, char** environment);
int show_fleet(const FleetCommand& command, char** environment);
int stop_fleet(const FleetCommand& command, char** environment);

struct HealthcheckCommand {
  ConfigSource source;
  std::string url;  ///< empty: /readyz of the first listener
};
int healthcheck(const HealthcheckCommand& command, char** environment);

std::string version_text();

}  // namespace nscl::app
