// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nscl/rem/connection_request.h>

namespace nscl::rem {

enum class Way : unsigned char { none, http, udp, xmpp, notification };

/// The way to call a device (rem.md 4.7, last line); none: nothing is known that leads to it.
Way way_to(const Call& call, bool has_udp);

}  // namespace nscl::rem
