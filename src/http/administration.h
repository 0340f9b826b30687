// SPDX-License-Identifier: Apache-2.0
// /m2m-admin: what operators read of the server itself. Others are told that nothing is there.
#pragma once

#include <nscl/base/time.h>
#include <nscl/net/async.h>
#include <nscl/net/web.h>
#include <nscl/security/requestor.h>
#include <nscl/store/store.h>

namespace nscl::http {

/// True if the request is for anything below /m2m-admin.
bool is_administration(const net::WebRequest& request);

/// `GET /m2m-admin/audit?from=&to=&event=&principal=&after=&limit=`. The reading is recorded before it is answered.
net::Task<net::WebResponse> answer_administration(const net::WebRequest& request, security::RequestorPtr requestor, Time now, store::Store& store);

}  // namespace nscl::http
