// SPDX-License-Identifier: Apache-2.0
// Authentication: how the requests of a listener may prove who they come from.
#pragma once

#include <functional>
#include <string_view>

#include <nscl/store/view.h>

namespace nscl::http {

/// On a listener with pre-shared keys the key is the only proof, and all but the last say nothing.
struct Authentication {
  bool basic = true;         ///< user and password; WWW-Authenticate asks for them
  bool digest = false;       ///< HTTP Digest; WWW-Authenticate asks for it, before basic
  bool bearer = true;        ///< tokens, and sessions opened by any way that is admitted
  bool hmac = true;          ///< signatures under application keys
  bool certificate = true;   ///< a verified client certificate, for requests without an Authorization field
  bool from_one_address = false;   ///< a pre-shared key is refused from a second address while it is in use from another
};

/// Whether a URI lies at, above or below the link of a registered SCL.
using LinkTaken = std::function<bool(store::View& view, std::string_view uri)>;

/// Whether an entity is, or lies below, an SCL that is quarantined.
using IsQuarantined = std::function<bool(std::string_view entity)>;

}  // namespace nscl::http
