// SPDX-License-Identifier: Apache-2.0
// Audit: the daemon's own part in the audit trail: refusals, signatures, the end of what is too old.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <nscl/security/audit.h>
#include <nscl/security/refusals.h>
#include <nscl/store/store.h>

namespace nscl::security {

class Audit {
 public:
  static constexpr std::uint64_t records_per_signature = 1000;
  static constexpr std::chrono::seconds signature_time{60};

  /// Records older than `retention` are given up, if it is not zero.
  Audit(store::Store& store, const Clock& clock, AuditKey key, std::chrono::seconds retention);

  /// Somebody was turned away. Any thread; never waits for the store: keep() records it.
  void note_refusal(std::string_view event, std::string_view principal, std::string_view source) { refusals_.note(event, principal, source); }

  /// Records something that is no change of the store, and waits for it. Not from an I/O thread.
  Result<void> record(const AuditEntry& entry);

  /// Called every second on the thread of `context`: posts what is due and does not wait for it. Throws store::StoreError.
  void keep(boost::asio::io_context& context);

  /// The last record of this run: `entry` behind the refusals that were not yet recorded, and all of it signed.
  Result<void> finish(const AuditEntry& entry);

  void set_retention(std::chrono::seconds retention) { retention_.store(retention); }

 private:
  bool is_signature_due(store::View& view) const;
  bool is_pruning_due(store::View& view) const;
  Time oldest() const;
  void write_refusals(store::Transaction& transaction) const;

  store::Store& store_;
  const Clock& clock_;
  const AuditKey key_;
  std::atomic<std::chrono::seconds> retention_;
  Refusals refusals_;
  std::vector<Refused> taken_;   // being written, or to be written again
  bool is_busy_ = false;
  bool is_failing_ = false;
};

}  // namespace nscl::security
