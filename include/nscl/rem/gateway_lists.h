// SPDX-License-Identifier: Apache-2.0
// The lists in which a gateway tells what is behind it: VirtualDevice, ManageableDevice and EmbeddedDevice of its ManagementServer; of
// OMA-DM nodes that the table names (rem.md 2.9).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nscl/rem/mapping_table.h>
#include <nscl/rem/task.h>

namespace nscl::rem {

/// A device whose parameters are in the gateway's data model.
struct ListedEmbedded {
  std::string row;                   ///< "Device.ManagementServer.EmbeddedDevice.3."; of OMA-DM the device's node
  std::string identity;              ///< ControllerID-ProxiedDeviceID; of OMA-DM what the node tells
  std::vector<std::string> places;   ///< its objects, each ending in a dot
};

struct GatewayLists {
  std::vector<std::string> callers;   ///< ids of the devices that call by themselves
  std::vector<ListedEmbedded> embedded;
};

/// Has the lists read as well.
void add_lists(Discover& task);

/// Rows that name nobody, or too long, are left out, and so are places that are no object of the gateway.
GatewayLists lists_in(const Report& discovered);

/// The same of a gateway of OMA-DM, at most 1,000 devices: those in transparent mode call by themselves, the objects of each other one stand
/// below its node.
GatewayLists nodes_listed_in(const MappingTable& table, const DeviceFacts& facts, const Report& discovered);

/// Whether a node of a gateway of OMA-DM is one of its lists, or a device in it.
bool is_list_of_nodes(const MappingTable& table, const DeviceFacts& facts, std::string_view node);

/// Whether these values say that a list became longer or shorter.
bool tell_of_lists(const std::vector<Leaf>& leaves);

}  // namespace nscl::rem
