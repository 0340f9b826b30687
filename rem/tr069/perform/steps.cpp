// SPDX-License-Identifier: Apache-2.0
// Patterns of object paths, step by step.
#include "steps.h"

#include "listing.h"

namespace nscl::rem::tr069 {

std::optional<Steps> steps_below(std::string_view root, std::string_view pattern) {
  constexpr std::string_view any_root = "{root}";
  if (pattern.starts_with(any_root)) pattern.remove_prefix(any_root.size());
  else if (pattern.starts_with(root)) pattern.remove_prefix(root.size());
  else return std::nullopt;
  Steps out;
  while (!pattern.empty()) {
    const auto dot = pattern.find('.');
    if (dot != 0) out.emplace_back(pattern.substr(0, dot));
    pattern.remove_prefix(dot == std::string_view::npos ? pattern.size() : dot + 1);
  }
  return out;
}

std::string object_without_instances(std::string_view root, const Steps& steps) {
  std::string out(root);
  for (const auto& step : steps) {
    if (step == "{i}") break;
    out.append(step).append(".");
  }
  return out;
}

std::optional<std::string> object_above(std::string_view root, const Steps& steps, std::string_view leaf) {
  if (!leaf.starts_with(root)) return std::nullopt;
  auto end = root.size();
  for (const auto& wanted : steps) {
    const auto dot = leaf.find('.', end);
    if (dot == std::string_view::npos) return std::nullopt;
    const auto step = leaf.substr(end, dot - end);
    if (wanted == "{i}" ? !is_instance(step) : step != wanted) return std::nullopt;
    end = dot + 1;
  }
  return std::string(leaf.substr(0, end));
}

}  // namespace nscl::rem::tr069
