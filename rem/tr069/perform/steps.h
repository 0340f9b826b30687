// SPDX-License-Identifier: Apache-2.0
// Patterns of object paths, step by step.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nscl::rem::tr069 {

/// The steps of an object path below the root; "{i}" stands for every instance.
using Steps = std::vector<std::string>;

/// Of a pattern as Discover has them; nullopt: it is of another root.
std::optional<Steps> steps_below(std::string_view root, std::string_view pattern);

/// The path down to the first "{i}": an object that can be read as a whole.
std::string object_without_instances(std::string_view root, const Steps& steps);

/// The object that the steps lead to on the way to `leaf`; nullopt: the leaf is not below such a one.
std::optional<std::string> object_above(std::string_view root, const Steps& steps, std::string_view leaf);

}  // namespace nscl::rem::tr069
