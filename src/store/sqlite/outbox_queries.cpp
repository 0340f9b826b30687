// SPDX-License-Identifier: Apache-2.0
#include "outbox_queries.h"

#include <stdexcept>
#include <string>

#include "rows.h"

namespace nscl::store::sqlite {
namespace {

// The columns of both tables in the order in which the functions below read them.
#define NSCL_LANE "name, due, parked_on, attempts, failing_since, error, state"
#define NSCL_ROW "outbox.id, lane.name, priority, created, expires, owner, body FROM outbox JOIN lane ON lane.id = outbox.lane"

Lane lane_of(const Statement& row) {
  return {.name = std::string(row.text(0)), .due = or_never(row, 1), .parked_on = std::string(row.text(2)),
          .attempts = static_cast<unsigned>(row.integer(3)), .failing_since = row.time(4), .error = std::string(row.text(5)),
          .state = std::string(row.text(6))};
}

OutboxRow row_of(const Statement& row) {
  return {.id = row.number(0), .lane = std::string(row.text(1)), .priority = static_cast<int>(row.integer(2)), .created = row.time(3),
          .expires = or_never(row, 4), .owner = std::string(row.text(5)), .body = std::string(row.text(6))};
}

std::vector<Lane> all_lanes(Statement& statement) {
  std::vector<Lane> found;
  while (statement.step()) found.push_back(lane_of(statement));
  return found;
}

std::vector<OutboxRow> all_rows(Statement& statement) {
  std::vector<OutboxRow> found;
  while (statement.step()) found.push_back(row_of(statement));
  return found;
}

}  // namespace

std::optional<Lane> OutboxQueries::lane(std::string_view name) {
  auto statement = connection_.prepare("SELECT " NSCL_LANE " FROM lane WHERE name = ?");
  return statement.with(name).step() ? std::optional(lane_of(statement)) : std::nullopt;
}

std::vector<Lane> OutboxQueries::due_lanes(Time after, Time now, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_LANE " FROM lane WHERE due > ? AND due <= ? ORDER BY due LIMIT ?");
  return all_lanes(statement.with(after, now, limit));
}

Time OutboxQueries::next_due(Time now) {
  auto statement = connection_.prepare("SELECT min(due) FROM lane WHERE due > ?");
  return statement.with(now).step() && !statement.is_null(0) ? statement.time(0) : never;
}

std::vector<Lane> OutboxQueries::lanes_parked_on(std::string_view what, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_LANE " FROM lane WHERE parked_on = ? ORDER BY id LIMIT ?");
  return all_lanes(statement.with(what, limit));
}

std::vector<Lane> OutboxQueries::lanes(std::string_view prefix, std::string_view after, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_LANE " FROM lane WHERE name > ? AND name >= ? AND name < ? ORDER BY name LIMIT ?");
  const auto end = std::string(prefix) + '\xff';   // no UTF-8 text holds this octet
  return all_lanes(statement.with(after, prefix, end, limit));
}

std::optional<std::int64_t> OutboxQueries::lane_id(std::string_view name) {
  auto statement = connection_.prepare("SELECT id FROM lane WHERE name = ?");
  return statement.with(name).step() ? std::optional(statement.integer(0)) : std::nullopt;
}

LaneSize OutboxQueries::lane_size(std::string_view name) {
  auto statement = connection_.prepare("SELECT held, held_size FROM lane WHERE name = ?");
  if (!statement.with(name).step()) return {};
  return {statement.number(0), statement.number(1)};
}

std::vector<OutboxRow> OutboxQueries::lane_rows(std::string_view name, std::size_t limit) {
  const auto id = lane_id(name);
  if (!id) return {};
  auto statement = connection_.prepare("SELECT " NSCL_ROW " WHERE outbox.lane = ? ORDER BY priority, outbox.id LIMIT ?");
  return all_rows(statement.with(*id, limit));
}

std::optional<OutboxRow> OutboxQueries::row(std::uint64_t id) {
  auto statement = connection_.prepare("SELECT " NSCL_ROW " WHERE outbox.id = ?");
  return statement.with(id).step() ? std::optional(row_of(statement)) : std::nullopt;
}

std::vector<OutboxRow> OutboxQueries::expired_rows(Time now, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_ROW " WHERE expires <= ? ORDER BY expires, outbox.id LIMIT ?");
  return all_rows(statement.with(now, limit));
}

std::vector<OutboxRow> OutboxQueries::rows_of(std::string_view owner, std::string_view lanes, std::uint64_t after, std::size_t limit) {
  // The + keeps SQLite from going lane by lane, which would sort all rows for each page.
  auto statement = owner.empty()
      ? connection_.prepare("SELECT " NSCL_ROW " WHERE outbox.id > ? AND +lane.name >= ? AND +lane.name < ? ORDER BY outbox.id LIMIT ?")
      : connection_.prepare("SELECT " NSCL_ROW " WHERE outbox.id > ? AND +lane.name >= ? AND +lane.name < ? AND owner = ? ORDER BY outbox.id LIMIT ?");
  const auto end = std::string(lanes) + '\xff';   // no UTF-8 text holds this octet
  if (owner.empty()) return all_rows(statement.with(after, lanes, end, limit));
  return all_rows(statement.with(after, lanes, end, owner, limit));
}

// ---- changes

void OutboxQueries::put_lane(const Lane& lane) {
  auto statement = connection_.prepare(
      "INSERT INTO lane(name, due, parked_on, attempts, failing_since, error, state) VALUES(?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT(name) DO UPDATE SET due = excluded.due, parked_on = excluded.parked_on, attempts = excluded.attempts, "
      "failing_since = excluded.failing_since, error = excluded.error, state = excluded.state");
  statement.with(std::string_view(lane.name), unless_never(lane.due), unless_empty(lane.parked_on), lane.attempts, lane.failing_since,
                 std::string_view(lane.error), std::string_view(lane.state)).run();
}

void OutboxQueries::erase_lane(std::string_view name) {
  const auto id = lane_id(name);
  if (!id) return;
  connection_.prepare("DELETE FROM outbox WHERE lane = ?").with(*id).run();
  connection_.prepare("DELETE FROM lane WHERE id = ?").with(*id).run();
}

void OutboxQueries::insert_row(const OutboxRow& row) {
  const auto id = lane_id(row.lane);
  if (!id) throw std::logic_error("an outbox row for a lane that is not there");
  auto statement = connection_.prepare("INSERT INTO outbox(id, lane, priority, created, expires, owner, size, body) VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
  statement.with(row.id, *id, row.priority, row.created, unless_never(row.expires), unless_empty(row.owner), row.body.size(),
                 std::string_view(row.body)).run();
}

bool OutboxQueries::update_row(const OutboxRow& row) {
  auto statement = connection_.prepare("UPDATE outbox SET priority = ?, expires = ?, owner = ?, size = ?, body = ? WHERE id = ?");
  statement.with(row.priority, unless_never(row.expires), unless_empty(row.owner), row.body.size(), std::string_view(row.body), row.id).run();
  return connection_.changes() == 1;
}

void OutboxQueries::erase_row(std::uint64_t id) { connection_.prepare("DELETE FROM outbox WHERE id = ?").with(id).run(); }

#undef NSCL_LANE
#undef NSCL_ROW

}  // namespace nscl::store::sqlite
