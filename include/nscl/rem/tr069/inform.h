// SPDX-License-Identifier: Apache-2.0
// Inform: how a session begins.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/time.h>
#include <nscl/rem/tr069/device_id.h>
#include <nscl/rem/tr069/parameters.h>

namespace nscl::rem::tr069 {

/// In the order of their numbers; then those that a method of ours has caused.
enum class Event {
  bootstrap,
  boot,
  periodic,
  scheduled,
  value_change,
  kicked,
  connection_request,
  transfer_complete,
  diagnostics_complete,
  request_download,
  autonomous_transfer_complete,
  du_state_change_complete,
  autonomous_du_state_change_complete,
  wakeup,
  heartbeat,
  m_reboot,
  m_schedule_inform,
  m_download,
  m_schedule_download,
  m_upload,
  m_change_du_state,
  vendor,    ///< "X OUI ..." and "M X_OUI_..."
  unknown,
};

/// By the leading number, or the words behind "M" or "X"; case and surplus blanks do not matter.
Event event_of(std::string_view code);

/// The code as the standard writes it, e.g. "1 BOOT"; empty for vendor and unknown.
std::string_view code_of(Event event);

struct EventStruct {
  std::string code;          ///< EventCode as sent
  std::string command_key;   ///< often empty, even where it should name our command
  Event event() const { return event_of(code); }
};

struct Inform {
  static constexpr std::string_view name = "Inform";
  DeviceIdStruct device_id;
  std::vector<EventStruct> events;      ///< 1 to 64; an Inform without any is read as "2 PERIODIC"
  std::uint32_t max_envelopes = 1;
  std::optional<Time> current_time;     ///< none: the device's clock is not set (it is before 1971)
  std::uint32_t retry_count = 0;
  std::vector<ParameterValueStruct> parameters;
};

struct InformResponse {
  static constexpr std::string_view name = "InformResponse";
  std::uint32_t max_envelopes = 1;
};

}  // namespace nscl::rem::tr069
