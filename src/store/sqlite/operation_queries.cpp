// SPDX-License-Identifier: Apache-2.0
// ManagementQueries: operations.
#include <stdexcept>
#include <string>

#include "management_queries.h"
#include "rows.h"

namespace nscl::store::sqlite {
namespace {

// The columns in the order in which operation_of() reads them.
#define NSCL_OPERATION \
  "id, device, state, priority, created, due, expires, ended, attempts, key, resource, requester, fleet, body, outcome, change FROM rem_operation"

Operation operation_of(const Statement& row) {
  return {.id = row.number(0), .device = std::string(row.text(1)), .state = static_cast<OperationState>(row.integer(2)),
          .priority = static_cast<int>(row.integer(3)), .created = row.time(4), .due = row.time(5), .expires = or_never(row, 6),
          .ended = or_never(row, 7), .attempts = static_cast<unsigned>(row.integer(8)), .key = std::string(row.text(9)),
          .resource = std::string(row.text(10)), .requester = std::string(row.text(11)), .fleet = row.number(12),
          .body = std::string(row.text(13)), .outcome = std::string(row.text(14)), .change = std::string(row.text(15))};
}

}  // namespace

std::optional<Operation> ManagementQueries::operation(std::uint64_t id) {
  auto statement = connection_.prepare("SELECT " NSCL_OPERATION " WHERE id = ?");
  return only(statement.with(id), operation_of);
}

std::optional<Operation> ManagementQueries::operation_by_key(std::string_view device, std::string_view key) {
  auto statement = connection_.prepare("SELECT " NSCL_OPERATION " WHERE device = ? AND key = ?");
  return only(statement.with(device, key), operation_of);
}

std::vector<Operation> ManagementQueries::pending(std::string_view device, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_OPERATION " WHERE device = ? AND ended IS NULL ORDER BY priority, id LIMIT ?");
  return all(statement.with(device, limit), operation_of);
}

std::uint64_t ManagementQueries::pending_count(std::string_view device) {
  auto statement = connection_.prepare("SELECT count(*) FROM rem_operation WHERE device = ? AND ended IS NULL");
  return statement.with(device).step() ? statement.number(0) : 0;
}

std::vector<Operation> ManagementQueries::pending_about(std::string_view resource, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_OPERATION " WHERE resource = ? AND ended IS NULL ORDER BY id LIMIT ?");
  return all(statement.with(resource, limit), operation_of);
}

std::vector<Operation> ManagementQueries::expired_operations(Time now, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_OPERATION " WHERE ended IS NULL AND expires <= ? ORDER BY expires, id LIMIT ?");
  return all(statement.with(now, limit), operation_of);
}

std::vector<Operation> ManagementQueries::queued_for_fleet(std::uint64_t fleet, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_OPERATION " WHERE fleet = ? AND state = 0 AND ended IS NULL ORDER BY id LIMIT ?");
  return all(statement.with(fleet, limit), operation_of);
}

// ---- changes

std::uint64_t ManagementQueries::put_operation(const Operation& operation) {
  if (is_over(operation.state) != (operation.ended != never)) throw std::logic_error("an operation that is over has a time when it was");
  auto statement = connection_.prepare(
      "INSERT INTO rem_operation(id, device, state, priority, created, due, expires, ended, attempts, key, resource, requester, fleet, body, outcome,"
      " change) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT(id) DO UPDATE SET device = excluded.device, state = excluded.state, priority = excluded.priority, due = excluded.due,"
      " expires = excluded.expires, ended = excluded.ended, attempts = excluded.attempts, key = excluded.key, resource = excluded.resource,"
      " requester = excluded.requester, fleet = excluded.fleet, body = excluded.body, outcome = excluded.outcome, change = excluded.change RETURNING id");
  const auto id = operation.id == 0 ? std::nullopt : std::optional(operation.id);
  statement.with(id, operation.device, static_cast<int>(operation.state), operation.priority, operation.created, operation.due,
                 unless_never(operation.expires), unless_never(operation.ended), operation.attempts, unless_empty(operation.key), operation.resource,
                 operation.requester, unless_none(operation.fleet), operation.body, operation.outcome, operation.change);
  if (!statement.step()) throw std::logic_error("an operation without an id");
  const auto given = statement.number(0);
  statement.run();
  return given;
}

void ManagementQueries::erase_operation(std::uint64_t id) { connection_.prepare("DELETE FROM rem_operation WHERE id = ?").with(id).run(); }

std::size_t ManagementQueries::erase_operations_over(Time before, std::size_t limit) {
  connection_.prepare("DELETE FROM rem_operation WHERE id IN (SELECT id FROM rem_operation WHERE ended < ? ORDER BY ended LIMIT ?)").with(before, limit).run();
  return static_cast<std::size_t>(connection_.changes());
}

std::size_t ManagementQueries::doubt_sent_operations() {
  connection_.prepare("UPDATE rem_operation SET state = ? WHERE state = 1").with(static_cast<int>(OperationState::undecided)).run();
  return static_cast<std::size_t>(connection_.changes());
}

}  // namespace nscl::store::sqlite
