// SPDX-License-Identifier: Apache-2.0
#include "device_nodes.h"

#include "uri.h"

namespace nscl::rem::omadm {
namespace {

// A device can make up as many nodes as it likes; a session has 100 messages.
constexpr std::size_t most_nodes = 2048;
const std::string root = ".", no_type;

}  // namespace

DeviceNodes::DeviceNodes(const DmModelOptions& model, std::vector<std::string> expected)
    : reader_(model, most_nodes), expected_(std::move(expected)) {}

void DeviceNodes::is_search(bool searching) { reader_.limit_to(searching ? most_nodes / 2 : most_nodes); }

const ReadNode* DeviceNodes::find(const std::string& uri) {
  const auto* node = reader_.find(uri);
  if (!node) reader_.want(uri);
  return node;
}

const std::string* DeviceNodes::type_of(const std::string& uri) {
  const auto* type = find(uri + "?prop=Type");
  if (!type) return nullptr;
  return type->is_leaf() ? &type->leaf.value : &no_type;
}

bool DeviceNodes::is_interior(const ReadNode& node) const { return node.is_interior() || node.leaf.path == root; }

/// Some do not let themselves be asked for the root, or list nothing there.
std::vector<std::string> DeviceNodes::children(const ReadNode& node) const {
  auto out = node.children();
  if (out.empty() && node.leaf.path == root) return expected_;
  return out;
}

}  // namespace nscl::rem::omadm
