// SPDX-License-Identifier: Apache-2.0
// Long polls over HTTP (procedures 5.10.2, 5.10.4): no credential, the URI is one.
#pragma once

#include <nscl/delivery/delivery.h>
#include <nscl/net/web.h>

namespace nscl::http {

/// True if the target is a longPollingURI, of whatever channel.
bool is_poll(const net::WebRequest& request);

net::Task<net::WebResponse> answer_poll(const net::WebRequest& request, delivery::Delivery& delivery);

}  // namespace nscl::http
