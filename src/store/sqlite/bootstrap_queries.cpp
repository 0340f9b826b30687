// SPDX-License-Identifier: Apache-2.0
// ManagementQueries: bootstrap documents of OMA-DM on their way to devices.
#include <string>

#include "management_queries.h"

namespace nscl::store::sqlite {

std::optional<ManagementBootstrap> ManagementQueries::bootstrap(std::string_view device) {
  auto statement = connection_.prepare("SELECT address, push, created FROM rem_bootstrap WHERE device = ?");
  if (!statement.with(device).step()) return std::nullopt;
  return ManagementBootstrap{.device = std::string(device), .address = std::string(statement.text(0)), .push = std::string(statement.text(1)), .created = statement.time(2)};
}

void ManagementQueries::put_bootstrap(const ManagementBootstrap& bootstrap) {
  connection_.prepare("INSERT OR REPLACE INTO rem_bootstrap(device, address, push, created) VALUES(?, ?, ?, ?)")
      .with(bootstrap.device, bootstrap.address, Blob{bootstrap.push}, bootstrap.created)
      .run();
}

bool ManagementQueries::erase_bootstrap(std::string_view device) {
  connection_.prepare("DELETE FROM rem_bootstrap WHERE device = ?").with(device).run();
  return connection_.changes() == 1;
}

}  // namespace nscl::store::sqlite
