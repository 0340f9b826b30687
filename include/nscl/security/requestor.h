// SPDX-License-Identifier: Apache-2.0
// Requestor: the requesting entity of a request, after authentication (TS 102 921 10.3; resources.md 1.17).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <nscl/security/allowance.h>
#include <nscl/security/grant.h>
#include <nscl/store/view.h>

namespace nscl::security {

struct Requestor {
  std::string principal;            ///< name it authenticated with
  std::string entity;               ///< "applications/x", "scls/x" (canonical path at this SCL) or an absolute URI
  bool is_operator = false;         ///< acts as the local SCL itself: every right
  GrantPtr grant = {};              ///< null: its credential is good for whatever the principal may
  AllowancePtr allowance = {};      ///< null: it may ask as often as it likes

  /// The id, if the entity is an application or SCL of this NSCL; else empty.
  std::string_view application_id() const;
  std::string_view scl_id() const;

  /// True if it may ask for what belongs to no resource: queues, audit trail.
  bool may_administrate() const { return is_operator && (!grant || !grant->is_scoped()); }
  /// False if its credential is not for this.
  bool is_granted(Flag flag, std::string_view path) const { return !grant || grant->admits(flag, path); }
};
using RequestorPtr = std::shared_ptr<const Requestor>;

/// What a verdict on a credential rests on.
struct Proof {
  RequestorPtr requestor;
  std::string verifier;   ///< of its principal or token when it was judged
};

/// The principal of that name as it is now, or whom a key proves that is still good; null: nobody any more.
RequestorPtr requestor_named(store::View& view, std::string_view principal, Time now);

}  // namespace nscl::security
