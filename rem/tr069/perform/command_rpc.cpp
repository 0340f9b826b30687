// SPDX-License-Identifier: Apache-2.0
// Which RPC a command is, with its arguments named as the RPC's elements.
#include <algorithm>
#include <array>
#include <limits>

#include <nscl/rem/tr069/performance.h>

#include "arguments.h"

namespace nscl::rem::tr069 {
namespace {

using Need = Arguments::Need;

constexpr std::size_t longest_file_type = 64, longest_text = 256, longest_du_url = 1024, longest_uuid = 36, longest_version = 32;
constexpr std::size_t most_operations = 16;

/// What Download, Upload and ScheduleDownload have in common. An Upload without a URL gets one of ours before it is sent.
template <class Rpc>
Rpc transfer(Arguments& arguments, const std::string& key, Need url = Need::must) {
  Rpc out;
  out.command_key = key;
  out.file_type = arguments.text("FileType", longest_file_type, Need::must);
  out.url = arguments.text("URL", longest_text, url);
  out.username = arguments.text("Username", longest_text);
  out.password = arguments.secret("Password");
  return out;
}

Message download(Arguments& arguments, const std::string& key) {
  auto out = transfer<Download>(arguments, key);
  out.file_size = arguments.unsigned_int("FileSize");
  out.target_file_name = arguments.text("TargetFileName", longest_text);
  out.delay_seconds = arguments.unsigned_int("DelaySeconds");
  out.success_url = arguments.text("SuccessURL", longest_text);
  out.failure_url = arguments.text("FailureURL", longest_text);
  return out;
}

Message upload(Arguments& arguments, const std::string& key, Need url) {
  auto out = transfer<Upload>(arguments, key, url);
  out.delay_seconds = arguments.unsigned_int("DelaySeconds");
  return out;
}

bool is_window_mode(std::string_view mode) {
  constexpr std::array<std::string_view, 4> modes = {"1 At Any Time", "2 Immediately", "3 When Idle", "4 Confirmation Needed"};
  return std::ranges::find(modes, mode) != modes.end() || mode.starts_with("X ");
}

TimeWindowStruct time_window(const Argument& structure, std::vector<std::string>& complaints, std::size_t number) {
  Arguments arguments(structure.parts, complaints, "TimeWindow " + std::to_string(number) + ": ");
  TimeWindowStruct out;
  out.window_start = arguments.unsigned_int("WindowStart", Need::must);
  out.window_end = arguments.unsigned_int("WindowEnd", Need::must);
  out.window_mode = arguments.text("WindowMode", longest_file_type, Need::must);
  out.user_message = arguments.text("UserMessage", longest_text);
  out.max_retries = static_cast<std::int32_t>(arguments.number("MaxRetries", -1, std::numeric_limits<std::int32_t>::max(), 0));
  if (!out.window_mode.empty() && !is_window_mode(out.window_mode)) arguments.complain("no mode of TR-069", "WindowMode");
  if (out.window_end < out.window_start) arguments.complain("before WindowStart", "WindowEnd");
  return out;
}

Message schedule_download(Arguments& arguments, const std::string& key, std::vector<std::string>& complaints) {
  auto out = transfer<ScheduleDownload>(arguments, key);
  out.file_size = arguments.unsigned_int("FileSize");
  out.target_file_name = arguments.text("TargetFileName", longest_text);
  for (const auto* list : arguments.structures({"TimeWindowList"})) {
    Arguments windows(list->parts, complaints, "TimeWindowList: ");
    for (const auto* window : windows.structures({"TimeWindow", "TimeWindowStruct"})) {
      out.time_windows.push_back(time_window(*window, complaints, out.time_windows.size() + 1));
    }
  }
  const auto& windows = out.time_windows;
  if (windows.empty() || windows.size() > 2) arguments.complain("not of one or two time windows", "TimeWindowList");
  if (windows.size() == 2 && windows[1].window_start < windows[0].window_end) {
    arguments.complain("of windows that overlap, or not in order", "TimeWindowList");
  }
  return out;
}

Operation install(Arguments& arguments) {
  InstallOpStruct out;
  out.url = arguments.text("URL", longest_du_url, Need::must);
  out.uuid = arguments.text("UUID", longest_uuid);
  out.username = arguments.text("Username", longest_text);
  out.password = arguments.secret("Password");
  out.execution_env_ref = arguments.text("ExecutionEnvRef", longest_text);
  return out;
}

Operation update(Arguments& arguments) {
  UpdateOpStruct out;
  out.uuid = arguments.text("UUID", longest_uuid);
  out.version = arguments.text("Version", longest_version);
  out.url = arguments.text("URL", longest_du_url);
  out.username = arguments.text("Username", longest_text);
  out.password = arguments.secret("Password");
  return out;
}

Operation uninstall(Arguments& arguments) {
  UninstallOpStruct out;
  out.uuid = arguments.text("UUID", longest_uuid, Need::must);
  out.version = arguments.text("Version", longest_version);
  out.execution_env_ref = arguments.text("ExecutionEnvRef", longest_text);
  return out;
}

Message change_du_state(Arguments& arguments, const std::string& key, std::vector<std::string>& complaints) {
  ChangeDUState out;
  out.command_key = key;
  const auto operations = arguments.structures({"Operations"});
  if (operations.empty() || operations.size() > most_operations) arguments.complain("not of 1 to 16 structures", "Operations");
  std::size_t number = 0;
  for (const auto* operation : operations) {
    Arguments fields(operation->parts, complaints, "Operations " + std::to_string(++number) + ": ");
    const auto kind = fields.text("Operation", longest_text);
    if (kind == "Install") out.operations.push_back(install(fields));
    else if (kind == "Update") out.operations.push_back(update(fields));
    else if (kind == "Uninstall") out.operations.push_back(uninstall(fields));
    else fields.complain("not Install, Update or Uninstall", "Operation");
  }
  return out;
}

Message schedule_inform(Arguments& arguments, const std::string& key) {
  const auto seconds = arguments.number("DelaySeconds", 1, std::numeric_limits<std::uint32_t>::max(), 1, Need::must);
  return ScheduleInform{static_cast<std::uint32_t>(seconds), key};
}

Result<Message> rpc_with(const Command& command, const std::string& key, Need upload_url) {
  std::vector<std::string> complaints;
  Message out;
  {
    Arguments arguments(command.arguments, complaints);
    if (command.type == "RESET") out = FactoryReset{};
    else if (command.type == "REBOOT") out = Reboot{key};
    else if (command.type == "DOWNLOAD") out = download(arguments, key);
    else if (command.type == "UPLOAD") out = upload(arguments, key, upload_url);
    else if (command.type == "SCHEDULEDOWNLOAD") out = schedule_download(arguments, key, complaints);
    else if (command.type == "SCHEDULEINFORM") out = schedule_inform(arguments, key);
    else if (command.type == "CHANGEDUSTATE") out = change_du_state(arguments, key, complaints);
    else return bad_request("there is no such command");
  }
  if (complaints.empty()) return out;
  std::string text = "arguments of " + command.type + ": ";
  for (std::size_t i = 0; i < complaints.size(); ++i) {
    if (i == 32) return bad_request(text + "; and more");
    text.append(i == 0 ? "" : "; ").append(complaints[i]);
  }
  return bad_request(text);
}

}  // namespace

Result<Message> rpc_of(const Command& command, const std::string& key) { return rpc_with(command, key, Need::must); }

Result<void> check_command(const Command& command) {
  auto message = rpc_with(command, {}, Need::may);
  if (!message) return tl::unexpected(std::move(message.error()));
  return {};
}

}  // namespace nscl::rem::tr069
