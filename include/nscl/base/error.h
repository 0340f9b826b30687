// SPDX-License-Identifier: Apache-2.0
// Status, Error and Result: the one vocabulary of outcomes (TS 102 921, status codes).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace nscl {

enum class Status {
#define NSCL_STATUS(enumerator, name, http) enumerator,
#include <nscl/base/status.def>
#undef NSCL_STATUS
};

/// Name on the wire, e.g. "STATUS_NOT_FOUND".
std::string_view name_of(Status status);

/// The status of that name; nullopt if there is none.
std::optional<Status> status_named(std::string_view name);

/// The name that may stand in an errorInfo: the schema's enumeration has no 304, 412 or 201
/// (precondition_failed becomes STATUS_BAD_REQUEST there).
std::string_view schema_name_of(Status status);

/// HTTP status code of a status.
unsigned http_code_of(Status status);

/// What went wrong, and what the caller has to mend. `detail` becomes errorInfo/additionalInfo: it never holds a
/// secret, a file name or a text of a library that a peer could not act upon.
struct Error {
  Status status = Status::internal_server_error;
  std::string detail;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(Status status, std::string detail) {
  return tl::unexpected<Error>(Error{status, std::move(detail)});
}
inline tl::unexpected<Error> bad_request(std::string detail) {
  return failure(Status::bad_request, std::move(detail));
}

}  // namespace nscl
