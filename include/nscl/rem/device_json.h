// SPDX-License-Identifier: Apache-2.0
// What operators are shown of managed devices: words and JSON, without secrets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/store/management.h>

namespace nscl::rem {

/// "quarantined", "adopted", "rejected"; and back, nullopt for anything else.
std::string_view name_of(store::ManagedState state);
std::optional<store::ManagedState> parse_managed_state(std::string_view text);
/// "queued", "sent" ...
std::string_view name_of(store::OperationState state);
/// "BBF_TR069", "OMA_DM"
std::string_view name_of(store::ManagementProtocol protocol);
std::optional<store::ManagementProtocol> parse_protocol(std::string_view text);

/// What is to be done: "get", "set", "add", "delete", "discover", "cancel", "notify" or the type of the command, as "REBOOT"; "damaged" if it
/// cannot be read.
std::string kind_of(const store::Operation& operation);

/// How an operation went so far; both empty if nothing is known yet.
struct Outcome {
  std::string code, text;
};
Outcome outcome_of(const store::Operation& operation);

/// What is looked up beside the device itself.
struct DeviceDetails {
  std::uint64_t pending = 0;               ///< operations that are not over
  std::string login;                       ///< user name; empty: it has none of its own
  std::string connection_request;          ///< as who this SCL authenticates there; empty: there is none
  std::optional<store::ManagementBootstrap> bootstrap;   ///< its document that is on its way; nothing: none is
  std::optional<Time> password_change;     ///< since when it is to be told new passwords; nothing: it is not
  std::vector<store::ManagementEvent> events;   ///< the last 20, the newest first
};
DeviceDetails details_of(store::ManagementReads& management, std::string_view device);

// JSON objects in ASCII. Times are dateTimes, null where there is none.
std::string to_json(const store::ManagedDevice& device);
std::string to_json(const store::ManagedDevice& device, const DeviceDetails& details);
/// The values of secret parameters, and those that look like URIs with a password, are "(hidden)"; what was read is left out.
std::string to_json(const store::Operation& operation);
std::string to_json(const store::ManagementEvent& event);
std::string to_json(const store::ManagementAlarm& alarm);
/// With its messages, if it has a body.
std::string to_json(const store::ManagementTrace& trace);

}  // namespace nscl::rem
