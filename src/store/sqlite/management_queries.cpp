// SPDX-License-Identifier: Apache-2.0
#include "management_queries.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "rows.h"

namespace nscl::store::sqlite {
namespace {

// The columns in the order in which the functions below read them.
#define NSCL_MANAGED_DEVICE \
  "id, protocol, state, managed, gateway, first_contact, last_contact, last_boot, last_bootstrap, wake_due, wake_attempts, facts FROM rem_device"
#define NSCL_CREDENTIAL "purpose, user, device, oui, secret, changed FROM rem_credential"
#define NSCL_EVENT "id, device, time, code, key, text FROM rem_event"
#define NSCL_FILE "name, type, version, sha256, size, signature, oui, product_class, device, created FROM rem_file"
#define NSCL_TRANSFER "token, operation, device, is_upload, file, user, secret, size, moved, created, expires FROM rem_transfer"

ManagedDevice device_in(const Statement& row) {
  return {.id = std::string(row.text(0)), .protocol = static_cast<ManagementProtocol>(row.integer(1)), .state = static_cast<ManagedState>(row.integer(2)),
          .managed = std::string(row.text(3)), .gateway = std::string(row.text(4)), .first_contact = row.time(5), .last_contact = row.time(6),
          .last_boot = row.time(7), .last_bootstrap = row.time(8), .wake_due = or_never(row, 9), .wake_attempts = static_cast<unsigned>(row.integer(10)),
          .facts = std::string(row.text(11))};
}

ManagementCredential credential_of(const Statement& row) {
  return {.purpose = static_cast<CredentialPurpose>(row.integer(0)), .user = std::string(row.text(1)), .device = std::string(row.text(2)),
          .oui = std::string(row.text(3)), .secret = std::string(row.text(4)), .changed = row.time(5)};
}

ManagementEvent event_of(const Statement& row) {
  return {.id = row.number(0), .device = std::string(row.text(1)), .time = row.time(2), .code = std::string(row.text(3)),
          .key = std::string(row.text(4)), .text = std::string(row.text(5))};
}

ManagedFile file_of(const Statement& row) {
  return {.name = std::string(row.text(0)), .type = std::string(row.text(1)), .version = std::string(row.text(2)), .sha256 = std::string(row.text(3)),
          .size = row.number(4), .signature = std::string(row.text(5)), .oui = std::string(row.text(6)), .product_class = std::string(row.text(7)),
          .device = std::string(row.text(8)), .created = row.time(9)};
}

Transfer transfer_in(const Statement& row) {
  return {.token = std::string(row.text(0)), .operation = row.number(1), .device = std::string(row.text(2)), .is_upload = row.integer(3) != 0,
          .file = std::string(row.text(4)), .user = std::string(row.text(5)), .secret = std::string(row.text(6)), .size = row.number(7),
          .moved = row.number(8), .created = row.time(9), .expires = or_never(row, 10)};
}

}  // namespace

// ---- devices

std::optional<ManagedDevice> ManagementQueries::device(std::string_view id) {
  auto statement = connection_.prepare("SELECT " NSCL_MANAGED_DEVICE " WHERE id = ?");
  return only(statement.with(id), device_in);
}

std::optional<ManagedDevice> ManagementQueries::device_of(std::string_view managed) {
  auto statement = connection_.prepare("SELECT " NSCL_MANAGED_DEVICE " WHERE managed = ?");
  return only(statement.with(managed), device_in);
}

std::vector<ManagedDevice> ManagementQueries::devices(std::string_view after, std::size_t limit, std::string_view gateway) {
  if (gateway.empty()) {
    auto statement = connection_.prepare("SELECT " NSCL_MANAGED_DEVICE " WHERE id > ? ORDER BY id LIMIT ?");
    return all(statement.with(after, limit), device_in);
  }
  auto statement = connection_.prepare("SELECT " NSCL_MANAGED_DEVICE " WHERE gateway = ? AND id > ? ORDER BY id LIMIT ?");
  return all(statement.with(gateway, after, limit), device_in);
}

std::vector<ManagedDevice> ManagementQueries::devices_to_wake(Time now, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_MANAGED_DEVICE " WHERE wake_due <= ? ORDER BY wake_due LIMIT ?");
  return all(statement.with(now, limit), device_in);
}

