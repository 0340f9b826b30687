// SPDX-License-Identifier: Apache-2.0
// Pre-shared keys in TLS 1.2 and 1.3: the key is asked for by identity, and whose it is stays with the TLS session.
#pragma once

#include <nscl/net/tls.h>

#include "openssl.h"

namespace nscl::net {

/// Sets suites and callbacks. The SSLs made of it need a TlsState with a lookup.
void enable_psk(SSL_CTX* context, const TlsOptions& options);

/// Whose key a session was made with; null if there was none, or a decoy.
PskHolderPtr psk_holder_of(const SSL_SESSION* session);
/// False if there is no memory.
bool set_psk_holder(SSL_SESSION* session, const PskHolderPtr& holder);
/// Frees that, and what a ticket would say of it; the session itself stays.
void drop_psk_holder(SSL_SESSION* session);

}  // namespace nscl::net
