// SPDX-License-Identifier: Apache-2.0
// Trees of simulated devices are written in lines of words.
#pragma once

#include <algorithm>
#include <string_view>

namespace nscl::rem::simulator {

/// Cuts the first word off.
inline std::string_view take_word(std::string_view& text) {
  const auto end = std::min(text.find(' '), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

/// Empty lines, and those that begin with #, are left out.
template <class Take>
void for_each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.front() != '#') take(line);
  }
}

}  // namespace nscl::rem::simulator
