// SPDX-License-Identifier: Apache-2.0
// Who asks: HTTP Basic and From -> requestor (TS 102 921 10.3; procedures for v1 and v2 peers).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include <nscl/core/policy.h>
#include <nscl/net/async.h>
#include <nscl/net/web.h>
#include <nscl/security/audit_keeper.h>
#include <nscl/security/credentials.h>
#include <nscl/store/store.h>

#include "response.h"

namespace nscl::http {

/// The requestor, or the answer that refuses it.
using Identity = tl::expected<security::RequestorPtr, net::WebResponse>;

/// Verifies the credential of `request` unless it is remembered, then takes `From` into account. The references live
/// until it has finished. Who is turned away is noted in `audit`.
net::Task<Identity> identify(security::Credentials& credentials, const net::WebRequest& request, const core::Policy& policy,
                             const ResponseForm& form, store::Store& store, security::Audit& audit);

/// The requestor of a request that names nobody else in From and whose credential was verified lately; else null, and
/// identify() finds out.
inline security::RequestorPtr known_requestor(const security::Credentials& credentials, const net::WebRequest& request) {
  return request.from.empty() && !request.authorization.empty() ? credentials.remembered(request.authorization, request.host) : nullptr;
}

/// The link of the SCL of this id that is registered; empty if there is none.
using LinkOf = std::function<std::string(std::string_view scl)>;

/// The requestor in the name of the entity that `from` holds: nullptr if it must not use it. A text that is no URI says
/// nothing. Whoever passes a request on vouches for its originator: an SCL may name what lies at or below its link
/// (security.md 5.3).
security::RequestorPtr in_name_of(security::RequestorPtr requestor, std::string_view from, std::string_view host,
                                  const core::Policy& policy, const LinkOf& link_of);

}  // namespace nscl::http
