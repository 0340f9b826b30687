// SPDX-License-Identifier: Apache-2.0
// What a simulated gateway of OMA-DM lists (GwMO), and how devices behind it come and go (docs/simulator.md).
#pragma once

#include <string>
#include <string_view>

#include <nscl/rem/simulator/dm_tree.h>
#include <nscl/rem/simulator/gateway.h>

namespace nscl::rem::simulator {

inline constexpr std::string_view dm_list = "./GwMO/ManagedDevices";

/// Each device behind that gateway is there: a row for each it speaks for, with its lamp, then for each that has sessions of its own.
void list_attached(DmTree& tree, const std::string& gateway, const BehindGateway& behind);

/// `uri` was written. True: it is the switch of a device, whose row came or went by that.
bool switch_attached(DmTree& tree, const std::string& gateway, const BehindGateway& behind, std::string_view uri);

}  // namespace nscl::rem::simulator
