// SPDX-License-Identifier: Apache-2.0
#include "tls_context.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <nscl/base/log.h>

#include "tls_certificate.h"
#include "tls_policy.h"
#include "tls_psk.h"

namespace nscl::net {
namespace {

constexpr std::size_t told_identity = 64;          ///< octets

/// What a listener has beside the policy of all TLS.
void set_server_policy(SSL_CTX* context, const std::string& listener) {
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
  const auto name_size = std::min<std::size_t>(listener.size(), SSL_MAX_SID_CTX_LENGTH);
  if (SSL_CTX_set_session_id_context(context, reinterpret_cast<const unsigned char*>(listener.data()), static_cast<unsigned>(name_size)) != 1)
    throw std::runtime_error("OpenSSL refuses the name of the listener: " + take_openssl_error());
}

/// Options that contradict each other: what was meant may be stricter than what would be done.
void check(const TlsOptions& options, bool has_lookup) {
  const bool is_psk = options.mode == TlsOptions::Mode::psk;
  if (is_psk && !has_lookup) throw std::runtime_error("a listener for pre-shared keys has nobody to ask for them");
  if (is_psk && !(options.certificate.empty() && options.private_key.empty() && options.client_ca.empty()))
    throw std::runtime_error("a listener has either pre-shared keys or a certificate, not both");
  if (options.client_ca.empty() && (options.require_client_certificate || !options.client_crl.empty()))
    throw std::runtime_error("client certificates cannot be judged without the file of their authority");
}

}  // namespace

TlsContext::TlsContext(TlsOptions options, std::string listener, std::shared_ptr<PskLookup> lookup)
    : options_(std::move(options)), keeps_lookup_(std::move(lookup)), context_(SSL_CTX_new(TLS_server_method())) {
  if (!context_) throw std::runtime_error("OpenSSL gives no context: " + take_openssl_error());
  const bool is_psk = options_.mode == TlsOptions::Mode::psk;
  check(options_, keeps_lookup_ != nullptr);
  tickets_.listener = std::move(listener);
  tickets_.lookup = is_psk ? keeps_lookup_.get() : nullptr;
  set_policy(context_.get(), is_psk);
  set_server_policy(context_.get(), tickets_.listener);
  watch_messages(context_.get());
  if (is_psk) {
    enable_psk(context_.get(), options_);
  } else {
    enable_certificates(context_.get(), options_);
  }
  enable_tickets(context_.get(), options_.client_ca.empty() ? options_.tickets : 0, tickets_);
}

SslPtr TlsContext::accept(int descriptor, TlsState& state) const {
  SslPtr ssl(SSL_new(context_.get()));
  if (!ssl || SSL_set_app_data(ssl.get(), &state) != 1 || SSL_set_fd(ssl.get(), descriptor) != 1) return nullptr;
  SSL_set_accept_state(ssl.get());
  return ssl;
}

void TlsContext::tell_failure(const std::string& peer, std::string_view identity, std::string_view reason) {
  const auto not_told = lines_.take();
  if (!not_told) return;
  log::info("TLS handshake failed", {{"listener", tickets_.listener}, {"peer", peer}, {"identity", identity.substr(0, told_identity)},
                                     {"reason", reason}, {"not_told_before", *not_told}});
}

}  // namespace nscl::net
