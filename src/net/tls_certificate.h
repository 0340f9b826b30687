// SPDX-License-Identifier: Apache-2.0
// Certificates: one's own, and those of the other side.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nscl/net/tls.h>

#include "openssl.h"

namespace nscl::net {

/// Of TLS 1.2. Throws std::runtime_error.
void set_certificate_suites(SSL_CTX* context);

/// One's own, with those that signed it, and its key. Throws TlsFileError.
void show_certificate(SSL_CTX* context, const std::string& certificate, const std::string& private_key);

/// Of a listener: sets suites, certificate and key, and what certificates of clients are judged by. Throws TlsFileError.
void enable_certificates(SSL_CTX* context, const TlsOptions& options);

/// Who may sign certificates of servers: those in a PEM file, or if it is empty those that the system trusts, which may be nobody. Throws
/// TlsFileError.
StorePtr read_authorities(const std::string& ca);
/// Of one who calls: whoever is called has to have a certificate for servers that one of them signed. Its name is not judged here.
void judge_servers(SSL_CTX* context, X509_STORE& authorities);

/// See TlsPeer::names. nullopt: the certificate has names that no two readers would read alike, or far too many.
std::optional<std::vector<std::string>> names_of(const X509* certificate);

}  // namespace nscl::net
