// SPDX-License-Identifier: Apache-2.0
// ManagementQueries: fleet works.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "management_queries.h"
#include "rows.h"

namespace nscl::store::sqlite {
namespace {

// The columns in the order in which the functions below read them.
#define NSCL_FLEET \
  "id, state, group_path, suffix, principal, requester, is_operator, rcat, deadline, started, last_begun, ended, reason, members, begun, refused, done," \
  " failed, cancelled, refusals FROM rem_fleet"
#define NSCL_MEMBER "fleet, position, path, state, operation, status, text FROM rem_fleet_member"

constexpr int queued = static_cast<int>(OperationState::queued);

FleetWork fleet_in(const Statement& row) {
  FleetWork out{.id = row.number(0), .state = static_cast<FleetState>(row.integer(1)), .group = std::string(row.text(2)), .suffix = std::string(row.text(3)),
                .principal = std::string(row.text(4)), .requester = std::string(row.text(5)), .is_operator = row.integer(6) != 0,
                .deadline = or_never(row, 8), .started = row.time(9), .last_begun = row.time(10), .ended = or_never(row, 11),
                .reason = std::string(row.text(12)), .members = row.number(13), .begun = row.number(14), .refused = row.number(15),
                .done = row.number(16), .failed = row.number(17), .cancelled = row.number(18), .refusals = std::string(row.text(19))};
  if (!row.is_null(7)) out.rcat = static_cast<unsigned>(row.integer(7));
  return out;
}

FleetMember member_in(const Statement& row) {
  return {.fleet = row.number(0), .position = row.number(1), .path = std::string(row.text(2)), .state = static_cast<FleetMemberState>(row.integer(3)),
          .operation = row.is_null(4) ? 0 : row.number(4), .status = std::string(row.text(5)), .text = std::string(row.text(6))};
}

std::int64_t bounded(std::uint64_t id) { return static_cast<std::int64_t>(std::min<std::uint64_t>(id, INT64_MAX)); }

}  // namespace

std::optional<FleetWork> ManagementQueries::fleet(std::uint64_t id) {
  auto statement = connection_.prepare("SELECT " NSCL_FLEET " WHERE id = ?");
  return only(statement.with(bounded(id)), fleet_in);
}

std::vector<FleetWork> ManagementQueries::fleets(std::uint64_t before, std::size_t limit, std::string_view requester) {
  if (requester.empty()) {
    auto statement = connection_.prepare("SELECT " NSCL_FLEET " WHERE id < ? ORDER BY id DESC LIMIT ?");
    return all(statement.with(bounded(before), limit), fleet_in);
  }
  auto statement = connection_.prepare("SELECT " NSCL_FLEET " WHERE requester = ? AND id < ? ORDER BY id DESC LIMIT ?");
  return all(statement.with(requester, bounded(before), limit), fleet_in);
}

std::vector<FleetWork> ManagementQueries::open_fleets(std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_FLEET " WHERE ended IS NULL ORDER BY id LIMIT ?");
  return all(statement.with(limit), fleet_in);
}

std::optional<FleetMember> ManagementQueries::fleet_member(std::uint64_t fleet, std::uint64_t position) {
  auto statement = connection_.prepare("SELECT " NSCL_MEMBER " WHERE fleet = ? AND position = ?");
  return only(statement.with(fleet, position), member_in);
}

std::optional<FleetMember> ManagementQueries::fleet_member_of(std::uint64_t operation) {
  auto statement = connection_.prepare("SELECT " NSCL_MEMBER " WHERE operation = ?");
  return only(statement.with(operation), member_in);
}

std::vector<FleetMember> ManagementQueries::fleet_members(std::uint64_t fleet, std::uint64_t after, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_MEMBER " WHERE fleet = ? AND position > ? AND state > 1 ORDER BY position LIMIT ?");
  return all(statement.with(fleet, bounded(after), limit), member_in);
}

std::vector<FleetMember> ManagementQueries::fleet_members_in(std::uint64_t fleet, FleetMemberState state, std::uint64_t after, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_MEMBER " WHERE fleet = ? AND state = ? AND position > ? ORDER BY position LIMIT ?");
  return all(statement.with(fleet, static_cast<int>(state), bounded(after), limit), member_in);
}

