// SPDX-License-Identifier: Apache-2.0
// Pre-shared keys in TLS 1.2 and 1.3: the key is asked for by identity, and whose it is stays with the TLS session.
#pragma once

#include <nscl/net/tls.h>

#include "openssl.h"

namespace nscl::net {

/// Throws std::runtime_error.
void set_psk_suites(SSL_CTX* context, bool allow_no_forward_secrecy);
/// The session of TLS 1.3 that stands for a key of 16 to 64 octets; null if there is no memory.
SslSessionPtr psk_session(SSL* ssl, const Secret& key);

/// Of a listener: sets suites and callbacks. The SSLs made of it need a TlsState with a lookup.
void enable_psk(SSL_CTX* context, const TlsOptions& options);

/// Whose key a session was made with; null if there was none, or a decoy.
PskHolderPtr psk_holder_of(const SSL_SESSION* session);
/// False if there is no memory.
bool set_psk_holder(SSL_SESSION* session, const PskHolderPtr& holder);
/// Frees that, and what a ticket would say of it; the session itself stays.
void drop_psk_holder(SSL_SESSION* session);

}  // namespace nscl::net
