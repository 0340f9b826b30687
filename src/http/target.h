// SPDX-License-Identifier: Apache-2.0
// The request target: which dialect speaks, which resource is meant, with which query (TS 102 921 annex C; docs/http.md).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nscl/base/error.h>
#include <nscl/core/policy.h>
#include <nscl/core/primitive.h>

namespace nscl::http {

using Query = std::vector<std::pair<std::string, std::string>>;

struct Target {
  core::Dialect dialect = core::Dialect::standard;   ///< known as far as possible even if `validity` is a failure
  std::string path;                                  ///< canonical, below the sclBase
  Query query;
  std::string raw_query;                             ///< the same as received
  std::optional<core::Route> route;                  ///< the resource is another SCL's
  bool is_asterisk = false;                          ///< "*", for OPTIONS
  Result<void> validity;                             ///< else why the target means nothing here
};

/// Understands origin-form, absolute-form and the indirect form `?targetID=...` of ONG gateways.
Target parse_target(std::string_view target, std::string_view host, const core::Policy& policy);

/// The same, remembering: targets below the same few collections come again and again. For any thread.
Target remembered_target(std::string_view target, std::string_view host, const std::shared_ptr<const core::Policy>& policy);

/// What stands before and behind the "?" of a target.
std::string_view path_of(std::string_view target);
std::string_view query_of(std::string_view target);

/// False if the whole text is no number.
bool read_number(std::string_view text, std::uint64_t& number);

/// "a=b&c" -> pairs, decoded, with the names of the filter criteria unified. bad_request beyond 100 parameters or on a
/// broken escape.
Result<Query> parse_query(std::string_view query);

/// Whether an authority ("host:port") means this SCL: that of the request, of the base URI, or an alias.
bool is_own_authority(std::string_view scheme, std::string_view authority, std::string_view host, const core::Policy& policy);

/// True if the last segment of the canonical path is `segment`.
bool ends_in(std::string_view path, std::string_view segment);

}  // namespace nscl::http