Time ManagementQueries::next_wake(Time now) {
  auto statement = connection_.prepare("SELECT min(wake_due) FROM rem_device WHERE wake_due > ?");
  return statement.with(now).step() ? or_never(statement, 0) : never;
}

std::vector<ManagedDevice> ManagementQueries::devices_unseen(Time before, Time after, std::string_view after_id, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_MANAGED_DEVICE " WHERE last_contact > 0 AND last_contact < ? AND (last_contact, id) > (?, ?) ORDER BY last_contact, id LIMIT ?");
  return all(statement.with(before, after, after_id, limit), device_in);
}

void ManagementQueries::put_device(const ManagedDevice& device) {
  connection_
      .prepare("INSERT INTO rem_device(id, protocol, state, managed, gateway, first_contact, last_contact, last_boot, last_bootstrap, wake_due,"
               " wake_attempts, facts) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
               " ON CONFLICT(id) DO UPDATE SET protocol = excluded.protocol, state = excluded.state, managed = excluded.managed,"
               " gateway = excluded.gateway, first_contact = excluded.first_contact, last_contact = excluded.last_contact,"
               " last_boot = excluded.last_boot, last_bootstrap = excluded.last_bootstrap, wake_due = excluded.wake_due,"
               " wake_attempts = excluded.wake_attempts, facts = excluded.facts")
      .with(device.id, static_cast<int>(device.protocol), static_cast<int>(device.state), unless_empty(device.managed), unless_empty(device.gateway),
            device.first_contact, device.last_contact, device.last_boot, device.last_bootstrap, unless_never(device.wake_due), device.wake_attempts,
            device.facts)
      .run();
}

bool ManagementQueries::erase_device(std::string_view id) {
  connection_.prepare("DELETE FROM rem_device WHERE id = ?").with(id).run();
  if (connection_.changes() == 0) return false;
  connection_.prepare("DELETE FROM rem_credential WHERE device = ?").with(id).run();
  connection_.prepare("DELETE FROM rem_operation WHERE device = ?").with(id).run();
  connection_.prepare("DELETE FROM rem_event WHERE device = ?").with(id).run();
  connection_.prepare("DELETE FROM rem_transfer WHERE device = ?").with(id).run();
  connection_.prepare("DELETE FROM rem_trace WHERE device = ?").with(id).run();
  connection_.prepare("DELETE FROM rem_traced WHERE device = ?").with(id).run();
  connection_.prepare("DELETE FROM rem_alarm WHERE device = ?").with(id).run();
  connection_.prepare("DELETE FROM rem_watch WHERE device = ?").with(id).run();
  connection_.prepare("DELETE FROM rem_nonce WHERE device = ?").with(id).run();
  erase_bootstrap(id);
  return true;
}

// ---- credentials

std::optional<ManagementCredential> ManagementQueries::login(std::string_view user) {
  auto statement = connection_.prepare("SELECT " NSCL_CREDENTIAL " WHERE purpose = 0 AND user = ?");
  return only(statement.with(user), credential_of);
}

std::optional<ManagementCredential> ManagementQueries::credential(std::string_view device, CredentialPurpose purpose) {
  auto statement = connection_.prepare("SELECT " NSCL_CREDENTIAL " WHERE device = ? AND purpose = ? ORDER BY changed DESC, user LIMIT 1");
  return only(statement.with(device, static_cast<int>(purpose)), credential_of);
}

std::vector<ManagementCredential> ManagementQueries::credentials(std::string_view device) {
  auto statement = connection_.prepare("SELECT " NSCL_CREDENTIAL " WHERE device = ? ORDER BY purpose, user");
  std::vector<ManagementCredential> out;
  for (auto& each : all(statement.with(device), credential_of)) {
    if (out.empty() || out.back().purpose != each.purpose) out.push_back(std::move(each));
    else if (each.changed > out.back().changed) out.back() = std::move(each);
  }
  return out;
}

