// SPDX-License-Identifier: Apache-2.0
// The UUID of a deployment unit.
#pragma once

#include <string>
#include <string_view>

namespace nscl::rem::tr069 {

/// The UUID that a CPE gives to the deployment unit of that name, of a vendor with that domain name, when nobody else gave it one:
/// version 5 of the full domain name "name.vendor." (TR-181 Annex C). For units that the device has not told a UUID of.
std::string deployment_unit_uuid(std::string_view name, std::string_view vendor);

}  // namespace nscl::rem::tr069
