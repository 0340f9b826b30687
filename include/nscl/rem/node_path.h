// SPDX-License-Identifier: Apache-2.0
// Paths of a device's data model: names joined by dots (CWMP), or by slashes behind "./" (OMA-DM). That of an object ends in what joins
// them, that of a leaf does not.
#pragma once

#include <string>
#include <string_view>

namespace nscl::rem {

/// True for a path of OMA-DM.
bool is_node_uri(std::string_view path);
/// What joins its names: '.' or '/'.
char joint_of(std::string_view path);
bool is_object_path(std::string_view path);

/// "Device.A.3." -> "Device.A.3", "./A/3/" -> "./A/3"; and back.
std::string_view without_end(std::string_view path);
std::string with_end(std::string_view path);

/// "Device.A.B." and "Device.A.B" -> "Device.A."; empty for a root.
std::string_view object_above(std::string_view path);
/// "Device.A.B." -> "B".
std::string_view last_name(std::string_view path);
/// "Device.", "./"; empty if it is no path.
std::string_view root_of_path(std::string_view path);

/// The object that an originalMO stands for, and back: the last slash of OMA-DM is not shown.
std::string object_of_mo(std::string_view original_mo);
std::string mo_of_object(std::string_view object);

}  // namespace nscl::rem