void ManagementQueries::put_credential(const ManagementCredential& credential) {
  connection_.prepare("INSERT OR REPLACE INTO rem_credential(device, purpose, user, oui, secret, changed) VALUES(?, ?, ?, ?, ?, ?)")
      .with(credential.device, static_cast<int>(credential.purpose), credential.user, credential.oui, Blob{credential.secret}, credential.changed)
      .run();
}

bool ManagementQueries::erase_credential(std::string_view device, CredentialPurpose purpose, std::string_view user) {
  connection_.prepare("DELETE FROM rem_credential WHERE device = ? AND purpose = ? AND user = ?").with(device, static_cast<int>(purpose), user).run();
  return connection_.changes() == 1;
}

// ---- events

std::vector<ManagementEvent> ManagementQueries::events(std::string_view device, std::uint64_t before, std::size_t limit) {
  const auto top = static_cast<std::int64_t>(std::min<std::uint64_t>(before, INT64_MAX));
  if (device.empty()) {
    auto statement = connection_.prepare("SELECT " NSCL_EVENT " WHERE id < ? ORDER BY id DESC LIMIT ?");
    return all(statement.with(top, limit), event_of);
  }
  auto statement = connection_.prepare("SELECT " NSCL_EVENT " WHERE device = ? AND id < ? ORDER BY id DESC LIMIT ?");
  return all(statement.with(device, top, limit), event_of);
}

void ManagementQueries::add_event(const ManagementEvent& event, std::size_t kept) {
  connection_.prepare("INSERT INTO rem_event(device, time, code, key, text) VALUES(?, ?, ?, ?, ?)")
      .with(event.device, event.time, event.code, event.key, event.text)
      .run();
  connection_
      .prepare("DELETE FROM rem_event WHERE device = ?1 AND id <= (SELECT id FROM rem_event WHERE device = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)")
      .with(event.device, kept)
      .run();
}

// ---- files and transfers

std::optional<ManagedFile> ManagementQueries::file(std::string_view name) {
  auto statement = connection_.prepare("SELECT " NSCL_FILE " WHERE name = ?");
  return only(statement.with(name), file_of);
}

std::vector<ManagedFile> ManagementQueries::files(std::string_view after, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_FILE " WHERE name > ? ORDER BY name LIMIT ?");
  return all(statement.with(after, limit), file_of);
}

void ManagementQueries::put_file(const ManagedFile& file) {
  connection_
      .prepare("INSERT OR REPLACE INTO rem_file(name, type, version, sha256, size, signature, oui, product_class, device, created)"
               " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .with(file.name, file.type, file.version, Blob{file.sha256}, file.size, Blob{file.signature}, file.oui, file.product_class,
            unless_empty(file.device), file.created)
      .run();
}

bool ManagementQueries::erase_file(std::string_view name) {
  connection_.prepare("DELETE FROM rem_file WHERE name = ?").with(name).run();
  return connection_.changes() == 1;
}

std::optional<Transfer> ManagementQueries::transfer(std::string_view token) {
  auto statement = connection_.prepare("SELECT " NSCL_TRANSFER " WHERE token = ?");
  return only(statement.with(token), transfer_in);
}

std::optional<Transfer> ManagementQueries::transfer_of(std::uint64_t operation) {
  auto statement = connection_.prepare("SELECT " NSCL_TRANSFER " WHERE operation = ? ORDER BY created DESC LIMIT 1");
  return only(statement.with(operation), transfer_in);
}

void ManagementQueries::put_transfer(const Transfer& transfer) {
  connection_
      .prepare("INSERT OR REPLACE INTO rem_transfer(token, operation, device, is_upload, file, user, secret, size, moved, created, expires)"
               " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .with(transfer.token, transfer.operation, transfer.device, transfer.is_upload, transfer.file, transfer.user, Blob{transfer.secret}, transfer.size,
            transfer.moved, transfer.created, unless_never(transfer.expires))
      .run();
}

std::size_t ManagementQueries::erase_transfers_expired(Time now, std::size_t limit) {
  connection_.prepare("DELETE FROM rem_transfer WHERE token IN (SELECT token FROM rem_transfer WHERE expires <= ? ORDER BY expires LIMIT ?)").with(now, limit).run();
  return static_cast<std::size_t>(connection_.changes());
}

}  // namespace nscl::store::sqlite
