// SPDX-License-Identifier: Apache-2.0
// Which commands a device knows, by its methods.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/rem/device_facts.h>

namespace nscl::rem {

/// A cmdType, the method of CWMP that it needs, and the id of the mgmtCmd that is made for it (rem.md 1.6).
struct CommandOf {
  std::string_view type, method, id;
};
inline constexpr std::array<CommandOf, 7> commands{{
    {"REBOOT", "Reboot", "reboot"},
    {"RESET", "FactoryReset", "factoryReset"},
    {"DOWNLOAD", "Download", "download"},
    {"UPLOAD", "Upload", "upload"},
    {"SCHEDULEINFORM", "ScheduleInform", "scheduleInform"},
    {"SCHEDULEDOWNLOAD", "ScheduleDownload", "scheduleDownload"},
    {"CHANGEDUSTATE", "ChangeDUState", "changeDUState"},
}};

inline std::string_view method_of(std::string_view command) {
  const auto found = std::ranges::find(commands, command, &CommandOf::type);
  return found == commands.end() ? std::string_view{} : found->method;
}

/// `told`: what it named just now, before it is in the facts. What turned out not to work counts more than what it names.
inline bool knows_method(const DeviceFacts& facts, const std::vector<std::string>& told, std::string_view method) {
  const auto holds = [&](const std::vector<std::string>& list) { return std::ranges::find(list, method) != list.end(); };
  return !holds(facts.unsupported) && (holds(told) || (told.empty() && holds(facts.methods)));
}

}  // namespace nscl::rem
