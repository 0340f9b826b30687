// SPDX-License-Identifier: Apache-2.0
// Statements are compiled once for a connection, whatever values they are run with.
#include <fstream>

#include <gtest/gtest.h>

#include "management_queries.h"
#include "schema.h"
#include "security_queries.h"
#include "store_contract.h"

namespace nscl::store::sqlite {
namespace {

TEST(SqliteStatements, AreNotCompiledAnewForOtherValues) {
  const contract::TemporaryDirectory directory;
  const auto file = directory.path() / "statements.db";
  std::ofstream(file).close();
  Connection connection(file, Connection::Mode::read_write, 1 << 20);
  migrate_schema(connection);
  const auto compiled_anew = [&] { return connection.query_integer("SELECT sum(reprep) FROM sqlite_stmt"); };
  ManagementQueries management(connection);
  SecurityQueries security(connection);
  const auto look = [&](CredentialPurpose purpose, KeyState state) {
    management.credential("d", purpose);
    security.keys_over(state, Time{}, 1);
  };
  look(CredentialPurpose::login, KeyState::pending);   // what the migration made old is not meant
  const auto before = compiled_anew();
  for (int i = 0; i < 3; ++i) {
    look(CredentialPurpose::connection_request, KeyState::active);
    look(CredentialPurpose::login, KeyState::pending);
  }
  EXPECT_EQ(compiled_anew(), before);
}

}  // namespace
}  // namespace nscl::store::sqlite
