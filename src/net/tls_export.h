// SPDX-License-Identifier: Apache-2.0
// What both ends of a TLS session can make, and nobody else.
#pragma once

#include <optional>
#include <string_view>

#include <nscl/base/secret.h>

#include "openssl.h"

namespace nscl::net {

/// RFC 5705. nullopt where TLS 1.2 lacks the extended master secret.
std::optional<Secret> export_from(SSL* ssl, std::string_view label, std::string_view context, std::size_t size);

}  // namespace nscl::net
