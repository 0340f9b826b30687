// SPDX-License-Identifier: Apache-2.0
#include "tls_export.h"

#include <openssl/err.h>

namespace nscl::net {

std::optional<Secret> export_from(SSL* ssl, std::string_view label, std::string_view context, std::size_t size) {
  // Without it two sessions of TLS 1.2 may be made to export the same (RFC 7627).
  if (SSL_version(ssl) < TLS1_3_VERSION && SSL_get_extms_support(ssl) != 1) return std::nullopt;
  Secret secret(size);
  const bool is_done = SSL_export_keying_material(ssl, secret.data(), size, label.data(), label.size(),
                                                  reinterpret_cast<const unsigned char*>(context.data()), context.size(), 1) == 1;
  if (is_done) return secret;
  ERR_clear_error();
  return std::nullopt;
}

}  // namespace nscl::net
