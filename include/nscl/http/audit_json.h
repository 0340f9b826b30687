// SPDX-License-Identifier: Apache-2.0
// A record of the audit trail as a JSON object, in ASCII on one line: what it holds can steer neither a terminal nor a log.
#pragma once

#include <string>

#include <nscl/store/audit.h>

namespace nscl::http {

/// Empty members are left out; digests are hexadecimal. Everything that the hashes are computed from is in it.
std::string to_json(const store::AuditRecord& record);

}  // namespace nscl::http
