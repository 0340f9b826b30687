// SPDX-License-Identifier: Apache-2.0
// WebCall -> where it goes and the octets of its head, without I/O.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include <nscl/net/outgoing_target.h>
#include <nscl/net/web_client.h>

namespace nscl::net {

/// The request up to and with the empty line; bad_uri or not_supported for what would break the framing of requests.
tl::expected<std::string, WebFailure> write_request_head(const WebCall& call, const OutgoingTarget& target);

}  // namespace nscl::net
