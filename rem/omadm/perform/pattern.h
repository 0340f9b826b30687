// SPDX-License-Identifier: Apache-2.0
// Patterns of objects, as Discover has them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nscl::rem::omadm {

/// "{urn:oma:mo:oma-scomo:1.0}Download/{i}/": where it begins, and the steps from there.
struct Pattern {
  std::string model;                 ///< urn of the objects it begins at; empty: the root
  std::vector<std::string> steps;    ///< "{i}" stands for every node
};

inline constexpr std::string_view every_node = "{i}";

/// nullopt: of another protocol, or too deep.
std::optional<Pattern> pattern_of(std::string_view text);

}  // namespace nscl::rem::omadm
