// SPDX-License-Identifier: Apache-2.0
// What the commands have in common that work on the store, beside a running daemon or without one.
#pragma once

#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nscl/app/commands.h>
#include <nscl/store/store.h>

namespace nscl::app {

/// The command cannot be carried out as it was given.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The store that `source` names, beside a daemon. `may_make`: it may be made here if there is none yet.
std::unique_ptr<store::Store> open_store(const ConfigSource& source, bool may_make, char** environment);

/// Runs a job; throws std::runtime_error with the reason if it fails.
void write_or_throw(store::Store& store, store::WriteJob job);

/// Who runs this command, for the audit trail: "uid 1000".
std::string invoker();
/// Where such a record says that the change came from.
inline constexpr std::string_view command_line_source = "command line";

/// Runs a command; what goes wrong is told on standard error and in the exit code.
template <class Action>
int guarded(std::string_view name, Action action) {
  try {
    return action();
  } catch (const UsageError& error) {
    std::cerr << name << ": " << error.what() << '\n';
    return exit_usage;
  } catch (const ConfigError& error) {
    std::cerr << error.what() << '\n';
    return exit_usage;
  } catch (const std::exception& error) {
    std::cerr << name << ": " << error.what() << '\n';
    return exit_failure;
  }
}

}  // namespace nscl::app
