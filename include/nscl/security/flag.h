// SPDX-License-Identifier: Apache-2.0
// The permission flags of an accessRight (TS 102 690 9.2.3.17).
#pragma once

#include <string_view>

namespace nscl::security {

enum class Flag : unsigned char { read, write, discover, remove, create };

/// "READ", "WRITE", "DISCOVER", "DELETE", "CREATE".
std::string_view name_of(Flag flag);

}  // namespace nscl::security
