// SPDX-License-Identifier: Apache-2.0
// What an answer to GetParameterNames tells of an object.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/rem/tr069/parameters.h>

namespace nscl::rem::tr069 {

struct Child {
  bool object = false;
  bool writable = false;
};

/// The children of `parent` ("Device.X."), by the last step of their names without a dot. Devices list more than one level, leave
/// out the objects between, or the dot at the end of an object's name. Names longer than the 256 characters of CWMP are left out.
std::map<std::string, Child, std::less<>> children_of(std::string_view parent, const std::vector<ParameterInfoStruct>& listed);

/// True for the name of an instance: a number.
bool is_instance(std::string_view step);

}  // namespace nscl::rem::tr069
