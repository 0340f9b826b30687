// SPDX-License-Identifier: Apache-2.0
// Checks on the raw head of an HTTP/1.1 request that Boost.Beast 1.81 leaves out, made before it sees the head.
#pragma once

#include <cstddef>
#include <string_view>

namespace nscl::net {

struct HeadLimits {
  std::size_t head = 8 * 1024;      ///< octets of the whole head
  std::size_t target = 2 * 1024;    ///< octets of the request target
  std::size_t fields = 100;         ///< header fields
};

/// `status` 0: the head may go to the parser.
struct HeadVerdict {
  unsigned status = 0;
  std::string_view reason = {};
};

/// `head` ends with its empty line. 400 for whatever could make us and a proxy disagree about where the request ends.
HeadVerdict check_head(std::string_view head, const HeadLimits& limits);

/// As far as an incomplete head can be judged: 414, 431 or 400 as soon as it can never become acceptable.
HeadVerdict check_partial_head(std::string_view partial, const HeadLimits& limits);

}  // namespace nscl::net
