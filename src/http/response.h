// SPDX-License-Identifier: Apache-2.0
// ResponseConfirm -> WebResponse: status, references, entity tag, allowed methods.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/codec/codec.h>
#include <nscl/core/policy.h>
#include <nscl/core/primitive.h>
#include <nscl/net/web.h>
#include <nscl/security/requestor.h>

namespace nscl::http {

/// What an answer depends on beside its confirm.
struct ResponseForm {
  core::Dialect dialect = core::Dialect::standard;
  codec::Format format = codec::Format::xml;
  net::Method method = net::Method::get;
  std::string_view host;   ///< of the request; for absolute URIs where the policy names none
};

net::WebResponse respond(core::ResponseConfirm confirm, const ResponseForm& form, const core::Policy& policy);

/// An errorInfo with the status' own HTTP code.
net::WebResponse respond(const Error& error, const ResponseForm& form);

/// The same with another code: 411, 402 and others that the status set does not know.
net::WebResponse respond(unsigned http_code, const Error& error, const ResponseForm& form);

/// 429 with Retry-After to whom a meter told to wait; nothing if that is zero.
std::optional<net::WebResponse> refuse_wait(std::chrono::nanoseconds wait, std::string reason, const ResponseForm& form);

/// What refuses a request for something that only operators may know of, and that can only be read; nothing if it may be answered.
std::optional<net::WebResponse> refuse_all_but_reading(const net::WebRequest& request, const security::Requestor& requestor, const ResponseForm& form);

/// 200 with a JSON text that nobody caches.
net::WebResponse respond_json(std::string text);

/// "GET, HEAD, PUT, OPTIONS".
std::string allow(model::Verb verbs);

/// The nearest status of an HTTP code that the session refuses with.
Status status_of(unsigned http_code);

}  // namespace nscl::http
