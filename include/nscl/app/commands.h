// SPDX-License-Identifier: Apache-2.0
// What the commands of `nscl` do, free of the command line parser. Each returns the exit code of the process.
#pragma once

#include <cstdint>
#include <string>

#include <nscl/app/config.h>

namespace nscl::app {

/// 0: done. 1: it failed. 2: the command line or the configuration is wrong. 3: the audit trail is not as it was written.
enum ExitCode : int { exit_ok = 0, exit_failure = 1, exit_usage = 2, exit_tampered = 3 };

/// Where a command finds its configuration.
struct ConfigSource {
  std::string file;  ///< empty: defaults and environment
  Overrides overrides;
};

/// Runs the daemon until SIGTERM or SIGINT.
int serve(const ConfigSource& source, char** environment);

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

struct HealthcheckCommand {
  ConfigSource source;
  std::string url;  ///< empty: /readyz of the first listener
};
int healthcheck(const HealthcheckCommand& command, char** environment);

std::string version_text();

}  // namespace nscl::app
