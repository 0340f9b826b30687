// SPDX-License-Identifier: Apache-2.0
// What TLS is on both sides: versions, strength, and what is never there.
#pragma once

#include "openssl.h"

namespace nscl::net {

/// `has_keys`: with pre-shared keys, else with certificates. Throws std::runtime_error.
void set_policy(SSL_CTX* context, bool has_keys);

}  // namespace nscl::net
