// SPDX-License-Identifier: Apache-2.0
// /m2m-admin/integrity: what devices told of their integrity, in JSON, for operators (docs/integrity.md).
#pragma once

#include <nscl/net/web.h>
#include <nscl/security/requestor.h>
#include <nscl/store/store.h>

namespace nscl::http {

bool is_integrity(const net::WebRequest& request);

/// GET lists, newest first: ?scl=ID of one SCL, ?before=N what lies before the entry N. Whoever may not is told that it is not there.
net::WebResponse answer_integrity(const net::WebRequest& request, const security::Requestor& requestor, store::Store& store);

}  // namespace nscl::http
