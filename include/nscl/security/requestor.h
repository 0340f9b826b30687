// SPDX-License-Identifier: Apache-2.0
// Requestor: the requesting entity of a request, after authentication (TS 102 921 10.3; resources.md 1.17).
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace nscl::security {

struct Requestor {
  std::string principal;            ///< name it authenticated with
  std::string entity;               ///< "applications/x", "scls/x" (canonical path at this SCL) or an absolute URI
  bool is_operator = false;         ///< acts as the local SCL itself: every right

  /// The id, if the entity is an application or SCL of this NSCL; else empty.
  std::string_view application_id() const;
  std::string_view scl_id() const;
};
using RequestorPtr = std::shared_ptr<const Requestor>;

}  // namespace nscl::security
