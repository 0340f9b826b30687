// SPDX-License-Identifier: Apache-2.0
// /m2m-session: a trusted application authenticates once and gets a token for what follows (TS 102 689 4.11).
#pragma once

#include <nscl/net/web.h>
#include <nscl/security/credentials.h>

namespace nscl::http {

bool is_session(const net::WebRequest& request);

/// POST opens a session for `requestor`, DELETE ends the one whose token the request shows.
net::WebResponse answer_session(const net::WebRequest& request, const security::RequestorPtr& requestor, security::Credentials& credentials);

}  // namespace nscl::http
