// SPDX-License-Identifier: Apache-2.0
// Codes of Status that sessions say and look for.
#pragma once

namespace nscl::rem::omadm {

inline constexpr int ok = 200, authenticated = 212, chunk_taken = 213, malformed = 400, unauthorised = 401, not_found = 404, not_allowed = 405, unknown_alert = 406,
                     credentials_required = 407, incomplete = 412, too_large = 413, retry_later = 417, size_mismatch = 424, busy = 503;

}  // namespace nscl::rem::omadm
