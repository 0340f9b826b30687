// SPDX-License-Identifier: Apache-2.0
// Devices from a file: CSV (RFC 4180, one row a line) with the columns id (or oui, product_class and serial), and if wanted scl, user,
// password, connection_user, connection_password, state, external_acs, protocol,
// manufacturer and model, in any order. docs/devices.md
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include <nscl/base/error.h>
#include <nscl/rem/credentials.h>
#include <nscl/security/csv.h>
#include <nscl/store/store.h>

namespace nscl::rem {

struct DeviceImport {
  std::filesystem::path file;
  bool is_dry = false;       ///< check only
  std::function<void(store::Transaction&, std::uint64_t rows)> tell;   ///< records in each transaction who imports this many
};
struct ImportedDevices {
  std::uint64_t rows = 0;    ///< good ones; all of them are in the store, unless there is a bad one or the run is dry
  std::uint64_t bad = 0;
};

/// All rows are checked first, and each bad one reported; if there is none all are added, 1,000 in a transaction, so that the
/// daemon waits for none of them for long. A device that is known keeps what the file does not say. The file is read twice
/// and never held in memory; 2,000,000 rows at most. Waits for the store. Errors: the file may be read by others, has no good first
/// line, or was changed meanwhile; conflict: the daemon or another command came between. What was added before stays, and can be imported again.
Result<ImportedDevices> import_devices(DeviceCredentials& credentials, store::Store& store, const DeviceImport& wanted, const security::ReportRow& report, Time now);

}  // namespace nscl::rem
