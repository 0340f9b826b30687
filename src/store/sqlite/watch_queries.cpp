// SPDX-License-Identifier: Apache-2.0
// ManagementQueries: what devices are to tell of by themselves.
#include <string>

#include "management_queries.h"
#include "rows.h"

namespace nscl::store::sqlite {
namespace {

#define NSCL_WATCH "owner, leaf, device, level, seen FROM rem_watch"

Watch watch_in(const Statement& row) {
  Watch watch{.owner = std::string(row.text(0)), .leaf = std::string(row.text(1)), .device = std::string(row.text(2)),
              .level = static_cast<unsigned>(row.integer(3)), .seen = {}};
  if (!row.is_null(4)) watch.seen = std::string(row.text(4));
  return watch;
}

}  // namespace

std::vector<Watch> ManagementQueries::watches_by(std::string_view owner) {
  auto statement = connection_.prepare("SELECT " NSCL_WATCH " WHERE owner = ? ORDER BY leaf");
  return all(statement.with(owner), watch_in);
}

std::vector<Watch> ManagementQueries::watches_of(std::string_view device) {
  auto statement = connection_.prepare("SELECT " NSCL_WATCH " WHERE device = ? ORDER BY owner, leaf");
  return all(statement.with(device), watch_in);
}

std::vector<Watch> ManagementQueries::watches_on(std::string_view device, std::string_view leaf) {
  auto statement = connection_.prepare("SELECT " NSCL_WATCH " WHERE device = ? AND leaf = ? ORDER BY owner");
  return all(statement.with(device, leaf), watch_in);
}

std::vector<std::string> ManagementQueries::watching(std::string_view after, std::size_t limit) {
  auto statement = connection_.prepare("SELECT DISTINCT owner FROM rem_watch WHERE owner > ? ORDER BY owner LIMIT ?");
  std::vector<std::string> found;
  for (statement.with(after, limit); statement.step();) found.emplace_back(statement.text(0));
  return found;
}

void ManagementQueries::put_watch(const Watch& watch) {
  const auto seen = watch.seen ? std::optional(Blob{*watch.seen}) : std::nullopt;
  connection_.prepare("INSERT OR REPLACE INTO rem_watch(owner, leaf, device, level, seen) VALUES(?, ?, ?, ?, ?)")
      .with(watch.owner, watch.leaf, watch.device, watch.level, seen)
      .run();
}

void ManagementQueries::erase_watches(std::string_view owner) { connection_.prepare("DELETE FROM rem_watch WHERE owner = ?").with(owner).run(); }

}  // namespace nscl::store::sqlite
