// SPDX-License-Identifier: Apache-2.0
#include <nscl/rem/gateway_lists.h>

#include <algorithm>
#include <array>

#include <nscl/rem/mapping.h>
#include <nscl/rem/tr069/device_id.h>

#include "device_tree.h"

namespace nscl::rem {
namespace {

constexpr std::string_view server = "ManagementServer.";
constexpr std::string_view embedded_list = "EmbeddedDevice.{i}.";
constexpr std::array<std::string_view, 2> caller_lists{"VirtualDevice.{i}.", "ManageableDevice.{i}."};
constexpr std::array<std::string_view, 3> counters{"ManagementServer.VirtualDeviceNumberOfEntries", "ManagementServer.ManageableDeviceNumberOfEntries",
                                                   "ManagementServer.EmbeddedDeviceNumberOfEntries"};
constexpr std::size_t longest_listed = 128;
constexpr std::size_t most_places = 8;   // of one device
constexpr std::size_t most_nodes = 1000;
constexpr std::string_view each_node = "{i}/";

/// Empty as well if it is too long to be a name.
std::string name_in(const DeviceTree& tree, const std::string& row, std::string_view parameter) {
  const auto* leaf = tree.leaf(row + std::string(parameter));
  return leaf && leaf->value.size() <= longest_listed ? leaf->value : std::string();
}

std::vector<std::string> places_in(const DeviceTree& tree, const std::string& row, const std::string& root) {
  std::vector<std::string> out;
  const auto* reference = tree.leaf(row + "Reference");
  for (const auto& path : list_items(reference ? reference->value : std::string())) {
    auto place = with_end(path);
    const bool is_good = check_original_mo(place) && place.starts_with(root) && place != root && !place.starts_with(root + std::string(server));
    if (is_good && out.size() < most_places) out.push_back(std::move(place));
  }
  return out;
}

ListedEmbedded embedded_in(const DeviceTree& tree, const std::string& row, const std::string& root) {
  const auto controller = name_in(tree, row, "ControllerID"), proxied = name_in(tree, row, "ProxiedDeviceID");
  ListedEmbedded out{row, controller, places_in(tree, row, root)};
  if (!out.identity.empty() && !proxied.empty()) out.identity += '-';
  out.identity += proxied;
  return out;
}

/// The first of these leaves of a node that holds something.
std::string first_in(const DeviceTree& tree, const std::string& node, const std::vector<std::string>& leaves) {
  std::string out;
  for (const auto& leaf : leaves) out = out.empty() ? name_in(tree, node, leaf) : out;
  return out;
}

bool is_transparent(const GatewayRule& rule, const DeviceTree& tree, const std::string& node) {
  const auto mode = first_in(tree, node, rule.mode);
  return !mode.empty() && std::ranges::any_of(rule.transparent, [&](const auto& word) { return matches_text(word, mode); });
}

bool is_listed(const GatewayLists& lists, const std::string& id) {
  return std::ranges::find(lists.callers, id) != lists.callers.end() || std::ranges::find(lists.embedded, id, &ListedEmbedded::identity) != lists.embedded.end();
}

void take_node(GatewayLists& out, const GatewayRule& rule, const DeviceTree& tree, const std::string& node) {
  auto id = first_in(tree, node, rule.id);
  if (id.empty() || is_listed(out, id) || out.callers.size() + out.embedded.size() >= most_nodes) return;
  if (is_transparent(rule, tree, node)) out.callers.push_back(std::move(id));
  else if (check_original_mo(node)) out.embedded.push_back({node, std::move(id), {node}});
}

/// Calls `take` for each rule that the gateway fits, with each of its paths as it is on this one.
template <class Take>
void each_list(const MappingTable& table, const DeviceFacts& facts, Take take) {
  for (const auto& rule : table.gateways) {
    if (rule.protocol != protocol_of(facts.root) || !fits(rule.match, facts)) continue;
    for (const auto& at : rule.at) {
      for (const auto& pattern : patterns_of(at, facts.root, facts.models)) take(rule, pattern);
    }
  }
}

}  // namespace

void add_lists(Discover& task) {
  const auto add = [&](std::string_view list) { task.objects.push_back("{root}" + std::string(server) + std::string(list)); };
  for (const auto list : caller_lists) add(list);
  add(embedded_list);
}

GatewayLists lists_in(const Report& discovered) {
  GatewayLists out;
  const DeviceTree tree(discovered);
  const std::string root = tree.has_object("Device.") ? "Device." : "InternetGatewayDevice.";
  for (const auto list : caller_lists) {
    for (const auto& row : tree.instances(root + std::string(server) + std::string(list))) {
      const tr069::DeviceIdStruct id{"", name_in(tree, row, "ManufacturerOUI"), name_in(tree, row, "ProductClass"), name_in(tree, row, "SerialNumber")};
      if (id.oui.empty() || id.serial_number.empty()) continue;
      auto device = tr069::printable(id);
      if (std::ranges::find(out.callers, device) == out.callers.end()) out.callers.push_back(std::move(device));
    }
  }
  for (const auto& row : tree.instances(root + std::string(server) + std::string(embedded_list))) {
    auto listed = embedded_in(tree, row, root);
    const bool is_new = std::ranges::find(out.embedded, listed.identity, &ListedEmbedded::identity) == out.embedded.end();
    if (!listed.identity.empty() && is_new) out.embedded.push_back(std::move(listed));
  }
  return out;
}

GatewayLists nodes_listed_in(const MappingTable& table, const DeviceFacts& facts, const Report& discovered) {
  GatewayLists out;
  const DeviceTree tree(discovered);
  each_list(table, facts, [&](const GatewayRule& rule, const std::string& pattern) {
    for (const auto& node : tree.instances(pattern)) take_node(out, rule, tree, node);
  });
  return out;
}

bool is_list_of_nodes(const MappingTable& table, const DeviceFacts& facts, std::string_view node) {
  bool is = false;
  const auto place = with_end(node);
  each_list(table, facts, [&](const GatewayRule&, const std::string& pattern) {
    const auto list = pattern.substr(0, pattern.size() - each_node.size());
    is = is || matches_path(list, place) || matches_path(pattern, place);
  });
  return is;
}

bool tell_of_lists(const std::vector<Leaf>& leaves) {
  return std::ranges::any_of(leaves, [](const Leaf& leaf) {
    return std::ranges::any_of(counters, [&](std::string_view counter) { return leaf.path.ends_with(counter); });
  });
}

}  // namespace nscl::rem
