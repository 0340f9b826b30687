// SPDX-License-Identifier: Apache-2.0
// What the commands that work on the store beside a running daemon have in common.
#pragma once

#include <cstddef>
#include <iostream>
#include <memory>
#include <optional>
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

Config load_config(const ConfigSource& source, char** environment);

/// Not exclusive: the daemon may run. `may_make`: the store may be made here if there is none yet. Throws UsageError and ConfigError.
std::unique_ptr<store::Store> open_store(const Config& config, bool may_make);

/// Rows that are read at once.
inline constexpr std::size_t page = 1000;

/// Throws std::runtime_error with what the job said.
void write_or_throw(store::Store& store, store::WriteJob job);

/// The first line of a file, or of standard input if there is none; a terminal shows `prompt` and not what is typed.
/// Throws UsageError if it is empty or has more than 1024 octets; `what` is its name then.
std::string read_secret_line(const std::optional<std::string>& file, std::string_view what, std::string_view prompt);

/// Where a record of the audit trail says that a change by a command came from.
inline constexpr std::string_view command_line_source = "command line";
/// Who runs this command, for the audit trail: "uid 1000".
std::string invoker();
/// Records in the transaction of the change who made it here: `event`, the entity it concerns, and what it is called.
void record(store::Transaction& transaction, std::string_view event, std::string_view target, std::string_view note);

/// Runs the action; its exit code, or that of what it throws, which is told on standard error.
template <class Action>
int guarded(std::string_view command, Action action) {
  try {
    return action();
  } catch (const UsageError& error) {
    std::cerr << command << ": " << error.what() << '\n';
    return exit_usage;
  } catch (const ConfigError& error) {
    std::cerr << error.what() << '\n';
    return exit_usage;
  } catch (const std::exception& error) {
    std::cerr << command << ": " << error.what() << '\n';
    return exit_failure;
  }
}

}  // namespace nscl::app
