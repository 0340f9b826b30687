// SPDX-License-Identifier: Apache-2.0
// `nscl check-config` and `nscl version`.
#include <iostream>

#include <nscl/app/commands.h>
#include <nscl/resources/all.h>

#include "mappings.h"
#include "outgoing_tls.h"

namespace nscl::app {

int check_config(const CheckConfigCommand& command, char** environment) {
  if (command.reference) {
    std::cout << configuration_reference();
    return exit_ok;
  }
  try {
    const Config config = load_config(command.source.file, environment, command.source.overrides);
    read_outgoing_tls(config);
    if (const auto mappings = load_mappings(config.mappings, model::Registry(resources::all())); !mappings) throw ConfigError(mappings.error().detail);
    for (const std::string& caution : config.cautions) std::cerr << "Warning: " << caution << '\n';
    if (command.print) {
      std::cout << to_toml(config);
    } else {
      std::cout << "The configuration is valid.\n";
    }
    return exit_ok;
  } catch (const ConfigError& error) {
    std::cerr << error.what() << '\n';
    return exit_usage;
  }
}

std::string version_text() { return NSCL_VERSION; }

}  // namespace nscl::app
