// SPDX-License-Identifier: Apache-2.0
// A path for each device of a fleet, not to be guessed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nscl::rem::simulator {

class NumberedPaths {
 public:
  NumberedPaths();
  /// "/17-..."
  std::string path_of(std::size_t number) const;
  /// nullopt: no path of ours. A query is ignored.
  std::optional<std::size_t> number_of(std::string_view target) const;

 private:
  const std::string key_;
};

}  // namespace nscl::rem::simulator
