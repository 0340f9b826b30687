// SPDX-License-Identifier: Apache-2.0
// /m2m-admin/fleets: fleet works, in JSON, for who began them and for operators (docs/fleets.md). No part of the standard's tree.
#pragma once

#include <nscl/net/async.h>
#include <nscl/net/web.h>
#include <nscl/security/requestor.h>
#include <nscl/store/store.h>

namespace nscl::http {

bool is_fleets(const net::WebRequest& request);

/// GET lists and shows them and their members; DELETE of one, or a POST of /stop below it, stops it.
net::Task<net::WebResponse> answer_fleets(const net::WebRequest& request, security::RequestorPtr requestor, Time now, store::Store& store);

}  // namespace nscl::http
