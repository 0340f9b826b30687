// SPDX-License-Identifier: Apache-2.0
#include "image_version.h"

#include <algorithm>
#include <charconv>

namespace nscl::rem::simulator {
namespace {

constexpr std::size_t longest_version = 64;
constexpr std::string_view image_head = "version ";

}  // namespace

std::string version_of_image(std::string_view content, std::string running) {
  if (content.starts_with(image_head)) {
    const auto line = content.substr(image_head.size(), std::min(content.find('\n'), content.size()) - image_head.size());
    const auto is_plain = [](char c) { return c > ' ' && c < 0x7f; };
    if (!line.empty() && line.size() <= longest_version && std::ranges::all_of(line, is_plain)) return std::string(line);
  }
  const auto digits = running.find_last_not_of("0123456789") + 1;
  unsigned number = 0;
  std::from_chars(running.data() + digits, running.data() + running.size(), number);
  return running.substr(0, digits) + std::to_string(number + 1);
}

}  // namespace nscl::rem::simulator
