// SPDX-License-Identifier: Apache-2.0
// Alarms of managed devices, in JSON, for operators (docs/devices.md).
#pragma once

#include <nscl/net/web.h>
#include <nscl/security/requestor.h>
#include <nscl/store/store.h>

namespace nscl::http {

/// True for /m2m-admin/alarms, and for /m2m-admin/devices/ID/alarms and what is below it.
bool is_alarms(const net::WebRequest& request);

/// GET of `/m2m-admin/alarms?after=&limit=` (all of them) and of those of a device; DELETE clears those of a device, or that of `/KIND` below it, which is
/// recorded in the audit trail. Whoever may not is told that it is not there. `request` and `store` outlive the task.
net::Task<net::WebResponse> answer_alarms(const net::WebRequest& request, security::RequestorPtr requestor, Time now, store::Store& store);

}  // namespace nscl::http
