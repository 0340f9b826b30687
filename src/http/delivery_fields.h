// SPDX-License-Identifier: Apache-2.0
// X-etsi-... fields, and the query parameters that may stand in for them (procedures 3.4, 3.5).
#pragma once

#include <string_view>

#include <nscl/base/error.h>
#include <nscl/core/primitive.h>
#include <nscl/net/web.h>

#include "target.h"

namespace nscl::http {

/// RCAT, TRPDT, correlationID and contactURI of a request that arrived at `now`. bad_request if one of them is none.
Result<core::Delivery> parse_delivery(const net::WebRequest& request, const Query& query, Time now);

/// Value of an X-... field, in any case of letters; empty if there is none.
std::string_view extension_field(const net::WebRequest& request, std::string_view name);

/// The deadline that a TRPDT sets a request that arrives at `now`: xs:duration, xs:dateTime, xs:time (its next
/// occurrence) or seconds; -1 and a negative duration: never. nullopt if it is none of them.
std::optional<Time> parse_trpdt(std::string_view text, Time now);

}  // namespace nscl::http
