// SPDX-License-Identifier: Apache-2.0
// A broken invariant: the peer gets a number, the log the reason.
#pragma once

#include <string_view>

#include <nscl/base/error.h>

namespace nscl {

/// Writes `event` and `reason` to the log under a fresh correlation id; the error's text tells the id and nothing else.
Error unexpected_failure(std::string_view event, std::string_view reason);

}  // namespace nscl
