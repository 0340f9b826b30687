// SPDX-License-Identifier: Apache-2.0
// What the commands of `nscl` do, free of the command line parser. Each returns the exit code of the process.
#pragma once

#include <string>

#include <nscl/app/config.h>

namespace nscl::app {

/// 0: done. 1: it failed. 2: the command line or the configuration is wrong.
enum ExitCode : int { exit_ok = 0, exit_failure = 1, exit_usage = 2 };

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

enum class PasswordSource { generated, file, standard_input, none };

struct PrincipalCommand {
  ConfigSource source;
  std::string name;
  std::string entity;  ///< empty: "applications/NAME", or the SCL itself for an operator
  bool is_operator = false;
  PasswordSource password = PasswordSource::generated;
  std::string password_file;
  bool json = false;
};
int add_principal(const PrincipalCommand& command, char** environment);
int remove_principal(const PrincipalCommand& command, char** environment);
int list_principals(const PrincipalCommand& command, char** environment);
int change_password(const PrincipalCommand& command, char** environment);

struct HealthcheckCommand {
  ConfigSource source;
  std::string url;  ///< empty: /readyz of the first listener
};
int healthcheck(const HealthcheckCommand& command, char** environment);

std::string version_text();

}  // namespace nscl::app
