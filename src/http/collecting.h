// SPDX-License-Identifier: Apache-2.0
// Notifications for an aggregateURI of this SCL over HTTP (procedures 5.9.6): no credential, the URI is one.
#pragma once

#include <optional>

#include <nscl/delivery/delivery.h>
#include <nscl/net/web.h>

namespace nscl::http {

/// True if the target has the form of such a URI.
bool is_collected(const net::WebRequest& request);

/// The answer to what could not be taken, whatever its body.
std::optional<net::WebResponse> refuse_collection(const net::WebRequest& request, const delivery::Delivery& delivery);

net::Task<net::WebResponse> answer_collection(const net::WebRequest& request, delivery::Delivery& delivery);

}  // namespace nscl::http
