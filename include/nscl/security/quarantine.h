// SPDX-License-Identifier: Apache-2.0
// Quarantine: the SCLs whose devices are not trusted any more. Nothing is taken from them and nothing sent to them, until an
// operator lifts it (TS 102 689 5.1.5; docs/integrity.md).
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/base/published.h>
#include <nscl/store/store.h>

namespace nscl::security {

/// Keeps the SCL apart from now on, and revokes its connection keys. `reason` is for operators; of an SCL that is quarantined
/// already it stays as it was.
Result<void> quarantine(store::Transaction& transaction, std::string_view scl, std::string_view reason, Time now);

/// not_found if it is not quarantined. Revoked keys stay revoked.
Result<void> lift_quarantine(store::Transaction& transaction, std::string_view scl);

/// All of them, in memory: every request asks. Free for all threads.
class Quarantine {
 public:
  /// Reads them. Throws store::StoreError.
  explicit Quarantine(store::Store& store);

  /// True for "scls/ID" of an SCL that is quarantined, and for what lies below.
  bool holds(std::string_view path) const;

  /// Inside the transaction that quarantines it: nothing more of it is taken, even before the commit.
  void expect(std::string_view scl);

  /// Takes over what was changed, here or by the command line; the SCLs that have come since the last call. Cheap, called
  /// several times a second from one thread. Throws store::StoreError.
  std::vector<std::string> poll();

 private:
  using Ids = std::set<std::string, std::less<>>;
  static Ids load(store::View& view);

  store::Store& store_;
  Published<Ids> ids_;
  std::mutex mutex_;                         ///< of whoever publishes
  std::optional<std::string> seen_version_;
  bool is_expecting_ = false;                ///< what is in memory may not be stored
  Ids seen_;                                 ///< what the last poll found
};

}  // namespace nscl::security
