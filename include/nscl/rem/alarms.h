// SPDX-License-Identifier: Apache-2.0
// Alarms: what an operator should know of a device, one of a kind at most: raised once, counted when it is so again, and gone with its
// opposite or by an operator (docs/devices.md). Raising and clearing are told in the log.
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/io_context.hpp>

#include <nscl/base/time.h>
#include <nscl/store/store.h>

namespace nscl::rem {

namespace alarm {
inline constexpr std::string_view not_seen = "not_seen";         ///< it did not call for too long
inline constexpr std::string_view login = "login";               ///< somebody tries wrong passwords of it, or its password comes from another
inline constexpr std::string_view call_login = "call_login";     ///< it refuses the credentials of connection requests
inline constexpr std::string_view unreachable = "unreachable";   ///< it was called in vain, several times
inline constexpr std::string_view fault = "fault";               ///< an operation failed for good, or breaks off its sessions
inline constexpr std::string_view file_login = "file_login";     ///< a file server refused the credentials of a transfer
inline constexpr std::string_view two_devices = "two_devices";   ///< two call as it at once
/// Of the audit trail.
inline constexpr std::string_view cleared_event = "alarm.cleared";
}  // namespace alarm
inline constexpr std::array alarm_kinds = {alarm::not_seen, alarm::login, alarm::call_login, alarm::unreachable, alarm::fault, alarm::file_login, alarm::two_devices};

bool is_alarm_kind(std::string_view kind);

// On the writer's thread.

/// Raises it, or counts it `times` more. Nothing for a device that is not known.
void raise_alarm(store::ManagementWrites& management, const std::string& device, std::string_view kind, std::string_view text, Time now, std::uint64_t times = 1);
/// False if there was none.
bool clear_alarm(store::ManagementWrites& management, const std::string& device, std::string_view kind);
/// All of the device, or the one of `kind` unless that is empty; the kinds that there were, with blanks between.
std::string clear_alarms(store::ManagementWrites& management, const std::string& device, std::string_view kind);
/// Those that a session of the device is the opposite of. `was_called`: by a connection request of ours.
void clear_by_contact(store::ManagementWrites& management, const std::string& device, bool was_called);
/// Whether clear_by_contact() without a call of ours would do something. Any thread.
bool is_cleared_by_contact(store::ManagementReads& management, std::string_view device);

/// Raises alarms for those who must not wait for the store, and whom strangers can make to: what comes in a second is one write, and the
/// same alarm is written once a minute, with its count. Any thread.
class AlarmBell {
 public:
  /// Both outlive it.
  AlarmBell(store::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  void ring(const std::string& device, std::string_view kind, std::string text);
  /// Every second or so, on the thread of `context`: writes what came.
  void keep(boost::asio::io_context& context);

 private:
  using Key = std::pair<std::string, std::string_view>;
  struct Rung {
    std::uint64_t count = 0;   ///< that is not written yet
    std::string text;
    Time next{};               ///< not written before
  };
  std::map<Key, Rung> take(Time now);

  store::Store& store_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<Key, Rung> rung_;
};

}  // namespace nscl::rem
