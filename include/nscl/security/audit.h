// SPDX-License-Identifier: Apache-2.0
// The audit trail: who did what, chained so that a change of it afterwards is noticed (docs/audit.md). What is written here is
// written in the transaction of the change that it is about.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nscl/security/audit_key.h>
#include <nscl/store/transaction.h>

namespace nscl::security {

/// The event of a record whose detail lists the records whose personal data was erased.
inline constexpr std::string_view audit_erase_event = "audit.erased";
/// Fact of the store: a random name of this installation, which the chain begins with.
inline constexpr std::string_view audit_installation_fact = "installation";

/// What there is to record. Texts are cut at 512 octets, `detail` at 16 KiB. Only `principal`, `entity`, `source`, `target` and
/// `note` may name somebody: they can be erased later.
struct AuditEntry {
  std::string_view event;
  std::string_view principal;   ///< empty: this SCL itself
  std::string_view entity;
  std::string_view source;      ///< address of the peer, "command line"
  std::string_view target;      ///< canonical path
  std::string_view note;
  std::string_view key;         ///< that authenticated, with its generation
  std::string_view session;
  std::string_view operation;
  std::string_view request;     ///< SHA-256 of the request's body, 32 octets; empty: it had none
  std::string_view status;      ///< name of the answer's status
  std::string_view detail;
};

/// Appends a record; its number. The chain goes on from what this transaction sees, so that a daemon and a command line beside
/// it extend the same one. Throws store::StoreError if it cannot be written: the change must not be made then.
std::uint64_t append_audit(store::Transaction& transaction, const AuditEntry& entry, Time now);

/// A record of what time did, or a device in a procedure of its own. `target`: the entity that it is about.
void append_event(store::Transaction& transaction, std::string_view event, std::string_view target, std::string_view note, Time now);

/// The hash that a record must have after one with the hash `previous`, and that of its personal data.
std::string audit_hash(const store::AuditRecord& record, std::string_view previous);
std::string audit_digest(const store::AuditPersonal& personal);
/// What stands in place of the hash before record 1.
std::string audit_origin(std::string_view installation);

/// Signs the newest record, unless it is signed already.
void sign_audit(store::Transaction& transaction, const AuditKey& key, Time now);

/// Gives up the oldest records, those from before `oldest`, `limit` at most; the newest stays. How many went.
std::size_t prune_audit(store::Transaction& transaction, const AuditKey& key, Time oldest, Time now, std::size_t limit);

/// Erases the personal data of these records (View::audit_about finds them) and records that, in the name of `who`. How
/// many had any. At most 1,000 records at once.
std::size_t erase_audit_personal(store::Transaction& transaction, const std::vector<std::uint64_t>& records, const AuditEntry& who, Time now);

/// What a checkpoint or tombstone is signed over.
std::string audit_checkpoint_text(const store::AuditCheckpoint& checkpoint);
std::string audit_tombstone_text(const store::AuditCheckpoint& tombstone);

}  // namespace nscl::security
