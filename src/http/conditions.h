// SPDX-License-Identifier: Apache-2.0
// If-Match and its kin -> Conditions (RFC 9110 13.1).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nscl/core/primitive.h>
#include <nscl/net/web.h>

namespace nscl::http {

/// bad_request on an unterminated quote or more than 100 tags; a date that is none is ignored, as the RFC wants it.
Result<core::Conditions> parse_conditions(const net::WebRequest& request);

/// One list of entity tags. Tags lose their quotes, and their `W/` if `weak_counts`; a tag that can match nothing here
/// (a weak one otherwise, a quoted asterisk) keeps them.
Result<std::vector<std::string>> parse_tags(std::string_view list, bool weak_counts);

/// The entity tag of a resource, with its quotes.
std::string entity_tag(Time last_modified);

}  // namespace nscl::http
