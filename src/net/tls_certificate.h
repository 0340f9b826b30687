// SPDX-License-Identifier: Apache-2.0
// Listeners with a certificate: the server's own, and those of clients.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nscl/net/tls.h>

#include "openssl.h"

namespace nscl::net {

/// Sets suites, certificate and key, and what certificates of clients are judged by. Throws std::runtime_error naming the file.
void enable_certificates(SSL_CTX* context, const TlsOptions& options);

/// See TlsPeer::names. nullopt: the certificate has names that no two readers would read alike, or far too many.
std::optional<std::vector<std::string>> names_of(const X509* certificate);

}  // namespace nscl::net
