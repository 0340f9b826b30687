// SPDX-License-Identifier: Apache-2.0
// Conditions and ranges of requests for a file (RFC 9110, 13 and 14), for one representation with a strong entity tag.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nscl/base/time.h>
#include <nscl/net/web.h>

namespace nscl::rem {

/// What is asked of a file.
struct WantedRange {
  enum class Kind { whole, part, unchanged, unsatisfiable };
  Kind kind = Kind::whole;
  std::uint64_t first = 0, size = 0;   ///< octets to send: all, or the part
};

/// `etag` with its quotes; `changed` is the time of Last-Modified. Several ranges, and what is none, count as no range: all is sent.
WantedRange wanted_of(const net::WebRequest& request, std::uint64_t size, std::string_view etag, Time changed);

}  // namespace nscl::rem
