// SPDX-License-Identifier: Apache-2.0
// Integrity: what devices tell of their own integrity, signed under their root key, and what follows from it (TS 102 689 4.14,
// 7.8; docs/integrity.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/security/integrity_rule.h>
#include <nscl/security/keystore.h>
#include <nscl/security/quarantine.h>
#include <nscl/store/transaction.h>

namespace nscl::security {

/// integrityValResults, as a device sends them.
struct IntegrityResult {
  std::int64_t results = 0;     ///< 0: everything is as it should be; else bits, see failed_components()
  std::int64_t signature = 0;
  std::string time_stamp;       ///< xs:dateTime
};

/// The first 8 octets of HMAC-SHA-256 over results, time stamp and the SCL's id. `key`: KeyDerivation::integrity_key.
std::int64_t sign_integrity(const Secret& key, std::int64_t results, std::string_view time_stamp, std::string_view scl);

/// The names of the components whose bits are set: "boot loader, application"; of a value with other bits: the number.
std::string failed_components(std::int64_t results);

std::string_view name_of(store::IntegrityVerdict verdict);

class Integrity {
 public:
  Integrity(store::Store& store, const Keystore& keystore) : keystore_(keystore), quarantine_(store) {}

  enum class Occasion { registration, update };

  /// Judges and keeps what the SCL of this id told (null: nothing, at its registration), inside the transaction of the request.
  /// A failed result of an SCL that is registered already quarantines it. The refusal, if the rule wants one: bad_request, or
  /// forbidden for a device that says itself that it failed. The transaction is to be committed even so.
  std::optional<Error> judge(store::Transaction& transaction, const IntegrityRule& rule, std::string_view scl, const IntegrityResult* result,
                             Occasion occasion, Time now);

  Quarantine& quarantine() { return quarantine_; }
  const Quarantine& quarantine() const { return quarantine_; }

 private:
  store::IntegrityVerdict verdict_on(store::View& view, store::IntegrityRecord& record, const IntegrityResult* result,
                                     const std::vector<store::Key>& roots) const;

  const Keystore& keystore_;
  Quarantine quarantine_;
};

}  // namespace nscl::security
