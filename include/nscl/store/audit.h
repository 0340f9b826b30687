// SPDX-License-Identifier: Apache-2.0
// The audit trail as it is kept: a chain of records, the personal data of each apart, signed checkpoints (docs/audit.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nscl/base/time.h>

namespace nscl::store {

/// What names a person or a device. It can be erased; the chain holds its digest alone.
struct AuditPersonal {
  std::string salt;        ///< random octets before the digest
  std::string principal;   ///< who was authenticated, or claimed to be somebody; empty: this SCL itself
  std::string entity;      ///< requesting entity it acted as
  std::string source;      ///< address of the peer
  std::string target;      ///< canonical path of what was acted upon
  std::string note;        ///< further text that names somebody
};

struct AuditRecord {
  std::uint64_t seq = 0;          ///< ascending from 1 without a gap
  Time time{};                    ///< never before that of the record before
  std::int64_t monotonic = 0;     ///< microseconds of the monotonic clock, which no change of the time moves
  std::string event;              ///< "application.created", "auth.failed"
  std::string key;                ///< key that authenticated, with its generation
  std::string session;            ///< of the transport
  std::string operation;          ///< "CREATE", "UPDATE", "DELETE"; empty: none of these
  std::string request;            ///< SHA-256 of the request's body
  std::string status;             ///< of the answer
  std::string detail;             ///< further text that names nobody
  std::string personal_digest;    ///< empty: there is no personal data
  std::optional<AuditPersonal> personal;   ///< none any more: it was erased
  std::string hash;               ///< of all before it and of the record before
};

/// Which records to list; empty or zero: all.
struct AuditFilter {
  std::uint64_t after_seq = 0;
  Time from = Time::min();
  Time to = never;                ///< the last moment
  std::string event;
  std::string principal;
};

/// What was signed of the chain at some moment: that the record `seq` has this hash.
struct AuditCheckpoint {
  std::uint64_t seq = 0;
  Time time{};
  std::string hash;
  std::string signature;
};

}  // namespace nscl::store
