// SPDX-License-Identifier: Apache-2.0
#include "numbered_paths.h"

#include <charconv>

#include <nscl/base/bytes.h>

namespace nscl::rem::simulator {
namespace {

constexpr std::size_t mark_digits = 32;

}  // namespace

NumberedPaths::NumberedPaths() : key_(random_octets(32)) {}

std::string NumberedPaths::path_of(std::size_t number) const {
  const auto text = std::to_string(number);
  return "/" + text + "-" + keyed_digest(key_, text).substr(0, mark_digits);
}

std::optional<std::size_t> NumberedPaths::number_of(std::string_view target) const {
  target = target.substr(0, target.find('?'));
  if (!target.starts_with('/')) return std::nullopt;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(target.data() + 1, target.data() + target.size(), number);
  const bool is_path = error == std::errc{} && equal_in_constant_time(target, path_of(number));
  return is_path ? std::optional(number) : std::nullopt;
}

}  // namespace nscl::rem::simulator
