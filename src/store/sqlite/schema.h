// SPDX-License-Identifier: Apache-2.0
// The tables, their version, and the way from older versions to this one.
#pragma once

#include "connection.h"

namespace nscl::store::sqlite {

/// Version of the schema that this program reads and writes; PRAGMA user_version of the file.
int schema_version();

/// True if the file has this program's version already. Throws std::runtime_error if it belongs to another program or
/// to a newer version of this one.
bool is_current_schema(Connection& connection);

/// Brings a new or older file to the current version, in one transaction.
void migrate_schema(Connection& connection);

}  // namespace nscl::store::sqlite
