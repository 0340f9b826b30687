// SPDX-License-Identifier: Apache-2.0
// What the files that declare commands to the command line parser share.
#pragma once

#include <unistd.h>

#include <functional>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include <nscl/app/commands.h>

namespace nscl::app {

/// What the chosen command wants to run.
using Action = std::function<int()>;

/// --config and --data-dir
void add_source(CLI::App& command, ConfigSource& source);

/// A command below `parent` that runs `function` with its options.
template <class Command>
CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& help, int (*function)(const Command&, char**),
                      const std::shared_ptr<Command>& options, Action& action) {
  auto* command = parent.add_subcommand(name, help);
  add_source(*command, options->source);
  command->callback([options, function, &action] { action = [options, function] { return function(*options, environ); }; });
  return command;
}

/// `nscl token` and what is below it (command_tokens.cpp).
void add_tokens(CLI::App& app, Action& action);

/// `nscl key` and what is below it (command_keys.cpp).
void add_keys(CLI::App& app, Action& action);

/// `nscl node` with what is below it, and `nscl bootstrap-device` (command_node.cpp).
void add_nodes(CLI::App& app, Action& action);

/// `nscl device` and what is below it (command_device.cpp).
void add_devices(CLI::App& app, Action& action);

/// `nscl fleet` and what is below it (command_fleet.cpp).
void add_fleets(CLI::App& app, Action& action);

/// `nscl audit` (command_audit.cpp).
void add_audit(CLI::App& app, Action& action);

/// `nscl pseudonym` (command_pseudonyms.cpp).
void add_pseudonyms(CLI::App& app, Action& action);

/// `nscl integrity` and `nscl quarantine` (command_integrity.cpp).
void add_integrity(CLI::App& app, Action& action);

/// `nscl simulate` and what is below it (command_simulate.cpp).
void add_simulators(CLI::App& app, Action& action);
/// `nscl file` (command_files.cpp).
void add_files(CLI::App& app, Action& action);

}  // namespace nscl::app
