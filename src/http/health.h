// SPDX-License-Identifier: Apache-2.0
// /livez and /readyz, for whoever watches the process: no credential, no resource.
#pragma once

#include <functional>
#include <optional>

#include <nscl/http/http_binding.h>
#include <nscl/net/web.h>

namespace nscl::http {

/// The answer, if the request is for one of the two.
std::optional<net::WebResponse> answer_health(const net::WebRequest& request, const std::function<Readiness()>& readiness);

}  // namespace nscl::http
