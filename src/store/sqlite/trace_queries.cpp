// SPDX-License-Identifier: Apache-2.0
// ManagementQueries: traces of sessions, and alarms.
#include <algorithm>
#include <cstdint>
#include <string>

#include "management_queries.h"

namespace nscl::store::sqlite {
namespace {

#define NSCL_TRACE "id, device, began, ended, is_problem, end, messages"
#define NSCL_ALARM "device, kind, since, last, count, text FROM rem_alarm"

ManagementTrace summary_in(const Statement& row) {
  return {.id = row.number(0), .device = std::string(row.text(1)), .began = row.time(2), .ended = row.time(3), .is_problem = row.integer(4) != 0,
          .end = std::string(row.text(5)), .messages = row.number(6), .body = {}};
}

std::vector<ManagementAlarm> alarms_in(Statement& statement) {
  std::vector<ManagementAlarm> found;
  while (statement.step()) {
    found.push_back({.device = std::string(statement.text(0)), .kind = std::string(statement.text(1)), .since = statement.time(2), .last = statement.time(3),
                     .count = statement.number(4), .text = std::string(statement.text(5))});
  }
  return found;
}

}  // namespace

std::vector<ManagementTrace> ManagementQueries::traces(std::string_view device, std::uint64_t before, std::size_t limit) {
  const auto top = static_cast<std::int64_t>(std::min<std::uint64_t>(before, INT64_MAX));
  auto statement = connection_.prepare("SELECT " NSCL_TRACE " FROM rem_trace WHERE device = ? AND id < ? ORDER BY id DESC LIMIT ?");
  auto& rows = statement.with(device, top, limit);
  std::vector<ManagementTrace> found;
  while (rows.step()) found.push_back(summary_in(rows));
  return found;
}

std::optional<ManagementTrace> ManagementQueries::trace(std::string_view device, std::uint64_t id) {
  auto statement = connection_.prepare("SELECT " NSCL_TRACE ", body FROM rem_trace WHERE id = ? AND device = ?");
  auto& rows = statement.with(static_cast<std::int64_t>(std::min<std::uint64_t>(id, INT64_MAX)), device);
  if (!rows.step()) return std::nullopt;
  auto trace = summary_in(rows);
  trace.body = rows.text(7);
  return trace;
}

bool ManagementQueries::is_traced(std::string_view device) {
  auto statement = connection_.prepare("SELECT 1 FROM rem_traced WHERE device = ?");
  return statement.with(device).step();
}

void ManagementQueries::add_trace(const ManagementTrace& trace, std::size_t kept) {
  connection_.prepare("INSERT INTO rem_trace(device, began, ended, is_problem, end, messages, body) VALUES(?, ?, ?, ?, ?, ?, ?)")
      .with(trace.device, trace.began, trace.ended, trace.is_problem, trace.end, trace.messages, Blob{trace.body})
      .run();
  connection_
      .prepare("DELETE FROM rem_trace WHERE device = ?1 AND id <= (SELECT id FROM rem_trace WHERE device = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)")
      .with(trace.device, kept)
      .run();
}

void ManagementQueries::set_traced(std::string_view device, bool is_traced) {
  if (is_traced) connection_.prepare("INSERT OR IGNORE INTO rem_traced(device) VALUES(?)").with(device).run();
  else connection_.prepare("DELETE FROM rem_traced WHERE device = ?").with(device).run();
}

std::optional<ManagementAlarm> ManagementQueries::alarm(std::string_view device, std::string_view kind) {
  auto statement = connection_.prepare("SELECT " NSCL_ALARM " WHERE device = ? AND kind = ?");
  auto found = alarms_in(statement.with(device, kind));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

std::vector<ManagementAlarm> ManagementQueries::alarms(std::string_view device) {
  auto statement = connection_.prepare("SELECT " NSCL_ALARM " WHERE device = ? ORDER BY kind");
  return alarms_in(statement.with(device));
}

std::vector<ManagementAlarm> ManagementQueries::alarms_after(std::string_view device, std::string_view kind, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_ALARM " WHERE (device, kind) > (?, ?) ORDER BY device, kind LIMIT ?");
  return alarms_in(statement.with(device, kind, limit));
}

void ManagementQueries::put_alarm(const ManagementAlarm& alarm) {
  connection_.prepare("INSERT OR REPLACE INTO rem_alarm(device, kind, since, last, count, text) VALUES(?, ?, ?, ?, ?, ?)")
      .with(alarm.device, alarm.kind, alarm.since, alarm.last, alarm.count, alarm.text)
      .run();
}

bool ManagementQueries::erase_alarm(std::string_view device, std::string_view kind) {
  connection_.prepare("DELETE FROM rem_alarm WHERE device = ? AND kind = ?").with(device, kind).run();
  return connection_.changes() == 1;
}

}  // namespace nscl::store::sqlite
