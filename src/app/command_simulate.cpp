// SPDX-License-Identifier: Apache-2.0
// The command line of `nscl simulate`; what it does is in simulate.cpp.
#include <memory>

#include "command_line.h"

namespace nscl::app {
namespace {

void add_identity(CLI::App& command, SimulateCommand& options) {
  command.add_option("--serial-prefix", options.serial_prefix, "What stands before the six digits of each serial number")->capture_default_str();
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

void add_pace(CLI::App& command, SimulateCommand& options) {
  command.add_option("--count", options.count, "Number of devices")->check(CLI::Range(1, 1'000'000))->capture_default_str();
  command.add_option("--interval", options.interval, "PeriodicInformInterval (default: that of the model, a day)")->check(CLI::Range(1, 31'536'000))->type_name("SECONDS");
  command.add_option("--rate", options.rate, "At most so many sessions begin in a second (default: no bound)")->check(CLI::Range(1, 100'000));
  command.add_option("--parallel", options.parallel, "At most so many sessions at once")->check(CLI::Range(1, 20'000))->capture_default_str();
  command.add_option("--retry-scale", options.retry_scale, "Pauses after failed sessions (7 s to 3840 s) are multiplied by this")
      ->check(CLI::Range(0.0, 100.0))->capture_default_str();
  auto* once = command.add_flag("--once", options.is_once, "One session for each device, then end");
  command.add_option("--for", options.seconds, "End after this time")->check(CLI::Range(1, 31'536'000))->type_name("SECONDS")->excludes(once);
}

}  // namespace

void add_simulators(CLI::App& app, Action& action) {
  auto* parent = app.add_subcommand("simulate", "Play devices, to try a server out");
  parent->require_subcommand(1);
  auto* command = parent->add_subcommand("cpe", "Play devices of TR-069 that call an ACS (docs/simulator.md); exit code 1 if a session failed");
  const auto options = std::make_shared<SimulateCommand>();
  command->add_option("--acs", options->acs, "Where they call: http://host:port/path or https://...")->type_name("URL")->required();
  command->add_option("--ca", options->ca, "Who signed the certificate of the ACS (PEM; default: whom the system trusts)")->type_name("FILE");
  add_identity(*command, *options);
  add_behind(*command, *options);
  add_pace(*command, *options);
  auto* listen = command->add_option("--connection-requests", options->connection_requests, "Take connection requests there; port 0: the system chooses")
                     ->type_name("ADDR:PORT");
  command->add_option("--connection-user", options->connection_user, "User name for them, until the ACS sets another")->needs(listen);
  command->add_option("--connection-password-file", options->connection_password_file, "Its password: first line of a file")->type_name("FILE")->needs(listen);
  command->callback([options, &action] { action = [options] { return simulate_cpes(*options); }; });
}

}  // namespace nscl::app
