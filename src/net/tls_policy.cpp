// SPDX-License-Identifier: Apache-2.0
#include "tls_policy.h"

#include <stdexcept>

namespace nscl::net {
namespace {

constexpr int security_level = 2;                  ///< 112 bits: RSA from 2048, EC from 224 bits, no SHA-1
constexpr const char* groups = "X25519:P-256:P-384";
constexpr const char* psk_groups = "X25519:P-256";

}  // namespace

/// No early data: it could be replayed.
void set_policy(SSL_CTX* context, bool has_keys) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Without AUTO_RETRY a read returns after each message that carries no data.
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_security_level(context, security_level);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  const bool is_set = SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 && SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
                      SSL_CTX_set1_groups_list(context, has_keys ? psk_groups : groups) == 1 && SSL_CTX_set_max_early_data(context, 0) == 1;
  if (!is_set) throw std::runtime_error("OpenSSL refuses the policy of TLS: " + take_openssl_error());
}

}  // namespace nscl::net
