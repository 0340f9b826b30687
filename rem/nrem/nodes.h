// SPDX-License-Identifier: Apache-2.0
// What is particular to devices of OMA-DM: the nodes that operations run, and what their trees tell (rem.md 2.3, 2.7, 3.6).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/rem/mapping.h>
#include <nscl/store/management.h>
#include <nscl/store/view.h>

#include "effect.h"

namespace nscl::rem {

bool is_of_oma_dm(const store::ManagedDevice& device);

/// Facts that stand in the device's own tree.
void take_told(DeviceFacts& facts, const Report& discovered);

/// A command as it is to be judged before it is sent: with what a file that it names will fill in.
Command filled_command(store::View& view, const Command& command);

/// True for an UPLOAD that a device of OMA-DM sends no file for: a node of it is read.
bool is_read_there(const store::ManagedDevice& device, const MappingTable& table, const Command& command);

/// What an operation runs on the device; nothing: no node.
std::optional<Invoke> invoked_by(const DeviceMapping& mapping, const store::Operation& operation);
/// The node of that; empty: none.
std::string node_of(const DeviceMapping& mapping, const store::Operation& operation);

/// Whether an alert of the node `source` can be about `node`: it stands above, or below, or is it.
bool is_about_node(std::string_view source, std::string_view node);

/// The operation that an alert without a key is about: the only one under way whose node the source has to do with.
std::optional<store::Operation> running_at(store::ManagementReads& management, const DeviceMapping& mapping, const std::string& device, std::string_view source,
                                           std::size_t limit);

/// Whether a contact ends what makes the device restart: it is back, and no alert of this contact tells more.
bool is_ended_by_return(const Task& task, const std::string& key, const std::vector<store::ManagementEvent>& events);

}  // namespace nscl::rem
