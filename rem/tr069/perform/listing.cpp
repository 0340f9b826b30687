// SPDX-License-Identifier: Apache-2.0
// What an answer to GetParameterNames tells of an object.
#include "listing.h"

#include <algorithm>

namespace nscl::rem::tr069 {
namespace {

constexpr std::size_t longest_name = 256;   // of CWMP

}  // namespace

bool is_instance(std::string_view step) {
  return !step.empty() && step.size() <= 10 && std::ranges::all_of(step, [](char c) { return c >= '0' && c <= '9'; });
}

std::map<std::string, Child, std::less<>> children_of(std::string_view parent, const std::vector<ParameterInfoStruct>& listed) {
  std::map<std::string, Child, std::less<>> out;
  for (const auto& info : listed) {
    std::string_view rest = info.name;
    if (!rest.starts_with(parent) || rest.size() > longest_name) continue;
    rest.remove_prefix(parent.size());
    const auto dot = rest.find('.');
    const auto step = rest.substr(0, dot);
    if (step.empty()) continue;
    auto& child = out[std::string(step)];
    child.object = child.object || dot != std::string_view::npos || is_instance(step);
    const bool is_itself = dot == std::string_view::npos || dot + 1 == rest.size();
    if (is_itself) child.writable = info.writable;
  }
  return out;
}

}  // namespace nscl::rem::tr069
