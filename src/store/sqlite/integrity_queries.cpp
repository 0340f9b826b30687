// SPDX-License-Identifier: Apache-2.0
// The statements on the results of integrity validation and on quarantine.
#include <algorithm>

#include "security_queries.h"
#include "rows.h"

namespace nscl::store::sqlite {
namespace {

#define NSCL_INTEGRITY "id, scl, node, received, results, time_stamp, verdict FROM integrity"
#define NSCL_QUARANTINE "scl, since, reason FROM quarantine"

IntegrityRecord integrity_of(const Statement& row) {
  return {.id = row.number(0), .scl = std::string(row.text(1)), .node = std::string(row.text(2)), .received = row.time(3),
          .results = row.integer(4), .time_stamp = std::string(row.text(5)), .verdict = static_cast<IntegrityVerdict>(row.integer(6))};
}

Quarantined quarantined_of(const Statement& row) { return {std::string(row.text(0)), row.time(1), std::string(row.text(2))}; }

}  // namespace

std::vector<IntegrityRecord> SecurityQueries::integrity_records(std::string_view scl, std::uint64_t before, std::size_t limit) {
  const auto below = static_cast<std::int64_t>(std::min<std::uint64_t>(before, INT64_MAX));
  if (scl.empty()) {
    auto statement = connection_.prepare("SELECT " NSCL_INTEGRITY " WHERE id < ? ORDER BY id DESC LIMIT ?");
    return all(statement.with(below, limit), integrity_of);
  }
  auto statement = connection_.prepare("SELECT " NSCL_INTEGRITY " WHERE scl = ? AND is_proven IN (0, 1) AND id < ? ORDER BY id DESC LIMIT ?");
  return all(statement.with(scl, below, limit), integrity_of);
}

std::optional<Time> SecurityQueries::last_secure_time(std::string_view node) {
  auto statement = connection_.prepare("SELECT secure_time FROM integrity WHERE is_proven = 1 AND node = ? ORDER BY secure_time DESC LIMIT 1");
  return statement.with(node).step() ? std::optional(statement.time(0)) : std::nullopt;
}

void SecurityQueries::add_integrity_record(const IntegrityRecord& record, std::size_t kept) {
  const bool is_proven = store::is_proven(record.verdict);
  const auto node = record.node.empty() ? std::nullopt : std::optional<std::string_view>(record.node);
  connection_.prepare("INSERT INTO integrity(scl, node, received, results, time_stamp, secure_time, verdict, is_proven) VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
      .with(record.scl, node, record.received, record.results, record.time_stamp, parse_date_time(record.time_stamp), static_cast<int>(record.verdict),
            static_cast<int>(is_proven))
      .run();
  connection_
      .prepare("DELETE FROM integrity WHERE scl = ? AND is_proven = ? AND id <= (SELECT id FROM integrity WHERE scl = ? AND is_proven = ?"
               " ORDER BY id DESC LIMIT 1 OFFSET ?)")
      .with(record.scl, static_cast<int>(is_proven), record.scl, static_cast<int>(is_proven), kept)
      .run();
}

std::optional<Quarantined> SecurityQueries::quarantined(std::string_view scl) {
  auto statement = connection_.prepare("SELECT " NSCL_QUARANTINE " WHERE scl = ?");
  return statement.with(scl).step() ? std::optional(quarantined_of(statement)) : std::nullopt;
}

std::vector<Quarantined> SecurityQueries::all_quarantined(std::string_view after, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_QUARANTINE " WHERE scl > ? ORDER BY scl LIMIT ?");
  std::vector<Quarantined> found;
  statement.with(after, limit);
  while (statement.step()) found.push_back(quarantined_of(statement));
  return found;
}

void SecurityQueries::put_quarantined(const Quarantined& quarantined) {
  connection_.prepare("INSERT OR REPLACE INTO quarantine(scl, since, reason) VALUES(?, ?, ?)")
      .with(quarantined.scl, quarantined.since, quarantined.reason)
      .run();
}

bool SecurityQueries::erase_quarantined(std::string_view scl) {
  connection_.prepare("DELETE FROM quarantine WHERE scl = ?").with(scl).run();
  return connection_.changes() > 0;
}

}  // namespace nscl::store::sqlite
