// SPDX-License-Identifier: Apache-2.0
// OutgoingTarget: where a URI leads to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include <nscl/net/web_client.h>

namespace nscl::net {

struct OutgoingTarget {
  std::string host;        ///< lower case, an IPv6 address without its brackets
  bool is_tls = false;
  std::uint16_t port = 80;
  std::string authority;   ///< as given, for the Host field
  std::string target;      ///< origin-form: path and query as given, "/" in front if there is no path

  /// Key of the pool: calls with the same one share connections.
  std::string destination() const { return (is_tls ? "tls " : "tcp ") + host + " " + std::to_string(port); }
};

/// Takes an absolute http or https URI apart. not_supported: another scheme. bad_uri: user-info, fragment, characters no URI has, no host, no port number.
tl::expected<OutgoingTarget, WebFailure> parse_outgoing_uri(std::string_view uri);

}  // namespace nscl::net
