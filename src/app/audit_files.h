// SPDX-License-Identifier: Apache-2.0
// The key of the audit trail as two files of the data directory: audit.key, which only its owner may read, and audit.pub.
#pragma once

#include <filesystem>
#include <string>

#include <nscl/security/audit_key.h>

namespace nscl::app {

/// The key, made at its first use. Throws std::runtime_error (text for the operator) if its file cannot be used.
security::AuditKey open_audit_key(const std::filesystem::path& directory);

/// The public keys that there were, the present one last; empty if no daemon ever ran here.
std::string read_audit_public_keys(const std::filesystem::path& directory);

}  // namespace nscl::app
