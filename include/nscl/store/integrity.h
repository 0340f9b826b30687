// SPDX-License-Identifier: Apache-2.0
// What devices told of their integrity, and which SCLs are quarantined (docs/integrity.md).
#pragma once

#include <cstdint>
#include <string>

#include <nscl/base/time.h>

namespace nscl::store {

/// What came of a result. The numbers are stored. The first two bear the signature of the device and are fresh; nobody but
/// the device can have made them.
enum class IntegrityVerdict : unsigned char {
  passed,
  failed,       ///< the device says so itself
  missing,      ///< there should have been one
  unexpected,   ///< no root key of the SCL is known
  forged,       ///< the signature is another
  stale,        ///< too far from the time here
  replayed,     ///< not later than the last one
};
constexpr bool is_proven(IntegrityVerdict verdict) { return verdict <= IntegrityVerdict::failed; }

struct IntegrityRecord {
  std::uint64_t id = 0;          ///< 0 until stored; ascending
  std::string scl;               ///< its id
  std::string node;              ///< M2M-Node-ID of the root key that signed it; empty: none did
  Time received{};
  std::int64_t results = 0;      ///< ivalResults
  std::string time_stamp;        ///< secureTimeStamp, as it was sent
  IntegrityVerdict verdict = IntegrityVerdict::passed;
};

struct Quarantined {
  std::string scl;               ///< its id; it need not be registered
  Time since{};
  std::string reason;            ///< for operators
};

}  // namespace nscl::store
