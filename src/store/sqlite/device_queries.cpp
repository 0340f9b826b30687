// SPDX-License-Identifier: Apache-2.0
#include "device_queries.h"

#include <string>

#include "rows.h"

namespace nscl::store::sqlite {
namespace {

// The columns in the order in which device_of() reads them.
#define NSCL_DEVICE "hardware, state, node, scl_id, environment, voucher, last_attempt, first_attempt, attempts, changed FROM device"

Device device_of(const Statement& row) {
  return {.hardware = std::string(row.text(0)), .state = static_cast<DeviceState>(row.integer(1)), .node = std::string(row.text(2)),
          .scl_id = std::string(row.text(3)), .environment = std::string(row.text(4)), .voucher = std::string(row.text(5)),
          .last_attempt = row.time(6), .first_attempt = row.time(7), .attempts = row.number(8), .changed = row.time(9)};
}

}  // namespace

/// `sql` is a literal.
std::optional<Device> DeviceQueries::only(const char* sql, std::string_view parameter) {
  auto statement = connection_.prepare(sql);
  return statement.with(parameter).step() ? std::optional(device_of(statement)) : std::nullopt;
}

std::optional<Device> DeviceQueries::device(std::string_view hardware) { return only("SELECT " NSCL_DEVICE " WHERE hardware = ?", hardware); }

std::optional<Device> DeviceQueries::device_of_node(std::string_view node) { return only("SELECT " NSCL_DEVICE " WHERE node = ?", node); }

std::optional<Device> DeviceQueries::device_of_voucher(std::string_view identity) {
  return only("SELECT " NSCL_DEVICE " WHERE voucher = ?", identity);
}

std::optional<Device> DeviceQueries::device_of_scl(std::string_view scl_id) {
  auto statement = connection_.prepare("SELECT " NSCL_DEVICE " WHERE scl_id = ? AND scl_id <> '' AND state <> ? LIMIT 1");
  return statement.with(scl_id, static_cast<int>(DeviceState::blocked)).step() ? std::optional(device_of(statement)) : std::nullopt;
}

std::vector<Device> DeviceQueries::devices(std::string_view after, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_DEVICE " WHERE hardware > ? ORDER BY hardware LIMIT ?");
  statement.with(after, limit);
  std::vector<Device> found;
  while (statement.step()) found.push_back(device_of(statement));
  return found;
}

void DeviceQueries::put_device(const Device& device) {
  connection_
      .prepare("INSERT INTO device(hardware, state, node, scl_id, environment, voucher, last_attempt, first_attempt, attempts, changed)"
               " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
               " ON CONFLICT(hardware) DO UPDATE SET state = excluded.state, node = excluded.node, scl_id = excluded.scl_id,"
               " environment = excluded.environment, voucher = excluded.voucher, last_attempt = excluded.last_attempt,"
               " first_attempt = excluded.first_attempt, attempts = excluded.attempts, changed = excluded.changed")
      .with(device.hardware, static_cast<int>(device.state), unless_empty(device.node), device.scl_id, device.environment,
            unless_empty(device.voucher), device.last_attempt, device.first_attempt, device.attempts, device.changed)
      .run();
}

std::optional<Node> DeviceQueries::node(std::string_view id) {
  auto statement = connection_.prepare("SELECT id, root_index, connection_index, connection FROM node WHERE id = ?");
  if (!statement.with(id).step()) return std::nullopt;
  return Node{std::string(statement.text(0)), statement.number(1), statement.number(2), std::string(statement.text(3))};
}

void DeviceQueries::put_node(const Node& node) {
  connection_.prepare("INSERT OR REPLACE INTO node(id, root_index, connection_index, connection) VALUES(?, ?, ?, ?)")
      .with(node.id, node.root_index, node.connection_index, node.connection)
      .run();
}

}  // namespace nscl::store::sqlite
