// SPDX-License-Identifier: Apache-2.0
// ManagementQueries: the nonces of OMA-DM.
#include <string>

#include "management_queries.h"

namespace nscl::store::sqlite {

ManagementNonces ManagementQueries::nonces(std::string_view device) {
  auto statement = connection_.prepare("SELECT ours, theirs FROM rem_nonce WHERE device = ?");
  ManagementNonces found{.device = std::string(device), .ours = {}, .theirs = {}};
  if (!statement.with(device).step()) return found;
  found.ours = statement.text(0);
  found.theirs = statement.text(1);
  return found;
}

void ManagementQueries::put_nonces(const ManagementNonces& nonces) {
  connection_.prepare("INSERT OR REPLACE INTO rem_nonce(device, ours, theirs) VALUES(?, ?, ?)").with(nonces.device, Blob{nonces.ours}, Blob{nonces.theirs}).run();
}

}  // namespace nscl::store::sqlite
