// SPDX-License-Identifier: Apache-2.0
#include "new_nodes.h"

#include <map>

#include "commands.h"
#include "uri.h"

namespace nscl::rem::omadm {

std::deque<Level> levels_below(std::string_view top, const std::vector<Leaf>& leaves) {
  std::map<std::size_t, std::map<std::string, Leaf>> by_depth;
  for (const auto& leaf : leaves) {
    by_depth[depth_of(leaf.path)].insert_or_assign(leaf.path, leaf);
    for (auto uri = parent_of(leaf.path); depth_of(uri) > depth_of(top); uri = parent_of(uri)) {
      by_depth[depth_of(uri)].try_emplace(uri, Leaf{uri, {}, std::string(node_format)});
    }
  }
  std::deque<Level> out;
  for (auto& [depth, nodes] : by_depth) {
    auto& level = out.emplace_back();
    for (auto& [uri, node] : nodes) level.push_back(std::move(node));
  }
  return out;
}

}  // namespace nscl::rem::omadm
