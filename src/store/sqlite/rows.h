// SPDX-License-Identifier: Apache-2.0
// What the files of statements have in common: NULL for what is not there, and rows as structures.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "connection.h"

namespace nscl::store::sqlite {

inline std::optional<Time> unless_never(Time time) { return time == never ? std::nullopt : std::optional(time); }
inline Time or_never(const Statement& row, int column) { return row.is_null(column) ? never : row.time(column); }
inline std::optional<std::string_view> unless_empty(std::string_view text) { return text.empty() ? std::nullopt : std::optional(text); }
inline std::optional<std::uint64_t> unless_none(std::uint64_t id) { return id == 0 ? std::nullopt : std::optional(id); }

/// The next row, if there is one.
template <class Row>
std::optional<Row> only(Statement& statement, Row (*read)(const Statement&)) {
  return statement.step() ? std::optional(read(statement)) : std::nullopt;
}

/// All rows that are left.
template <class Row>
std::vector<Row> all(Statement& statement, Row (*read)(const Statement&)) {
  std::vector<Row> found;
  while (statement.step()) found.push_back(read(statement));
  return found;
}

}  // namespace nscl::store::sqlite
