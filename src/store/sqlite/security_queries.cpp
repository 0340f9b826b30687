// SPDX-License-Identifier: Apache-2.0
#include "security_queries.h"

#include <string>

#include "rows.h"

namespace nscl::store::sqlite {
namespace {

// The columns in the order in which the functions below read them.
#define NSCL_KEY \
  "identity, kind, state, node, entity, environment, derivation, number, generation, not_before, not_after, wrap_key, wrapped, change FROM key"
#define NSCL_TOKEN "id, principal, digest, scope, networks, created, not_after, name FROM token"
#define NSCL_PRINCIPAL "name, entity, verifier, is_operator, certificate, digest_key, digest FROM principal"

Key key_of(const Statement& row) {
  return {.identity = std::string(row.text(0)), .kind = static_cast<KeyKind>(row.integer(1)),
          .state = static_cast<KeyState>(row.integer(2)), .node = std::string(row.text(3)), .entity = std::string(row.text(4)),
          .environment = std::string(row.text(5)), .derivation = std::string(row.text(6)), .index = row.number(7),
          .generation = row.number(8), .not_before = row.time(9), .not_after = or_never(row, 10),
          .wrap_key = std::string(row.text(11)), .wrapped = std::string(row.text(12)), .change = row.number(13)};
}

Token token_of(const Statement& row) {
  return {.id = std::string(row.text(0)), .principal = std::string(row.text(1)), .digest = std::string(row.text(2)),
          .scope = std::string(row.text(3)), .networks = std::string(row.text(4)), .created = row.time(5),
          .not_after = or_never(row, 6), .name = std::string(row.text(7))};
}

Principal principal_of(const Statement& row) {
  return {std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)), row.integer(3) != 0,
          std::string(row.text(4)), std::string(row.text(5)), std::string(row.text(6))};
}

}  // namespace

std::optional<Key> SecurityQueries::key(std::string_view identity) {
  auto statement = connection_.prepare("SELECT " NSCL_KEY " WHERE identity = ?");
  return only(statement.with(identity), key_of);
}

std::vector<Key> SecurityQueries::keys(std::string_view after, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_KEY " WHERE identity > ? ORDER BY identity LIMIT ?");
  return all(statement.with(after, limit), key_of);
}

std::vector<Key> SecurityQueries::keys_of_node(std::string_view node) {
  auto statement = connection_.prepare("SELECT " NSCL_KEY " WHERE node = ? ORDER BY number DESC");
  return all(statement.with(node), key_of);
}

std::vector<Key> SecurityQueries::keys_of_entity(std::string_view entity) {
  static_assert(static_cast<int>(KeyState::revoked) == 3);
  auto statement = connection_.prepare("SELECT " NSCL_KEY " WHERE entity = ? AND state <> 3 ORDER BY identity");
  return all(statement.with(entity), key_of);
}

std::vector<Key> SecurityQueries::keys_changed_after(std::uint64_t change, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_KEY " WHERE change > ? ORDER BY change LIMIT ?");
  return all(statement.with(change, limit), key_of);
}

std::uint64_t SecurityQueries::last_key_change() {
  auto statement = connection_.prepare("SELECT coalesce(max(change), 0) FROM key");
  statement.step();
  return statement.number(0);
}

std::vector<Key> SecurityQueries::keys_over(KeyState state, Time now, std::size_t limit) {
  auto statement = connection_.prepare("SELECT " NSCL_KEY " WHERE state = ? AND not_after <= ? ORDER BY not_after LIMIT ?");
  return all(statement.with(static_cast<int>(state), now, limit), key_of);
}

bool SecurityQueries::is_proven_by_key(std::string_view entity, Time now) {
  auto statement = connection_.prepare("SELECT 1 FROM key WHERE entity = ? AND state IN (1, 2) AND not_before <= ? AND (not_after IS NULL OR not_after > ?)");
  static_assert(static_cast<int>(KeyState::active) == 1 && static_cast<int>(KeyState::retiring) == 2);
  return statement.with(entity, now, now).step();
}

