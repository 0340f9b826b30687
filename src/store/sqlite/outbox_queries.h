// SPDX-License-Identifier: Apache-2.0
// OutboxQueries: the statements on lanes and their rows, for readers and the writer alike.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <nscl/store/outbox.h>

#include "connection.h"

namespace nscl::store::sqlite {

class OutboxQueries {
 public:
  explicit OutboxQueries(Connection& connection) : connection_(connection) {}

  std::optional<Lane> lane(std::string_view name);
  std::vector<Lane> due_lanes(Time after, Time now, std::size_t limit);
  Time next_due(Time now);
  std::vector<Lane> lanes_parked_on(std::string_view what, std::size_t limit);
  std::vector<Lane> lanes(std::string_view prefix, std::string_view after, std::size_t limit);
  LaneSize lane_size(std::string_view name);
  std::vector<OutboxRow> lane_rows(std::string_view name, std::size_t limit);
  std::optional<OutboxRow> row(std::uint64_t id);
  std::vector<OutboxRow> expired_rows(Time now, std::size_t limit);
  std::vector<OutboxRow> rows_of(std::string_view owner, std::string_view lanes, std::uint64_t after, std::size_t limit);

  void put_lane(const Lane& lane);
  void erase_lane(std::string_view name);
  void insert_row(const OutboxRow& row);   ///< throws std::logic_error if its lane is not there
  bool update_row(const OutboxRow& row);   ///< false if there is none with this id
  void erase_row(std::uint64_t id);

 private:
  std::optional<std::int64_t> lane_id(std::string_view name);

  Connection& connection_;
};

}  // namespace nscl::store::sqlite
