// SPDX-License-Identifier: Apache-2.0
#include "audit_queries.h"

#include <algorithm>
#include <string>

#include "rows.h"

namespace nscl::store::sqlite {
namespace {

// The columns in the order in which the functions below read them.
#define NSCL_COLUMNS                                                                                                 \
  "audit.seq, time, monotonic, event, key, session, operation, request, status, detail, personal, hash, salt, principal, entity," \
  " source, target, note"
#define NSCL_AUDIT NSCL_COLUMNS " FROM audit LEFT JOIN audit_personal ON audit_personal.seq = audit.seq"
// Those of a principal are found by its index, in their order: CROSS JOIN keeps SQLite from another plan.
#define NSCL_AUDIT_OF_PRINCIPAL                                                                    \
  NSCL_COLUMNS " FROM audit_personal CROSS JOIN audit ON audit.seq = audit_personal.seq"          \
               " WHERE audit_personal.seq > ? AND audit_personal.seq <= ? AND principal = ?"
#define NSCL_IN_ORDER_OF_PRINCIPAL " ORDER BY audit_personal.seq LIMIT ?"
#define NSCL_CHECKPOINT "seq, time, hash, signature FROM audit_checkpoint"
#define NSCL_IN_RANGE " WHERE audit.seq > ? AND audit.seq <= ?"
#define NSCL_IN_ORDER " ORDER BY audit.seq LIMIT ?"

constexpr int signed_record = 0, tombstone_kind = 1;
constexpr std::uint64_t last_number = INT64_MAX;

AuditRecord record_of(const Statement& row) {
  AuditRecord record{.seq = row.number(0), .time = row.time(1), .monotonic = row.integer(2), .event = std::string(row.text(3)),
                     .key = std::string(row.text(4)), .session = std::string(row.text(5)), .operation = std::string(row.text(6)),
                     .request = std::string(row.text(7)), .status = std::string(row.text(8)), .detail = std::string(row.text(9)),
                     .personal_digest = std::string(row.text(10)), .personal = std::nullopt, .hash = std::string(row.text(11))};
  if (row.is_null(12)) return record;
  record.personal = AuditPersonal{.salt = std::string(row.text(12)), .principal = std::string(row.text(13)), .entity = std::string(row.text(14)),
                                  .source = std::string(row.text(15)), .target = std::string(row.text(16)), .note = std::string(row.text(17))};
  return record;
}

AuditCheckpoint checkpoint_of(const Statement& row) {
  return {.seq = row.number(0), .time = row.time(1), .hash = std::string(row.text(2)), .signature = std::string(row.text(3))};
}

}  // namespace

// Times never go back along the trail, so that a span of time is a range of numbers.
AuditQueries::Range AuditQueries::range_of(const AuditFilter& filter) {
  Range range{filter.after_seq, last_number};
  if (filter.from != Time::min()) {
    auto first = connection_.prepare("SELECT seq FROM audit WHERE time >= ? ORDER BY time, seq LIMIT 1");
    first.with(filter.from);
    range.after = first.step() ? std::max(range.after, first.number(0) - 1) : last_number;
  }
  if (filter.to != never) {
    auto last = connection_.prepare("SELECT seq FROM audit WHERE time <= ? ORDER BY time DESC, seq DESC LIMIT 1");
    last.with(filter.to);
    range.last = last.step() ? last.number(0) : 0;
  }
  range.after = std::min(range.after, last_number);
  return range;
}

std::vector<AuditRecord> AuditQueries::records(const AuditFilter& filter, std::size_t limit) {
  const auto range = range_of(filter);
  if (filter.event.empty() && filter.principal.empty()) {
    auto statement = connection_.prepare("SELECT " NSCL_AUDIT NSCL_IN_RANGE NSCL_IN_ORDER);
    return all(statement.with(range.after, range.last, limit), record_of);
  }
  if (filter.principal.empty()) {
    auto statement = connection_.prepare("SELECT " NSCL_AUDIT NSCL_IN_RANGE " AND event = ?" NSCL_IN_ORDER);
    return all(statement.with(range.after, range.last, filter.event, limit), record_of);
  }
  if (filter.event.empty()) {
    auto statement = connection_.prepare("SELECT " NSCL_AUDIT_OF_PRINCIPAL NSCL_IN_ORDER_OF_PRINCIPAL);
    return all(statement.with(range.after, range.last, filter.principal, limit), record_of);
  }
  auto statement = connection_.prepare("SELECT " NSCL_AUDIT_OF_PRINCIPAL " AND event = ?" NSCL_IN_ORDER_OF_PRINCIPAL);
  return all(statement.with(range.after, range.last, filter.principal, filter.event, limit), record_of);
}

std::optional<AuditRecord> AuditQueries::head() {
  auto statement = connection_.prepare("SELECT " NSCL_AUDIT " ORDER BY audit.seq DESC LIMIT 1");
  return only(statement, record_of);
}

// No index: it is asked for once in a while, and an index would cost every record.
std::vector<std::uint64_t> AuditQueries::about(std::string_view entity, std::uint64_t after, std::size_t limit) {
  auto statement = connection_.prepare(
      "SELECT seq FROM audit_personal WHERE seq > ?1 AND (entity = ?2 OR target = ?2 OR (target > ?2 || '/' AND target < ?2 || '0'))"
      " ORDER BY seq LIMIT ?3");
  statement.with(after, entity, limit);
  std::vector<std::uint64_t> found;
  while (statement.step()) found.push_back(statement.number(0));
  return found;
}

std::vector<AuditCheckpoint> AuditQueries::checkpoints(std::uint64_t after, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_CHECKPOINT " WHERE kind = ? AND seq > ? ORDER BY seq LIMIT ?");
  return all(statement.with(signed_record, after, limit), checkpoint_of);
}

