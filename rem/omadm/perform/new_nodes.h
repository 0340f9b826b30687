// SPDX-License-Identifier: Apache-2.0
// Nodes that are to be made, parents before what stands below them.
#pragma once

#include <deque>
#include <string_view>
#include <vector>

#include <nscl/rem/task.h>

namespace nscl::rem::omadm {

/// Of one depth: the order of commands of one package is the device's choice. An interior node is a leaf of type "node".
using Level = std::vector<Leaf>;

/// The leaves, and the interior nodes above them that stand below `top`; from the highest to the lowest.
std::deque<Level> levels_below(std::string_view top, const std::vector<Leaf>& leaves);

/// Takes out nodes, and levels that become empty.
template <class Predicate>
void erase_nodes(std::deque<Level>& levels, Predicate unwanted) {
  for (auto& level : levels) std::erase_if(level, unwanted);
  std::erase_if(levels, [](const Level& level) { return level.empty(); });
}

}  // namespace nscl::rem::omadm
