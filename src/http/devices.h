// SPDX-License-Identifier: Apache-2.0
// /m2m-admin/devices: managed devices, in JSON, for operators (docs/devices.md).
#pragma once

#include <nscl/net/web.h>
#include <nscl/security/requestor.h>
#include <nscl/store/store.h>

namespace nscl::http {

/// True for the path and what is below it.
bool is_devices(const net::WebRequest& request);

/// GET of `/m2m-admin/devices?after=&limit=`, and of `/ID`, `/ID/operations` (those that are not over), `/ID/events?before=&limit=`, `/ID/traces?before=&limit=`
/// and `/ID/traces/NUMBER` below it.
/// The id of a device is one segment, so that each % in it is %25. Whoever may not is told that it is not there.
net::WebResponse answer_devices(const net::WebRequest& request, const security::Requestor& requestor, store::Store& store);

}  // namespace nscl::http
