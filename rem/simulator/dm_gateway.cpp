// SPDX-License-Identifier: Apache-2.0
#include "dm_gateway.h"

namespace nscl::rem::simulator {
namespace {

constexpr std::string_view attached_switch = "./Vendor/Attached/d", is_there = "true";

constexpr std::string_view list_nodes = R"(./GwMO n urn:oma:mo:oma-gwmo:1.0
./GwMO/ManagedDevices n
./GwMO/ManagedDevices/{x} n
./GwMO/ManagedDevices/{x}/DevID r chr
./GwMO/ManagedDevices/{x}/Mode r chr
./GwMO/ManagedDevices/{x}/Lamp n
./GwMO/ManagedDevices/{x}/Lamp/Name w chr lamp
./GwMO/ManagedDevices/{x}/Lamp/Level w int 0
./Vendor/Attached n
)";

unsigned all_of(const BehindGateway& behind) { return behind.embedded + behind.callers; }

std::string row_of(unsigned number) { return std::string(dm_list) + "/" + std::to_string(number); }

/// Numbers begin with 1. It speaks for the first ones, in proxy and adaptation mode in turn.
void list_one(DmTree& tree, const std::string& gateway, const BehindGateway& behind, unsigned number) {
  const auto row = row_of(number);
  const bool is_caller = number > behind.embedded;
  tree.make(row);
  tree.change(row + "/DevID", is_caller ? caller_serial(gateway, number - behind.embedded) : gateway + "E" + std::to_string(number));
  tree.change(row + "/Mode", is_caller ? "transparent" : number % 2 == 1 ? "proxy" : "adaptation");
  if (is_caller) tree.drop(row + "/Lamp");
}

}  // namespace

std::string dm_gateway_nodes(const BehindGateway& behind) {
  const auto count = all_of(behind);
  std::string out(count == 0 ? std::string_view() : list_nodes);
  for (unsigned i = 1; i <= count; ++i) out.append(attached_switch).append(std::to_string(i)).append(" w bool ").append(is_there).append("\n");
  return out;
}

void list_attached(DmTree& tree, const std::string& gateway, const BehindGateway& behind) {
  for (unsigned i = 1; i <= all_of(behind); ++i) list_one(tree, gateway, behind, i);
}

bool switch_attached(DmTree& tree, const std::string& gateway, const BehindGateway& behind, std::string_view uri) {
  for (unsigned i = 1; uri.starts_with(attached_switch) && i <= all_of(behind); ++i) {
    if (uri.substr(attached_switch.size()) != std::to_string(i)) continue;
    const bool was_there = tree.find(row_of(i)) != nullptr, is_on = tree.value(uri) == is_there;
    if (is_on && !was_there) list_one(tree, gateway, behind, i);
    if (!is_on && was_there) tree.drop(row_of(i));
    return is_on != was_there;
  }
  return false;
}

}  // namespace nscl::rem::simulator
