// SPDX-License-Identifier: Apache-2.0
// RPCs about deployment units (CWMP 1.2 and above).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nscl/base/secret.h>
#include <nscl/base/time.h>
#include <nscl/rem/tr069/transfers.h>

namespace nscl::rem::tr069 {

struct InstallOpStruct {
  static constexpr std::string_view name = "InstallOpStruct";
  std::string url;
  std::string uuid;
  std::string username;
  Secret password;
  std::string execution_env_ref;
};
struct UpdateOpStruct {
  static constexpr std::string_view name = "UpdateOpStruct";
  std::string uuid;
  std::string version;
  std::string url;
  std::string username;
  Secret password;
};
struct UninstallOpStruct {
  static constexpr std::string_view name = "UninstallOpStruct";
  std::string uuid;
  std::string version;
  std::string execution_env_ref;
};
using Operation = std::variant<InstallOpStruct, UpdateOpStruct, UninstallOpStruct>;

struct ChangeDUState {
  static constexpr std::string_view name = "ChangeDUState";
  std::vector<Operation> operations;
  std::string command_key;
};
struct ChangeDUStateResponse {
  static constexpr std::string_view name = "ChangeDUStateResponse";
};

struct OpResultStruct {
  std::string uuid;
  std::string deployment_unit_ref;
  std::string version;
  std::string current_state;             ///< "Installed", "Uninstalled", "Failed"
  bool resolved = false;
  std::string execution_unit_ref_list;   ///< paths, with commas between them
  std::optional<Time> start_time;
  std::optional<Time> complete_time;
  FaultStruct fault;
};
struct AutonOpResultStruct {
  OpResultStruct result;
  std::string operation_performed;       ///< "Install", "Update", "Uninstall"
};

struct DUStateChangeComplete {
  static constexpr std::string_view name = "DUStateChangeComplete";
  std::vector<OpResultStruct> results;
  std::string command_key;
};
struct DUStateChangeCompleteResponse {
  static constexpr std::string_view name = "DUStateChangeCompleteResponse";
};
struct AutonomousDUStateChangeComplete {
  static constexpr std::string_view name = "AutonomousDUStateChangeComplete";
  std::vector<AutonOpResultStruct> results;
};
struct AutonomousDUStateChangeCompleteResponse {
  static constexpr std::string_view name = "AutonomousDUStateChangeCompleteResponse";
};

}  // namespace nscl::rem::tr069