std::optional<AuditCheckpoint> AuditQueries::last_checkpoint() {
  auto statement = connection_.prepare("SELECT " NSCL_CHECKPOINT " WHERE kind = ? ORDER BY seq DESC LIMIT 1");
  return only(statement.with(signed_record), checkpoint_of);
}

std::optional<AuditCheckpoint> AuditQueries::tombstone() {
  auto statement = connection_.prepare("SELECT " NSCL_CHECKPOINT " WHERE kind = ? ORDER BY seq DESC LIMIT 1");
  return only(statement.with(tombstone_kind), checkpoint_of);
}

void AuditQueries::append(const AuditRecord& record) {
  connection_
      .prepare("INSERT INTO audit(seq, time, monotonic, event, key, session, operation, request, status, detail, personal, hash)"
               " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .with(record.seq, record.time, record.monotonic, record.event, record.key, record.session, record.operation, Blob{record.request},
            record.status, record.detail, Blob{record.personal_digest}, Blob{record.hash})
      .run();
  if (!record.personal) return;
  const auto& personal = *record.personal;
  connection_.prepare("INSERT INTO audit_personal(seq, salt, principal, entity, source, target, note) VALUES(?, ?, ?, ?, ?, ?, ?)")
      .with(record.seq, Blob{personal.salt}, personal.principal, personal.entity, personal.source, personal.target, personal.note)
      .run();
}

void AuditQueries::put(int kind, const AuditCheckpoint& checkpoint) {
  connection_.prepare("INSERT OR REPLACE INTO audit_checkpoint(kind, seq, time, hash, signature) VALUES(?, ?, ?, ?, ?)")
      .with(kind, checkpoint.seq, checkpoint.time, Blob{checkpoint.hash}, Blob{checkpoint.signature})
      .run();
}

void AuditQueries::put_checkpoint(const AuditCheckpoint& checkpoint) { put(signed_record, checkpoint); }

void AuditQueries::erase_through(const AuditCheckpoint& tombstone) {
  connection_.prepare("DELETE FROM audit_personal WHERE seq <= ?").with(tombstone.seq).run();
  connection_.prepare("DELETE FROM audit WHERE seq <= ?").with(tombstone.seq).run();
  connection_.prepare("DELETE FROM audit_checkpoint WHERE seq <= ?").with(tombstone.seq).run();
  put(tombstone_kind, tombstone);
}

bool AuditQueries::erase_personal(std::uint64_t seq) {
  connection_.prepare("DELETE FROM audit_personal WHERE seq = ?").with(seq).run();
  return connection_.changes() > 0;
}

}  // namespace nscl::store::sqlite
