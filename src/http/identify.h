// SPDX-License-Identifier: Apache-2.0
// Who asks: a pre-shared key or certificate of the connection, Authorization and From -> requestor (TS 102 921 10.3;
// procedures for v1 and v2 peers).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include <nscl/core/policy.h>
#include <nscl/http/authentication.h>
#include <nscl/net/async.h>
#include <nscl/net/web.h>
#include <nscl/security/audit_keeper.h>
#include <nscl/security/credentials.h>
#include <nscl/store/store.h>

#include "response.h"

namespace nscl::http {

/// The requestor, or the answer that refuses it.
using Identity = tl::expected<security::RequestorPtr, net::WebResponse>;

/// The identification of the requests of one listener.
class Identifier {
 public:
  Identifier(security::Credentials& credentials, store::Store& store, security::Audit& audit, Authentication ways, LinkTaken is_link_taken,
             IsQuarantined is_quarantined = [](std::string_view) { return false; })
      : credentials_(credentials), store_(store), audit_(audit), ways_(ways), is_link_taken_(std::move(is_link_taken)), is_quarantined_(std::move(is_quarantined)) {}

  /// The requestor of a request that names nobody else and whose proof was judged lately, unless it is quarantined; else null,
  /// and identify() finds out.
  security::RequestorPtr known(const net::WebRequest& request) const;

  /// True if the proof cannot be judged before the body is there.
  bool depends_on_body(const net::WebRequest& head) const;

  /// Verifies the proof of `request` unless it is remembered, then takes into account in whose name it claims to be. The
  /// references live until it has finished.
  net::Task<Identity> identify(const net::WebRequest& request, const core::Policy& policy, const ResponseForm& form) const;

 private:
  struct Attachment;
  security::RequestorPtr remembered(const net::WebRequest& request) const;
  std::shared_ptr<Attachment> attachment_of(const net::WebRequest& request) const;
  Identity by_key(const net::WebRequest& request, const core::Policy& policy, const ResponseForm& form) const;
  security::RequestorPtr claimed(const net::WebRequest& request, std::string_view claim, const security::RequestorPtr& own,
                                 const core::Policy& policy) const;
  std::string link_of(std::string_view scl) const;
  net::WebResponse refuse(security::Refusal refusal, const net::WebRequest& request, const core::Policy& policy, const ResponseForm& form) const;
  net::WebResponse unauthorised(std::string reason, const ResponseForm& form, bool is_stale = false) const;
  bool is_admitted(std::string_view authorization) const;

  security::Credentials& credentials_;
  store::Store& store_;
  security::Audit& audit_;
  const Authentication ways_;
  const LinkTaken is_link_taken_;
  const IsQuarantined is_quarantined_;
};

/// The link of the SCL of this id that is registered; empty if there is none.
using LinkOf = std::function<std::string(std::string_view scl)>;

/// The requestor in the name of the entity that `from` holds: nullptr if it must not use it. A text that is no URI says
/// nothing. Whoever passes a request on vouches for its originator: an SCL may name what lies at or below its link
/// (security.md 5.3).
security::RequestorPtr in_name_of(security::RequestorPtr requestor, std::string_view from, std::string_view host,
                                  const core::Policy& policy, const LinkOf& link_of);

}  // namespace nscl::http
