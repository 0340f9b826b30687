// SPDX-License-Identifier: Apache-2.0
// URIs of nodes: "." is the root, "./DevInfo/Man" a node. Paths of tasks are the same but for the slash at the end of an interior node.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nscl::rem::omadm {

/// "./FUMO/1/" -> "./FUMO/1", "./" -> ".".
std::string uri_of(std::string_view path);
/// "./FUMO/1" -> "./FUMO/1/".
std::string object_of(std::string_view uri);

std::string child_of(std::string_view uri, std::string_view name);
/// "./FUMO/1" -> "./FUMO"; of the root and of what is no URI: ".".
std::string parent_of(std::string_view uri);
std::string_view name_in(std::string_view uri);
/// 0 for the root.
std::size_t depth_of(std::string_view uri);

/// The steps of a path or of a list of names, without empty ones.
std::vector<std::string> steps_of(std::string_view path);

/// ASCII letters only.
bool equal_in_any_case(std::string_view a, std::string_view b);

}  // namespace nscl::rem::omadm
