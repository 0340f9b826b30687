// SPDX-License-Identifier: Apache-2.0
// Which parameters and arguments hold secrets, by their names (rem.md 4.3, 5.6).
#pragma once

#include <string_view>

namespace nscl::rem {

/// `path`: of a parameter or node, or the name of an argument; told by its last segment, whatever its case. The value is not to be shown, logged or kept longer than it is needed.
bool is_secret(std::string_view path);

/// True for a text with a URI in it that may hold a password: "http://user:password@host/".
bool has_password(std::string_view text);

}  // namespace nscl::rem
