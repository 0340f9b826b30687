// SPDX-License-Identifier: Apache-2.0
#include "schema.h"

#include <array>
#include <stdexcept>
#include <string>

namespace nscl::store::sqlite {
namespace {

constexpr std::int64_t application_id = 0x6e73636c;   // "nscl"

// Each entry leads from version [index] to [index + 1]. An entry that was ever released is never edited.
constexpr std::array migrations = {
    // Instances are appended by one global sequence number. The narrow rows of `instance` are read at start-up to build
    // the index in memory; no further index is touched by an instance with a generated name. `created` stands in both
    // tables, so that a start reads narrow rows only and a request a single row.
    R"sql(
CREATE TABLE high_water(one INTEGER PRIMARY KEY CHECK(one = 1), stamp INTEGER NOT NULL, key INTEGER NOT NULL,
                        sequence INTEGER NOT NULL) STRICT;
INSERT INTO high_water VALUES(1, 0, 0, 0);
CREATE TABLE resource(key INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, parent TEXT, type TEXT NOT NULL,
                      created INTEGER NOT NULL, modified INTEGER NOT NULL, expiration INTEGER, age_limit INTEGER,
                      body TEXT NOT NULL) STRICT;
CREATE INDEX resource_parent ON resource(parent);
CREATE INDEX resource_expiration ON resource(expiration) WHERE expiration IS NOT NULL;
CREATE INDEX resource_age_limit ON resource(age_limit) WHERE age_limit IS NOT NULL;
CREATE TABLE search_string(value TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY(value, path)) STRICT, WITHOUT ROWID;
CREATE TABLE instance(sequence INTEGER PRIMARY KEY, container INTEGER NOT NULL, size INTEGER NOT NULL,
                      created INTEGER NOT NULL) STRICT;
CREATE TABLE instance_body(sequence INTEGER PRIMARY KEY, name TEXT, content_type TEXT NOT NULL, search_strings TEXT,
                           delay_tolerance INTEGER, content BLOB NOT NULL) STRICT;
CREATE TABLE instance_name(container INTEGER NOT NULL, name TEXT NOT NULL, sequence INTEGER NOT NULL,
                           PRIMARY KEY(container, name)) STRICT, WITHOUT ROWID;
CREATE TABLE container_state(container INTEGER PRIMARY KEY, last_modified INTEGER NOT NULL) STRICT;
CREATE TABLE principal(name TEXT PRIMARY KEY, entity TEXT NOT NULL, verifier TEXT NOT NULL,
                       is_operator INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE fact(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
)sql",
    // The time of creation stands beside the content too, so that one row is a whole instance. The outbox, and what tells
    // all resources of a type. A lane that waits for no time is in no index but its name's.
    R"sql(
ALTER TABLE instance_body RENAME TO instance_body_1;
CREATE TABLE instance_body(sequence INTEGER PRIMARY KEY, created INTEGER NOT NULL, name TEXT, content_type TEXT NOT NULL,
                           search_strings TEXT, delay_tolerance INTEGER, content BLOB NOT NULL) STRICT;
INSERT INTO instance_body SELECT sequence, instance.created, name, content_type, search_strings, delay_tolerance, content
                          FROM instance_body_1 JOIN instance USING(sequence);
DROP TABLE instance_body_1;
CREATE INDEX resource_type ON resource(type, key);
CREATE TABLE lane(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, due INTEGER, parked_on TEXT, attempts INTEGER NOT NULL,
                  failing_since INTEGER NOT NULL, error TEXT NOT NULL, state TEXT NOT NULL) STRICT;
CREATE INDEX lane_due ON lane(due) WHERE due IS NOT NULL;
CREATE INDEX lane_parked_on ON lane(parked_on) WHERE parked_on IS NOT NULL;
CREATE TABLE outbox(id INTEGER PRIMARY KEY, lane INTEGER NOT NULL, priority INTEGER NOT NULL, created INTEGER NOT NULL,
                    expires INTEGER, owner TEXT, size INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX outbox_lane ON outbox(lane, priority, id);
CREATE INDEX outbox_expires ON outbox(expires) WHERE expires IS NOT NULL;
CREATE INDEX outbox_owner ON outbox(owner, id) WHERE owner IS NOT NULL;
)sql",
    // What a lane holds is counted beside it, as every request that is to be kept asks whether there is room, however many are kept
    // already. The table is made anew: some stores of version 2 have the columns and triggers, others have not.
    R"sql(
DROP TRIGGER IF EXISTS outbox_insert;
DROP TRIGGER IF EXISTS outbox_update;
DROP TRIGGER IF EXISTS outbox_delete;
CREATE TABLE lane_3(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, due INTEGER, parked_on TEXT, attempts INTEGER NOT NULL,
                    failing_since INTEGER NOT NULL, error TEXT NOT NULL, state TEXT NOT NULL,
                    held INTEGER NOT NULL DEFAULT 0, held_size INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO lane_3 SELECT id, name, due, parked_on, attempts, failing_since, error, state,
                          (SELECT count(*) FROM outbox WHERE lane = lane.id), (SELECT coalesce(sum(size), 0) FROM outbox WHERE lane = lane.id) FROM lane;
DROP TABLE lane;
ALTER TABLE lane_3 RENAME TO lane;
CREATE INDEX lane_due ON lane(due) WHERE due IS NOT NULL;
CREATE INDEX lane_parked_on ON lane(parked_on) WHERE parked_on IS NOT NULL;
CREATE TRIGGER outbox_insert AFTER INSERT ON outbox BEGIN
  UPDATE lane SET held = held + 1, held_size = held_size + new.size WHERE id = new.lane; END;
CREATE TRIGGER outbox_update AFTER UPDATE OF size ON outbox BEGIN
  UPDATE lane SET held_size = held_size + new.size - old.size WHERE id = new.lane; END;
CREATE TRIGGER outbox_delete AFTER DELETE ON outbox BEGIN
  UPDATE lane SET held = held - 1, held_size = held_size - old.size WHERE id = old.lane; END;
)sql",
    // Keys and tokens. `change` tells a running daemon which keys to look at again.
    R"sql(
ALTER TABLE principal ADD COLUMN certificate TEXT;
CREATE UNIQUE INDEX principal_certificate ON principal(certificate) WHERE certificate IS NOT NULL;
CREATE TABLE key(identity TEXT PRIMARY KEY, kind INTEGER NOT NULL, state INTEGER NOT NULL, node TEXT, entity TEXT NOT NULL,
                 environment TEXT NOT NULL, derivation TEXT NOT NULL, number INTEGER NOT NULL, generation INTEGER NOT NULL,
                 not_before INTEGER NOT NULL, not_after INTEGER, wrap_key TEXT NOT NULL, wrapped BLOB NOT NULL,
                 change INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX key_node ON key(node, number) WHERE node IS NOT NULL;
CREATE INDEX key_change ON key(change);
CREATE INDEX key_entity ON key(entity);
CREATE INDEX key_over ON key(state, not_after) WHERE not_after IS NOT NULL;
CREATE INDEX key_pending ON key(not_before) WHERE state = 0;
CREATE TABLE token(id TEXT PRIMARY KEY, principal TEXT NOT NULL, digest BLOB NOT NULL, scope TEXT NOT NULL,
                   networks TEXT NOT NULL, created INTEGER NOT NULL, not_after INTEGER) STRICT, WITHOUT ROWID;
)sql",
    // The audit trail. The personal data of a record has its number; kind 0 of a checkpoint is a signed record, 1 the tombstone.
    R"sql(
CREATE TABLE audit(seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, monotonic INTEGER NOT NULL, event TEXT NOT NULL, key TEXT NOT NULL,
                   session TEXT NOT NULL, operation TEXT NOT NULL, request BLOB NOT NULL, status TEXT NOT NULL, detail TEXT NOT NULL,
                   personal BLOB NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE INDEX audit_time ON audit(time);
CREATE INDEX audit_event ON audit(event);
CREATE TABLE audit_personal(seq INTEGER PRIMARY KEY, salt BLOB NOT NULL, principal TEXT NOT NULL, entity TEXT NOT NULL,
                            source TEXT NOT NULL, target TEXT NOT NULL, note TEXT NOT NULL) STRICT;
CREATE INDEX audit_principal ON audit_personal(principal);
CREATE TABLE audit_checkpoint(kind INTEGER NOT NULL, seq INTEGER NOT NULL, time INTEGER NOT NULL, hash BLOB NOT NULL,
                              signature BLOB NOT NULL, PRIMARY KEY(kind, seq)) STRICT, WITHOUT ROWID;
)sql",
    // Tokens have names for their operators; principals may have what HTTP Digest is judged by.
    R"sql(
ALTER TABLE token ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE principal ADD COLUMN digest_key TEXT NOT NULL DEFAULT '';
ALTER TABLE principal ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
)sql",
    // What devices told of their integrity, and who is quarantined; `secure_time` is what `time_stamp` means. And how many resources
    // an SCL or application holds, counted as its quota is asked for at each creation.
    R"sql(
CREATE TABLE integrity(id INTEGER PRIMARY KEY, scl TEXT NOT NULL, node TEXT, received INTEGER NOT NULL, results INTEGER NOT NULL,
                       time_stamp TEXT NOT NULL, secure_time INTEGER, verdict INTEGER NOT NULL, is_proven INTEGER NOT NULL) STRICT;
CREATE INDEX integrity_scl ON integrity(scl, is_proven, id);
CREATE INDEX integrity_node ON integrity(node, secure_time) WHERE is_proven = 1;
CREATE TABLE quarantine(scl TEXT PRIMARY KEY, since INTEGER NOT NULL, reason TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE holding(owner TEXT PRIMARY KEY, resources INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO holding SELECT substr(path, 1, n + iif(rest = 0, length(path), rest - 1)), count(*)
  FROM (SELECT path, n, instr(substr(path, n + 1), '/') AS rest
          FROM (SELECT path, iif(path GLOB 'scls/*', 5, 13) AS n FROM resource WHERE path GLOB 'scls/*' OR path GLOB 'applications/*'))
  GROUP BY 1;
)sql",
    // The inventory of devices, and what outlives the keys of a node.
    R"sql(
CREATE TABLE device(hardware TEXT PRIMARY KEY, state INTEGER NOT NULL, node TEXT, scl_id TEXT NOT NULL, environment TEXT NOT NULL,
                    voucher TEXT, last_attempt INTEGER NOT NULL, first_attempt INTEGER NOT NULL, attempts INTEGER NOT NULL,
                    changed INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX device_node ON device(node) WHERE node IS NOT NULL;
CREATE UNIQUE INDEX device_voucher ON device(voucher) WHERE voucher IS NOT NULL;
CREATE TABLE node(id TEXT PRIMARY KEY, root_index INTEGER NOT NULL, connection_index INTEGER NOT NULL,
                  connection TEXT NOT NULL) STRICT, WITHOUT ROWID;
)sql",
    // Device management: devices, their credentials, what is to be done on them and what they told, files and their transfers.
    // Operations that are over are in no index that work looks at.
    R"sql(
CREATE TABLE rem_device(id TEXT PRIMARY KEY, protocol INTEGER NOT NULL, state INTEGER NOT NULL, managed TEXT, gateway TEXT,
                        first_contact INTEGER NOT NULL, last_contact INTEGER NOT NULL, last_boot INTEGER NOT NULL,
                        last_bootstrap INTEGER NOT NULL, wake_due INTEGER, wake_attempts INTEGER NOT NULL, facts TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX rem_device_managed ON rem_device(managed) WHERE managed IS NOT NULL;
CREATE INDEX rem_device_gateway ON rem_device(gateway, id) WHERE gateway IS NOT NULL;
CREATE INDEX rem_device_wake ON rem_device(wake_due) WHERE wake_due IS NOT NULL;
CREATE TABLE rem_credential(device TEXT NOT NULL, purpose INTEGER NOT NULL, user TEXT NOT NULL, oui TEXT NOT NULL, secret BLOB NOT NULL,
                            changed INTEGER NOT NULL, PRIMARY KEY(device, purpose, user)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX rem_credential_login ON rem_credential(user) WHERE purpose = 0;
CREATE TABLE rem_operation(id INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, state INTEGER NOT NULL, priority INTEGER NOT NULL,
                           created INTEGER NOT NULL, due INTEGER NOT NULL, expires INTEGER, ended INTEGER, attempts INTEGER NOT NULL,
                           key TEXT, resource TEXT NOT NULL, requester TEXT NOT NULL, fleet TEXT, body TEXT NOT NULL, outcome TEXT NOT NULL,
                           change TEXT NOT NULL) STRICT;
CREATE INDEX rem_operation_pending ON rem_operation(device, priority, id) WHERE ended IS NULL;
CREATE INDEX rem_operation_about ON rem_operation(resource, id) WHERE ended IS NULL;
CREATE INDEX rem_operation_expires ON rem_operation(expires) WHERE ended IS NULL AND expires IS NOT NULL;
CREATE INDEX rem_operation_sent ON rem_operation(state) WHERE state = 1;
CREATE INDEX rem_operation_ended ON rem_operation(ended) WHERE ended IS NOT NULL;
CREATE UNIQUE INDEX rem_operation_key ON rem_operation(device, key) WHERE key IS NOT NULL;
CREATE INDEX rem_operation_fleet ON rem_operation(fleet, id) WHERE fleet IS NOT NULL;
CREATE TABLE rem_event(id INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, time INTEGER NOT NULL, code TEXT NOT NULL, key TEXT NOT NULL,
                       text TEXT NOT NULL) STRICT;
CREATE INDEX rem_event_device ON rem_event(device, id);
CREATE TABLE rem_file(name TEXT PRIMARY KEY, type TEXT NOT NULL, version TEXT NOT NULL, sha256 BLOB NOT NULL, size INTEGER NOT NULL,
                      signature BLOB NOT NULL, oui TEXT NOT NULL, product_class TEXT NOT NULL, device TEXT, created INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX rem_file_device ON rem_file(device) WHERE device IS NOT NULL;
CREATE TABLE rem_transfer(token TEXT PRIMARY KEY, operation INTEGER NOT NULL, device TEXT NOT NULL, is_upload INTEGER NOT NULL, file TEXT NOT NULL,
                          user TEXT NOT NULL, secret BLOB NOT NULL, size INTEGER NOT NULL, moved INTEGER NOT NULL, created INTEGER NOT NULL,
                          expires INTEGER) STRICT, WITHOUT ROWID;
CREATE INDEX rem_transfer_operation ON rem_transfer(operation);
CREATE INDEX rem_transfer_device ON rem_transfer(device);
CREATE INDEX rem_transfer_expires ON rem_transfer(expires) WHERE expires IS NOT NULL;
)sql",
    // Which device carries an SCL. Not UNIQUE: an inventory of before may have two, and a blocked one does not count.
    R"sql(
CREATE INDEX device_scl ON device(scl_id) WHERE scl_id <> '';
)sql",
    // Fleet works and their members. What is counted of them is counted in their rows.
    R"sql(
CREATE TABLE rem_fleet(id INTEGER PRIMARY KEY AUTOINCREMENT, state INTEGER NOT NULL, group_path TEXT NOT NULL, suffix TEXT NOT NULL,
                       principal TEXT NOT NULL, requester TEXT NOT NULL, is_operator INTEGER NOT NULL, rcat INTEGER, deadline INTEGER,
                       started INTEGER NOT NULL, last_begun INTEGER NOT NULL, ended INTEGER, reason TEXT NOT NULL, members INTEGER NOT NULL,
                       begun INTEGER NOT NULL, refused INTEGER NOT NULL, done INTEGER NOT NULL, failed INTEGER NOT NULL,
                       cancelled INTEGER NOT NULL, refusals TEXT NOT NULL) STRICT;
CREATE INDEX rem_fleet_open ON rem_fleet(id) WHERE ended IS NULL;
CREATE INDEX rem_fleet_ended ON rem_fleet(ended) WHERE ended IS NOT NULL;
CREATE INDEX rem_fleet_requester ON rem_fleet(requester, id);
CREATE TABLE rem_fleet_member(fleet INTEGER NOT NULL, position INTEGER NOT NULL, path TEXT NOT NULL, state INTEGER NOT NULL, operation INTEGER,
                              status TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY(fleet, position)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX rem_fleet_member_path ON rem_fleet_member(fleet, path);
CREATE INDEX rem_fleet_member_state ON rem_fleet_member(fleet, state, position);
CREATE UNIQUE INDEX rem_fleet_member_operation ON rem_fleet_member(operation) WHERE operation IS NOT NULL;
DROP INDEX rem_operation_fleet;
CREATE INDEX rem_operation_fleet ON rem_operation(fleet, state, id) WHERE fleet IS NOT NULL AND ended IS NULL;
)sql",
    // Traces of sessions, of whom all are kept, and alarms. The index is for devices that are not seen any more.
    R"sql(
CREATE TABLE rem_trace(id INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL,
                       is_problem INTEGER NOT NULL, end TEXT NOT NULL, messages INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX rem_trace_device ON rem_trace(device, id);
CREATE TABLE rem_traced(device TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE rem_alarm(device TEXT NOT NULL, kind TEXT NOT NULL, since INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL,
                       text TEXT NOT NULL, PRIMARY KEY(device, kind)) STRICT, WITHOUT ROWID;
CREATE INDEX rem_device_contact ON rem_device(last_contact, id) WHERE last_contact > 0;
)sql",
    // Parameters of which devices are to tell when they change.
    R"sql(
CREATE TABLE rem_watch(owner TEXT NOT NULL, leaf TEXT NOT NULL, device TEXT NOT NULL, level INTEGER NOT NULL, seen BLOB,
                       PRIMARY KEY(owner, leaf)) STRICT, WITHOUT ROWID;
CREATE INDEX rem_watch_leaf ON rem_watch(device, leaf);
)sql",
    // The nonces that the next credentials of OMA-DM are made with.
    R"sql(
CREATE TABLE rem_nonce(device TEXT PRIMARY KEY, ours BLOB NOT NULL, theirs BLOB NOT NULL) STRICT, WITHOUT ROWID;
)sql",
    // Documents of OMA-DM that are pushed to devices until they know this server.
    R"sql(
CREATE TABLE rem_bootstrap(device TEXT PRIMARY KEY, address TEXT NOT NULL, push BLOB NOT NULL, created INTEGER NOT NULL) STRICT, WITHOUT ROWID;
)sql"};

}  // namespace

int schema_version() { return static_cast<int>(migrations.size()); }

bool is_current_schema(Connection& connection) {
  const auto version = connection.query_integer("PRAGMA user_version");
  const auto owner = connection.query_integer("PRAGMA application_id");
  const auto tables = connection.query_integer("SELECT count(*) FROM sqlite_schema");
  const auto is_new = owner == 0 && version == 0 && tables == 0;
  if (!is_new && owner != application_id) throw std::runtime_error("it is a database of another program");
  if (version > schema_version()) {
    throw std::runtime_error("its schema has version " + std::to_string(version) + ", this program knows versions up to " +
                             std::to_string(schema_version()) + ": use the newer nscl, or restore a backup");
  }
  return version == schema_version();
}

void migrate_schema(Connection& connection) {
  connection.execute("BEGIN IMMEDIATE");
  try {
    is_current_schema(connection);   // again, now that nobody else can change it
    auto version = connection.query_integer("PRAGMA user_version");
    while (version < schema_version()) connection.execute(migrations[static_cast<std::size_t>(version++)]);
    connection.execute("PRAGMA application_id=" + std::to_string(application_id) +
                       "; PRAGMA user_version=" + std::to_string(version) + "; COMMIT");
  } catch (...) {
    roll_back(connection);
    throw;
  }
}

}  // namespace nscl::store::sqlite
