// SPDX-License-Identifier: Apache-2.0
// /m2m-tsa: time stamps over HTTP (RFC 3161 3.4), and those of representations (docs/timestamps.md). No part of the
// standard's tree.
#pragma once

#include <optional>

#include <nscl/net/web.h>
#include <nscl/security/time_stamping.h>

#include "response.h"
#include "target.h"

namespace nscl::http {

bool is_tsa(const net::WebRequest& request);

/// POST of a query -> its reply, for a requestor that may ask.
net::Task<net::WebResponse> answer_tsa(const net::WebRequest& request, security::RequestorPtr requestor, security::TimeStamping& stamping);

/// True if the request asks for a time stamp of the representation that it reads.
bool wants_stamp(const net::WebRequest& request, const Query& query);

/// The answer to a requestor that must wait, or to everybody if there is no authority here.
std::optional<net::WebResponse> refuse_stamp(const security::Requestor& requestor, security::TimeStamping& stamping, const ResponseForm& form);

/// `response` with a token over its body in a field of its head, or the refusal if none can be made; as it was if it is
/// no representation. The references live until it has finished.
net::Task<net::WebResponse> with_stamp(net::WebResponse response, security::TimeStamping& stamping, const ResponseForm& form);

}  // namespace nscl::http
