// SPDX-License-Identifier: Apache-2.0
// SecurityQueries: the statements on principals, keys, tokens and the integrity of devices, for readers and the writer alike.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <nscl/store/view.h>

#include "connection.h"

namespace nscl::store::sqlite {

class SecurityQueries {
 public:
  explicit SecurityQueries(Connection& connection) : connection_(connection) {}

  std::optional<Key> key(std::string_view identity);
  std::vector<Key> keys(std::string_view after, std::size_t limit);
  std::vector<Key> keys_of_node(std::string_view node);
  std::vector<Key> keys_of_entity(std::string_view entity);
  std::vector<Key> keys_changed_after(std::uint64_t change, std::size_t limit);
  std::uint64_t last_key_change();
  std::vector<Key> keys_over(KeyState state, Time now, std::size_t limit);
  bool is_proven_by_key(std::string_view entity, Time now);
  std::vector<Key> keys_pending_since(Time since, std::size_t limit);
  void put_key(const Key& key);
  bool erase_key(std::string_view identity);

  std::optional<Token> token(std::string_view id);
  std::vector<Token> tokens();
  void put_token(const Token& token);
  bool erase_token(std::string_view id);

  std::optional<Principal> principal(std::string_view name);
  std::optional<Principal> principal_by_certificate(std::string_view name);
  std::vector<Principal> principals();
  void put_principal(const Principal& principal);
  bool erase_principal(std::string_view name);

  // integrity_queries.cpp
  std::vector<IntegrityRecord> integrity_records(std::string_view scl, std::uint64_t before, std::size_t limit);
  std::optional<Time> last_secure_time(std::string_view node);
  void add_integrity_record(const IntegrityRecord& record, std::size_t kept);
  std::optional<Quarantined> quarantined(std::string_view scl);
  std::vector<Quarantined> all_quarantined(std::string_view after, std::size_t limit);
  void put_quarantined(const Quarantined& quarantined);
  bool erase_quarantined(std::string_view scl);

 private:
  Connection& connection_;
};

}  // namespace nscl::store::sqlite
