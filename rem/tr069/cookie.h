// SPDX-License-Identifier: Apache-2.0
// The cookie of a session, as CPEs bring it back.
#pragma once

#include <string_view>

namespace nscl::rem::tr069 {

/// The id in a Cookie field, which may hold other cookies and the attributes that ours never had: 32 hexadecimal digits, or empty.
std::string_view session_in(std::string_view cookie);

}  // namespace nscl::rem::tr069
