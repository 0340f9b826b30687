// SPDX-License-Identifier: Apache-2.0
// Keys from a file: CSV (RFC 4180, one row a line) with the columns identity, kind, key, entity, and if wanted not_after and
// environment, in any order. docs/keys.md
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include <nscl/base/error.h>
#include <nscl/base/secret.h>
#include <nscl/security/csv.h>
#include <nscl/security/keystore.h>
#include <nscl/store/keys.h>

namespace nscl::security {

/// Which column holds what, from the first line of a file.
class KeyColumns {
 public:
  enum Name : std::size_t { identity, kind, key, entity, not_after, environment, count };
  static constexpr std::array<std::string_view, count> names{"identity", "kind", "key", "entity", "not_after", "environment"};

  /// bad_request: a column is unknown or there twice, or one of the first four is missing.
  static Result<KeyColumns> parse(std::string_view header);

  const CsvColumns& all() const { return all_; }

 private:
  CsvColumns all_;
};

struct KeyRow {
  store::Key key;
  Secret octets;
};

/// A row without the end of its line. What is wrong is told without the key. Whether the keystore takes it is for
/// Keystore::check.
Result<KeyRow> parse_key_row(std::string_view line, const KeyColumns& columns);

struct KeyImport {
  std::filesystem::path file;
  bool may_be_weak = false;
  bool is_dry = false;       ///< check only
  std::function<void(store::Transaction&, std::uint64_t rows)> tell;   ///< records in the import's transaction who made it
};
struct Imported {
  std::uint64_t rows = 0;    ///< good ones; all of them are in the store, unless there is a bad one or the run is dry
  std::uint64_t bad = 0;
};

/// All of a file, or nothing: each row is checked first, and each bad one reported; then all are added in one transaction. The file
/// is read twice and never held in memory; 2,000,000 rows at most. Waits for the store. Errors: the file may be read by others, has
/// no good first line, or was changed meanwhile.
Result<Imported> import_keys(Keystore& keystore, store::Store& store, const KeyImport& wanted, const ReportRow& report);

}  // namespace nscl::security