std::vector<FleetMember> ManagementQueries::lost_fleet_members(std::uint64_t fleet, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_MEMBER
                                       " WHERE fleet = ? AND state = ? AND NOT EXISTS (SELECT 1 FROM rem_operation WHERE rem_operation.id = operation)"
                                       " ORDER BY position LIMIT ?");
  return all(statement.with(fleet, static_cast<int>(FleetMemberState::begun), limit), member_in);
}

std::uint64_t ManagementQueries::fleet_groups(std::uint64_t fleet) {
  auto statement = connection_.prepare("SELECT count(*) FROM rem_fleet_member WHERE fleet = ? AND state IN (?, ?)");
  statement.with(fleet, static_cast<int>(FleetMemberState::group), static_cast<int>(FleetMemberState::gathered));
  return statement.step() ? statement.number(0) : 0;
}

FleetPending ManagementQueries::fleet_pending(std::uint64_t fleet) {
  auto statement = connection_.prepare("SELECT state, count(*) FROM rem_operation WHERE fleet = ? AND ended IS NULL GROUP BY state");
  statement.with(fleet);
  FleetPending out;
  while (statement.step()) (statement.integer(0) == queued ? out.queued : out.out) += statement.number(1);
  return out;
}

// ---- changes

std::uint64_t ManagementQueries::put_fleet(const FleetWork& fleet) {
  if (is_over(fleet.state) != (fleet.ended != never)) throw std::logic_error("a fleet work that is over has a time when it was");
  auto statement = connection_.prepare(
      "INSERT INTO rem_fleet(id, state, group_path, suffix, principal, requester, is_operator, rcat, deadline, started, last_begun, ended, reason, members,"
      " begun, refused, done, failed, cancelled, refusals) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT(id) DO UPDATE SET state = excluded.state, last_begun = excluded.last_begun, ended = excluded.ended, reason = excluded.reason,"
      " members = excluded.members, begun = excluded.begun, refused = excluded.refused, done = excluded.done, failed = excluded.failed,"
      " cancelled = excluded.cancelled, refusals = excluded.refusals RETURNING id");
  statement.with(unless_none(fleet.id), static_cast<int>(fleet.state), fleet.group, fleet.suffix, fleet.principal, fleet.requester, fleet.is_operator, fleet.rcat,
                 unless_never(fleet.deadline), fleet.started, fleet.last_begun, unless_never(fleet.ended), fleet.reason, fleet.members, fleet.begun,
                 fleet.refused, fleet.done, fleet.failed, fleet.cancelled, fleet.refusals);
  if (!statement.step()) throw std::logic_error("a fleet work without an id");
  const auto given = statement.number(0);
  statement.run();
  return given;
}

std::size_t ManagementQueries::add_fleet_members(std::uint64_t fleet, const std::vector<FleetMember>& members) {
  std::uint64_t last = 0;
  {
    auto statement = connection_.prepare("SELECT max(position) FROM rem_fleet_member WHERE fleet = ?");
    if (statement.with(fleet).step()) last = statement.number(0);
  }
  std::size_t added = 0;
  auto statement = connection_.prepare(
      "INSERT INTO rem_fleet_member(fleet, position, path, state, operation, status, text) VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(fleet, path) DO NOTHING");
  for (const auto& member : members) {
    statement.with(fleet, ++last, member.path, static_cast<int>(member.state), unless_none(member.operation), member.status, member.text).run();
    added += static_cast<std::size_t>(connection_.changes());
  }
  return added;
}

void ManagementQueries::put_fleet_member(const FleetMember& member) {
  connection_.prepare("UPDATE rem_fleet_member SET state = ?, operation = ?, status = ?, text = ? WHERE fleet = ? AND position = ?")
      .with(static_cast<int>(member.state), unless_none(member.operation), member.status, member.text, member.fleet, member.position)
      .run();
}

std::size_t ManagementQueries::erase_fleets_over(Time before, std::size_t limit) {
  connection_
      .prepare("DELETE FROM rem_fleet_member WHERE (fleet, position) IN (SELECT fleet, position FROM rem_fleet_member"
               " WHERE fleet IN (SELECT id FROM rem_fleet WHERE ended < ?) LIMIT ?)")
      .with(before, limit)
      .run();
  const auto members = static_cast<std::size_t>(connection_.changes());
  connection_.prepare("DELETE FROM rem_fleet WHERE ended < ? AND NOT EXISTS (SELECT 1 FROM rem_fleet_member WHERE fleet = rem_fleet.id)").with(before).run();
  return members + static_cast<std::size_t>(connection_.changes());
}

}  // namespace nscl::store::sqlite
