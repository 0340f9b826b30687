// SPDX-License-Identifier: Apache-2.0
// What devices of OMA-DM tell by themselves: who they are, why they call, and how something ended (rem.md 2.7, 3.3, 3.6).
#pragma once

#include <string>
#include <vector>

#include <nscl/rem/omadm/syncml.h>
#include <nscl/rem/work.h>

namespace nscl::rem::omadm {

inline constexpr int session_by_server = 1200, session_by_client = 1201, next_message = 1222, abort_session = 1223, client_event = 1224, no_end_of_data = 1225,
                     generic_alert = 1226;

/// True for a package that begins a session: Alert 1200 or 1201 is in it.
bool begins_session(const DmMessage& message);

/// What package 1 tells. `address`: where it came from.
Contact contact_of(const DmMessage& message, const std::string& address);

/// True for a Replace that only tells of ./DevInfo, as packages of a device may.
bool is_device_info(const CommandElement& command);
/// Its values; interior nodes left out.
void add_device_info(Contact& contact, const std::vector<Item>& items);

/// What an item of an Alert 1224 or 1226 tells of; `device`: its id.
Completion completion_of(const std::string& device, const CommandElement& alert, const Item& item);

}  // namespace nscl::rem::omadm