std::vector<Key> SecurityQueries::keys_pending_since(Time since, std::size_t limit) {
  // The state as the index has it: a literal, or SQLite would not know that the index holds these rows.
  static_assert(static_cast<int>(KeyState::pending) == 0);
  auto statement = connection_.prepare("SELECT " NSCL_KEY " WHERE state = 0 AND not_before <= ? ORDER BY not_before LIMIT ?");
  return all(statement.with(since, limit), key_of);
}

void SecurityQueries::put_key(const Key& key) {
  connection_
      .prepare("INSERT OR REPLACE INTO key(identity, kind, state, node, entity, environment, derivation, number, generation, not_before,"
               " not_after, wrap_key, wrapped, change)"
               " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(change), 0) + 1 FROM key))")
      .with(key.identity, static_cast<int>(key.kind), static_cast<int>(key.state), unless_empty(key.node), key.entity, key.environment,
            key.derivation, key.index, key.generation, key.not_before, unless_never(key.not_after), key.wrap_key, Blob{key.wrapped})
      .run();
}

bool SecurityQueries::erase_key(std::string_view identity) {
  connection_.prepare("DELETE FROM key WHERE identity = ?").with(identity).run();
  return connection_.changes() > 0;
}

std::optional<Token> SecurityQueries::token(std::string_view id) {
  auto statement = connection_.prepare("SELECT " NSCL_TOKEN " WHERE id = ?");
  return only(statement.with(id), token_of);
}

std::vector<Token> SecurityQueries::tokens() {
  auto statement = connection_.prepare("SELECT " NSCL_TOKEN " ORDER BY id");
  return all(statement, token_of);
}

void SecurityQueries::put_token(const Token& token) {
  connection_.prepare("INSERT OR REPLACE INTO token(id, principal, digest, scope, networks, created, not_after, name) VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
      .with(token.id, token.principal, Blob{token.digest}, token.scope, token.networks, token.created, unless_never(token.not_after), token.name)
      .run();
}

bool SecurityQueries::erase_token(std::string_view id) {
  connection_.prepare("DELETE FROM token WHERE id = ?").with(id).run();
  return connection_.changes() > 0;
}

std::optional<Principal> SecurityQueries::principal(std::string_view name) {
  auto statement = connection_.prepare("SELECT " NSCL_PRINCIPAL " WHERE name = ?");
  return only(statement.with(name), principal_of);
}

std::optional<Principal> SecurityQueries::principal_by_certificate(std::string_view name) {
  auto statement = connection_.prepare("SELECT " NSCL_PRINCIPAL " WHERE certificate = ?");
  return only(statement.with(name), principal_of);
}

std::vector<Principal> SecurityQueries::principals() {
  auto statement = connection_.prepare("SELECT " NSCL_PRINCIPAL " ORDER BY name");
  return all(statement, principal_of);
}

void SecurityQueries::put_principal(const Principal& principal) {
  connection_
      .prepare("INSERT INTO principal(name, entity, verifier, is_operator, certificate, digest_key, digest) VALUES(?, ?, ?, ?, ?, ?, ?)"
               " ON CONFLICT(name) DO UPDATE SET entity = excluded.entity, verifier = excluded.verifier,"
               " is_operator = excluded.is_operator, certificate = excluded.certificate,"
               " digest_key = excluded.digest_key, digest = excluded.digest")
      .with(principal.name, principal.entity, principal.verifier, principal.is_operator, unless_empty(principal.certificate),
            principal.digest_key, Blob{principal.digest})
      .run();
}

bool SecurityQueries::erase_principal(std::string_view name) {
  // Or who gets the name next would have given the tokens of who had it before.
  connection_.prepare("DELETE FROM token WHERE principal = ?").with(name).run();
  connection_.prepare("DELETE FROM principal WHERE name = ?").with(name).run();
  return connection_.changes() > 0;
}

}  // namespace nscl::store::sqlite
