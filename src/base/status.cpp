// SPDX-License-Identifier: Apache-2.0
// The three readings of a Status, all taken from status.def.
#include <nscl/base/error.h>

#include <iterator>

namespace nscl {
namespace {

struct Row {
  std::string_view name;
  unsigned http;
};

constexpr Row rows[] = {
#define NSCL_STATUS(enumerator, name, http) {name, http},
#include <nscl/base/status.def>
#undef NSCL_STATUS
};

const Row& row_of(Status status) { return rows[static_cast<std::size_t>(status)]; }

/// The nearest status the schema's enumeration has.
Status in_schema(Status status) {
  switch (status) {
    case Status::created:
    case Status::not_modified:
      return Status::ok;
    case Status::precondition_failed:
      return Status::bad_request;
    default:
      return status;
  }
}

}  // namespace

std::string_view name_of(Status status) { return row_of(status).name; }

std::optional<Status> status_named(std::string_view name) {
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    if (rows[i].name == name) return static_cast<Status>(i);
  }
  return std::nullopt;
}

std::string_view schema_name_of(Status status) { return name_of(in_schema(status)); }

unsigned http_code_of(Status status) { return row_of(status).http; }

}  // namespace nscl
