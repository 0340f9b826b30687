// SPDX-License-Identifier: Apache-2.0
// AuditQueries: the statements on the audit trail, for readers and the writer alike.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <nscl/store/audit.h>

#include "connection.h"

namespace nscl::store::sqlite {

class AuditQueries {
 public:
  explicit AuditQueries(Connection& connection) : connection_(connection) {}

  std::vector<AuditRecord> records(const AuditFilter& filter, std::size_t limit);
  std::optional<AuditRecord> head();
  std::vector<std::uint64_t> about(std::string_view entity, std::uint64_t after, std::size_t limit);
  std::vector<AuditCheckpoint> checkpoints(std::uint64_t after, std::size_t limit);
  std::optional<AuditCheckpoint> last_checkpoint();
  std::optional<AuditCheckpoint> tombstone();

  void append(const AuditRecord& record);
  void put_checkpoint(const AuditCheckpoint& checkpoint);
  void erase_through(const AuditCheckpoint& tombstone);
  bool erase_personal(std::uint64_t seq);

 private:
  struct Range {
    std::uint64_t after;
    std::uint64_t last;
  };
  Range range_of(const AuditFilter& filter);
  void put(int kind, const AuditCheckpoint& checkpoint);

  Connection& connection_;
};

}  // namespace nscl::store::sqlite
