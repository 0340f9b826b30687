// SPDX-License-Identifier: Apache-2.0
// The chain: appending, signing, giving up the oldest part, erasing.
#include <nscl/security/audit.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include <nscl/base/bytes.h>

namespace nscl::security {
namespace {

constexpr std::string_view form = "NSCL-AUDIT-1";
constexpr std::size_t longest_text = 512;
constexpr std::size_t longest_detail = 16u << 10;
constexpr std::size_t personal_salt_size = 16;
constexpr std::size_t most_erasures = 1000;

std::string cut(std::string_view text, std::size_t longest = longest_text) { return std::string(text.substr(0, longest)); }

std::string time_octets(Time time) { return big_endian(static_cast<std::uint64_t>(time.time_since_epoch().count())); }

std::int64_t monotonic_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The record that the next one follows: its number, time and hash.
store::AuditCheckpoint last_of(store::Transaction& transaction) {
  if (auto head = transaction.audit_head()) return {head->seq, head->time, std::move(head->hash), {}};
  if (auto tombstone = transaction.audit_tombstone()) return *std::move(tombstone);
  auto installation = transaction.fact(audit_installation_fact);
  if (!installation) {
    installation = hex_encode(random_octets(16));
    transaction.put_fact(audit_installation_fact, *installation);
  }
  return {0, Time::min(), audit_origin(*installation), {}};
}

std::string checkpoint_text(std::string_view kind, const store::AuditCheckpoint& checkpoint) {
  return std::string(form) + length_prefixed({kind, big_endian(checkpoint.seq), time_octets(checkpoint.time), checkpoint.hash});
}

}  // namespace

std::string audit_origin(std::string_view installation) { return sha256(installation); }

std::string audit_digest(const store::AuditPersonal& personal) {
  return sha256(personal.salt + length_prefixed({personal.principal, personal.entity, personal.source, personal.target, personal.note}));
}

std::string audit_hash(const store::AuditRecord& record, std::string_view previous) {
  return sha256(std::string(form) + length_prefixed({big_endian(record.seq), time_octets(record.time), big_endian(static_cast<std::uint64_t>(record.monotonic)),
                                                     record.event, record.key, record.session, record.operation, record.request, record.status,
                                                     record.detail, record.personal_digest, previous}));
}

std::uint64_t append_audit(store::Transaction& transaction, const AuditEntry& entry, Time now) {
  const auto last = last_of(transaction);
  store::AuditRecord record;
  record.seq = last.seq + 1;
  record.time = std::max(now, last.time);
  record.monotonic = monotonic_now();
  record.event = cut(entry.event);
  record.key = cut(entry.key);
  record.session = cut(entry.session);
  record.operation = cut(entry.operation);
  record.request = cut(entry.request);
  record.status = cut(entry.status);
  record.detail = cut(entry.detail, longest_detail);
  store::AuditPersonal personal{{}, cut(entry.principal), cut(entry.entity), cut(entry.source), cut(entry.target), cut(entry.note)};
  const bool names_somebody = !(personal.principal.empty() && personal.entity.empty() && personal.source.empty() && personal.target.empty() && personal.note.empty());
  if (names_somebody) {
    personal.salt = random_octets(personal_salt_size);
    record.personal_digest = audit_digest(personal);
    record.personal = std::move(personal);
  }
  record.hash = audit_hash(record, last.hash);
  transaction.append_audit(record);
  return record.seq;
}

std::string audit_checkpoint_text(const store::AuditCheckpoint& checkpoint) { return checkpoint_text("checkpoint", checkpoint); }
std::string audit_tombstone_text(const store::AuditCheckpoint& tombstone) { return checkpoint_text("tombstone", tombstone); }

void append_event(store::Transaction& transaction, std::string_view event, std::string_view target, std::string_view note, Time now) {
  AuditEntry entry;
  entry.event = event;
  entry.target = target;
  entry.note = note;
  append_audit(transaction, entry, now);
}

void sign_audit(store::Transaction& transaction, const AuditKey& key, Time now) {
  const auto head = transaction.audit_head();
  if (!head) return;
  if (const auto last = transaction.last_audit_checkpoint(); last && last->seq == head->seq) return;
  store::AuditCheckpoint checkpoint{head->seq, now, head->hash, {}};
  checkpoint.signature = key.sign(audit_checkpoint_text(checkpoint));
  transaction.put_audit_checkpoint(checkpoint);
}

std::size_t prune_audit(store::Transaction& transaction, const AuditKey& key, Time oldest, Time now, std::size_t limit) {
  const auto head = transaction.audit_head();
  if (!head) return 0;
  const auto records = transaction.audit({}, limit);
  const auto kept = std::find_if(records.begin(), records.end(), [&](const auto& record) { return record.time >= oldest || record.seq == head->seq; });
  if (kept == records.begin()) return 0;
  const auto& last = *(kept - 1);
  store::AuditCheckpoint tombstone{last.seq, now, last.hash, {}};
  tombstone.signature = key.sign(audit_tombstone_text(tombstone));
  transaction.erase_audit_through(tombstone);
  return static_cast<std::size_t>(kept - records.begin());
}

std::size_t erase_audit_personal(store::Transaction& transaction, const std::vector<std::uint64_t>& records, const AuditEntry& who, Time now) {
  if (records.size() > most_erasures) throw std::logic_error("too many records to erase at once");
  std::string erased;
  std::size_t count = 0;
  for (const auto seq : records) {
    if (!transaction.erase_audit_personal(seq)) continue;
    erased += (erased.empty() ? "" : " ") + std::to_string(seq);
    ++count;
  }
  if (count == 0) return 0;
  auto entry = who;
  entry.event = audit_erase_event;
  entry.detail = erased;
  append_audit(transaction, entry, now);
  return count;
}

}  // namespace nscl::security
