// SPDX-License-Identifier: Apache-2.0
// The command line of `nscl simulate`; what it does is in simulate.cpp.
#include <memory>

#include "command_line.h"

namespace nscl::app {
namespace {

void add_identity(CLI::App& command, SimulateCommand& options) {
  command.add_option("--manufacturer", options.manufacturer, "Manufacturer in the DeviceId");
  command.add_option("--oui", options.oui, "OUI in the DeviceId: six hexadecimal digits (default: 00A0C9)");
  command.add_option("--product-class", options.product_class, "ProductClass in the DeviceId (default: SIM)");
  command.add_option("--user", options.user, "User name for the ACS (default: the id of each device, OUI-ProductClass-Serial)");
  command.add_option("--password-file", options.password_file, "Its password: first line of a file (default: no authentication)")->type_name("FILE");
  command.add_option("--style", options.style, "As the standard says, or with the habits of a client")
      ->check(CLI::IsMember({"plain", "netcwmp", "genieacs-sim", "cwmp-sim"}))->capture_default_str();
  command.add_option("--model", options.model, "Data model (default: tr181; tr098 for netcwmp and genieacs-sim)")->check(CLI::IsMember({"tr181", "tr098"}));
}

void add_behind(CLI::App& command, SimulateCommand& options) {
  constexpr int most_listed = 64;   // that are read of a list
  command.add_option("--embedded", options.embedded, "Each device is a gateway with so many lamps in its data model")->check(CLI::Range(0, most_listed));
  command.add_option("--virtual", options.callers, "Each device is a gateway with so many devices behind it that call by themselves")->check(CLI::Range(0, most_listed));
}

void add_pace(CLI::App& command, SimulatePace& pace, const char* interval) {
  command.add_option("--ca", pace.ca, "Who signed the certificate of the server (PEM; default: whom the system trusts)")->type_name("FILE");
  command.add_option("--serial-prefix", pace.serial_prefix, "What stands before the six digits of each serial number")->capture_default_str();
  command.add_option("--count", pace.count, "Number of devices")->check(CLI::Range(1, 1'000'000))->capture_default_str();
  command.add_option("--interval", pace.interval, interval)->check(CLI::Range(1, 31'536'000))->type_name("SECONDS");
  command.add_option("--rate", pace.rate, "At most so many sessions begin in a second (default: no bound)")->check(CLI::Range(1, 100'000));
  command.add_option("--parallel", pace.parallel, "At most so many sessions at once")->check(CLI::Range(1, 20'000))->capture_default_str();
  command.add_option("--retry-scale", pace.retry_scale, "Pauses after failed sessions (7 s to 3840 s) are multiplied by this")
      ->check(CLI::Range(0.0, 100.0))->capture_default_str();
  auto* once = command.add_flag("--once", pace.is_once, "One session for each device, then end");
  command.add_option("--for", pace.seconds, "End after this time")->check(CLI::Range(1, 31'536'000))->type_name("SECONDS")->excludes(once);
}

void add_cpe(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand("cpe", "Play devices of TR-069 that call an ACS (docs/simulator.md); exit code 1 if a session failed");
  const auto options = std::make_shared<SimulateCommand>();
  command->add_option("--acs", options->acs, "Where they call: http://host:port/path or https://...")->type_name("URL")->required();
  add_identity(*command, *options);
  add_behind(*command, *options);
  add_pace(*command, options->pace, "PeriodicInformInterval (default: that of the model, a day)");
  auto* listen = command->add_option("--connection-requests", options->connection_requests, "Take connection requests there; port 0: the system chooses")
                     ->type_name("ADDR:PORT");
  command->add_option("--connection-user", options->connection_user, "User name for them, until the ACS sets another")->needs(listen);
  command->add_option("--connection-password-file", options->connection_password_file, "Its password: first line of a file")->type_name("FILE")->needs(listen);
  command->callback([options, &action] { action = [options] { return simulate_cpes(*options); }; });
}

void add_dm_login(CLI::App& command, SimulateDmCommand& options) {
  command.add_option("--user", options.user, "Their name (LocName) in their credentials (default: the id of each device)");
  command.add_option("--password-file", options.password_file, "Its password: first line of a file (default: no credentials)")->type_name("FILE");
  command.add_option("--auth", options.login, "How they begin to prove who they are")->check(CLI::IsMember({"md5", "basic", "mac"}))->capture_default_str();
  command.add_option("--server-id", options.server_id, "Name of the server in its credentials and notifications")->capture_default_str();
  command.add_option("--server-password-file", options.server_password_file, "Its password: first line of a file (default: every server is believed)")
      ->type_name("FILE");
  command.add_option("--server-auth", options.server_login, "What the server is asked for; what is weaker is refused")
      ->check(CLI::IsMember({"md5", "basic", "mac"}))->capture_default_str();
  command.add_flag("--hmac-by-rfc-2104", options.hmac_by_rfc_2104, "x-syncml-hmac is an HMAC-MD5, in both directions");
  command.add_option("--mac-mistake", options.mac_mistake, "What goes wrong with it once in each session (default: nothing)")
      ->check(CLI::IsMember({"tampered", "reused"}));
}

void add_dm_habits(CLI::App& command, SimulateDmCommand& options) {
  constexpr int longest_time = 3'600'000, largest_log = 16 << 20;
  command.add_option("--manufacturer", options.manufacturer, "Man in the DevInfo (default: NSCL Simulator)");
  command.add_flag("--wbxml", options.is_wbxml, "WBXML in place of XML");
  command.add_option("--style", options.style, "As the standard says, or with the habits of a client")
      ->check(CLI::IsMember({"plain", "libdmclient"}))->capture_default_str();
  command.add_option("--log-size", options.log_size, "Octets of the log of DiagMon")->check(CLI::Range(0, largest_log))->capture_default_str();
  command.add_option("--fumo-result", options.result, "What each download or update of firmware ends with (default: what becomes of it)")
      ->check(CLI::Range(200, 599));
  command.add_option("--action-time", options.action_time, "Before a download, and for an installation")
      ->check(CLI::Range(0, longest_time))->type_name("MILLISECONDS")->capture_default_str();
  command.add_option("--reboot-time", options.reboot_time, "For a restart")->check(CLI::Range(0, longest_time))->type_name("MILLISECONDS")->capture_default_str();
}

void add_dm_behind(CLI::App& command, SimulateDmCommand& options) {
  constexpr int most_listed = 32;   // of each: 64 are read of a list
  command.add_option("--embedded", options.embedded, "Each device is a gateway that speaks for so many lamps")->check(CLI::Range(0, most_listed));
  command.add_option("--virtual", options.callers, "Each device is a gateway with so many devices behind it that have sessions of their own")
      ->check(CLI::Range(0, most_listed));
}

void add_dm(CLI::App& parent, Action& action) {
  auto* command = parent.add_subcommand("dm", "Play clients of OMA-DM (docs/simulator.md); exit code 1 if a session failed");
  const auto options = std::make_shared<SimulateDmCommand>();
  command->add_option("--url", options->url, "Where they call: http://host:port/path or https://...")->type_name("URL")->required();
  add_dm_login(*command, *options);
  add_dm_habits(*command, *options);
  add_dm_behind(*command, *options);
  add_pace(*command, options->pace, "Between two sessions that a device begins by itself (default: it has but its first)");
  command->add_option("--notifications", options->notifications,
                      "Take notifications (package 0) there, by HTTP and by UDP at this port and those after it; port 0: the system chooses")
      ->type_name("ADDR:PORT");
  command->callback([options, &action] { action = [options] { return simulate_dm_clients(*options); }; });
}

}  // namespace

void add_simulators(CLI::App& app, Action& action) {
  auto* parent = app.add_subcommand("simulate", "Play devices, to try a server out");
  parent->require_subcommand(1);
  add_cpe(*parent, action);
  add_dm(*parent, action);
}

}  // namespace nscl::app
