// SPDX-License-Identifier: Apache-2.0
// Whether the audit trail is as it was written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nscl/security/audit_key.h>
#include <nscl/store/view.h>

namespace nscl::security {

/// The newest record at some moment, kept outside of the store.
struct AuditHead {
  std::uint64_t seq = 0;
  std::string hash;      ///< 64 hexadecimal digits
};

/// What to look at. The range is cut to what there is.
struct AuditScope {
  std::uint64_t from = 1;
  std::uint64_t to = UINT64_MAX;
  std::optional<AuditHead> head;   ///< that the trail must hold, or have given up as too old
};

struct AuditReport {
  std::uint64_t first = 0, last = 0;     ///< the records that were read; 0: none
  std::uint64_t erased = 0;              ///< of these, how many have had their personal data erased
  std::uint64_t checkpoints = 0;         ///< signatures that hold
  std::uint64_t signed_to = 0;           ///< the last record that one of them covers
  std::uint64_t bad_seq = 0;             ///< the first record that is not as it was written; 0: all are
  std::string problem;                   ///< what is wrong with it
};

/// Recomputes the chain and checks what was signed of it. Throws store::StoreError. Holds a piece of the trail at once.
AuditReport verify_audit(store::View& view, const AuditPublicKeys& keys, const AuditScope& scope);

}  // namespace nscl::security
