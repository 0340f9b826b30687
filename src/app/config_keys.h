// SPDX-License-Identifier: Apache-2.0
// The table of configuration keys: reading, printing, documentation and reload are all derived from it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nscl/app/config.h>

namespace nscl::app {

/// Where a key's value lives: in the Config, or in one of the parts that a [[section]] stands for.
struct Place {
  Config& config;
  ListenerConfig* listener = nullptr;         ///< of a key of [[listener]]
  PeerConfig* peer = nullptr;                 ///< of a key of [[peer]]
  ExternalAcsConfig* external = nullptr;      ///< of a key of [[external_acs]]
  security::Allowances::Limits* allowance = nullptr;   ///< of a key of [[allowance]]
};

/// A value as it was written, before the key has judged it.
using Given = std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>>;

using Problem = std::optional<std::string>;  ///< what is wrong with a value; nullopt if nothing is

/// How a value that came as text (environment) is to be understood.
enum class Form { number, text, flag, list };

struct Key {
  std::string section, name;
  std::string comment;      ///< one sentence or two, for the operator
  std::string type, range;  ///< as the documentation says them
  Form form = Form::text;
  bool is_secret = false;  ///< its value is not printed
  bool reloads = false;    ///< a running daemon takes a new value over
  std::function<Problem(Place, const Given&)> set;
  std::function<std::string(Place)> get;  ///< as TOML

  std::string path() const { return section + "." + name; }
};

/// Sections in the order of the file, each with a sentence for the heading.
struct Section {
  std::string name;
  std::string comment;
  bool is_list = false;  ///< [[name]]: may stand several times
};

const std::vector<Section>& sections();
const std::vector<Key>& keys();
const Key* find_key(std::string_view section, std::string_view name);
const Section* find_section(std::string_view name);   ///< null if there is none

/// How often a [[section]] stands in `config`; 1 for the others.
std::size_t occurrences(const Config& config, const std::string& section);
void set_occurrences(Config& config, const std::string& section, std::size_t count);
/// Where the values of its occurrence number `index` live; 0 for the others.
Place place_of(Config& config, const std::string& section, std::size_t index);

// text forms of values (config_values.cpp)
std::optional<std::chrono::milliseconds> parse_time(std::string_view text);  ///< "250ms", "10s", "5m", "1h", "7d"
std::optional<std::uint64_t> parse_size(std::string_view text);              ///< "512B", "64KiB", "1MiB", "2GiB"
std::string format_time(std::chrono::milliseconds time);
std::string format_size(std::uint64_t octets);
std::string quote(std::string_view text);  ///< as a TOML basic string
std::string describe(const Given& given);  ///< for an error text

/// Keys of sections that have a file of their own.
void add_audit(std::vector<Key>& out);   // config_audit.cpp

// checks on single texts (config_values.cpp)
Problem check_address(const std::string& text);
Problem check_uri_path(const std::string& text);
Problem check_path(const std::string& text);   ///< the same, or empty, or "/"
Problem check_base_uri(const std::string& text);
Problem check_scl_base(const std::string& text);
Problem check_authority(const std::string& text);
Problem check_id(const std::string& text);
Problem check_name(const std::string& text);
Problem check_credential(const std::string& text);
Problem check_network(const std::string& text);
Problem check_user(const std::string& text);
Problem check_directory(const std::string& text);

/// What no single key can tell; each problem names the keys it is about (config_check.cpp).
struct Conflict {
  std::string key;
  std::string text;
};
std::vector<Conflict> find_conflicts(const Config& config);

/// Whether other hosts can connect to the listener: its address is not of the loopback.
bool is_reachable(const net::ListenerOptions& listener);
/// What is allowed, but better known; one sentence each.
std::vector<std::string> find_cautions(const Config& config);

// parts of the table that have a file of their own
void add_keystore(std::vector<Key>& out);   ///< config_security.cpp
void add_integrity(std::vector<Key>& out);
void add_quotas(std::vector<Key>& out);
void add_tls(std::vector<Key>& out);        ///< of [[listener]]; config_tls.cpp
void add_outgoing_tls(std::vector<Key>& out);   ///< of [outgoing] and [[peer]]; config_tls.cpp
void add_timestamp_and_privacy(std::vector<Key>& out);   ///< config_timestamp.cpp
void add_provisioning(std::vector<Key>& out);   ///< config_provisioning.cpp
void add_management(std::vector<Key>& out);     ///< config_management.cpp
void add_acs(std::vector<Key>& out);            ///< config_acs.cpp
void add_dm(std::vector<Key>& out);             ///< config_dm.cpp
void check_dm(const Config& config, std::vector<Conflict>& out);         ///< a part of find_conflicts()
void add_files(std::vector<Key>& out);      ///< config_files.cpp
void check_files(const Config& config, std::vector<Conflict>& out);      ///< a part of find_conflicts()
void add_external_acs(std::vector<Key>& out);   ///< config_external.cpp
void check_external_acs(const Config& config, std::vector<Conflict>& out);   ///< a part of find_conflicts()
void add_wake(std::vector<Key>& out);   ///< of [management] and [stun]; config_wake.cpp
void add_smpp(std::vector<Key>& out);   ///< config_wake.cpp
void check_smpp(const Config& config, std::vector<Conflict>& out);   ///< a part of find_conflicts()
void check_purposes(const Config& config, std::vector<Conflict>& out);   ///< of [[listener]]; a part of find_conflicts()
void check_acs(const Config& config, std::vector<Conflict>& out);        ///< likewise; config_acs.cpp

}  // namespace nscl::app
