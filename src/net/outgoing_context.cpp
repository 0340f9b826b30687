// SPDX-License-Identifier: Apache-2.0
// With a pre-shared key the server may still answer with a certificate: nothing is trusted then, and what the session was made with
// is asked once more when the handshake is over.
#include "outgoing_context.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <boost/asio/ip/address.hpp>

#include <nscl/base/log.h>

#include "tls_certificate.h"
#include "tls_policy.h"
#include "tls_psk.h"

namespace nscl::net {
namespace {

const OutgoingTlsOptions& options_of(const SSL* ssl) {
  return static_cast<const OutgoingContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))->options();
}

/// TLS 1.3. `digest`: that of the suite which the server wants when it asks for another hello; there are none but SHA-256.
int offer_key_1_3(SSL* ssl, const EVP_MD* /*digest*/, const unsigned char** identity, std::size_t* size, SSL_SESSION** session) {
  const auto& options = options_of(ssl);
  *session = psk_session(ssl, *options.psk).release();
  *identity = reinterpret_cast<const unsigned char*>(options.psk_identity.data());
  *size = options.psk_identity.size();
  return *session != nullptr ? 1 : 0;
}

/// TLS 1.2. The hint is the server's and says nothing that is needed.
unsigned offer_key_1_2(SSL* ssl, const char* /*hint*/, char* identity, unsigned identity_room, unsigned char* key, unsigned key_room) {
  const auto& options = options_of(ssl);
  const bool fits = options.psk_identity.size() < identity_room && options.psk->size() <= key_room;
  if (SSL_version(ssl) >= TLS1_3_VERSION || !fits) return 0;
  *std::copy(options.psk_identity.begin(), options.psk_identity.end(), identity) = '\0';
  std::copy_n(options.psk->data(), options.psk->size(), key);
  return static_cast<unsigned>(options.psk->size());
}

bool is_address(const std::string& host) {
  boost::system::error_code is_name;
  boost::asio::ip::make_address(host, is_name);
  return !is_name;
}

}  // namespace

OutgoingContext::OutgoingContext(OutgoingTlsOptions options, X509_STORE* authorities)
    : options_(std::move(options)), context_(SSL_CTX_new(TLS_client_method())) {
  if (!context_) throw std::runtime_error("OpenSSL gives no context: " + take_openssl_error());
  auto* const context = context_.get();
  set_policy(context, has_key());
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);   // connections are kept, sessions are not
  SSL_CTX_set_app_data(context, this);
  watch_messages(context);
  if (has_key()) {
    enable_key();
    return;
  }
  set_certificate_suites(context);
  judge_servers(context, *authorities);
  if (!options_.certificate.empty()) show_certificate(context, options_.certificate, options_.private_key);
}

void OutgoingContext::enable_key() {
  if (!options_.psk) throw std::runtime_error("there is an identity without its pre-shared key");
  auto* const context = context_.get();
  set_psk_suites(context, false);
  SSL_CTX_set_psk_use_session_callback(context, offer_key_1_3);
  SSL_CTX_set_psk_client_callback(context, offer_key_1_2);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);   // by no authority at all
}

SslPtr OutgoingContext::connect(int descriptor, const std::string& host, TlsState& state) const {
  SslPtr ssl(SSL_new(context_.get()));
  if (!ssl || SSL_set_app_data(ssl.get(), &state) != 1 || SSL_set_fd(ssl.get(), descriptor) != 1 || !set_name(ssl.get(), host)) return nullptr;
  SSL_set_connect_state(ssl.get());
  return ssl;
}

/// The names beside the subject's alone count, and a wildcard stands for a whole label.
bool OutgoingContext::set_name(SSL* ssl, const std::string& host) const {
  auto* const parameters = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (is_address(host)) return X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1;
  auto name = host.ends_with('.') ? host.substr(0, host.size() - 1) : host;   // certificates know no final dot
  return SSL_set1_host(ssl, name.c_str()) == 1 && SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1;
}

std::string_view OutgoingContext::objection_to(const SSL* ssl) const {
  if (!has_key()) return SSL_get_verify_result(ssl) == X509_V_OK && SSL_get0_peer_certificate(ssl) != nullptr ? "" : "the certificate is not verified";
  const int exchange = SSL_CIPHER_get_kx_nid(SSL_get_current_cipher(ssl));
  const bool is_made_with_key = SSL_version(ssl) >= TLS1_3_VERSION ? SSL_session_reused(ssl) == 1 : exchange == NID_kx_ecdhe_psk;
  return is_made_with_key ? "" : "the session is not made with the key";
}

void OutgoingContext::tell_failure(const std::string& host, std::uint16_t port, std::string_view reason) {
  if (const auto not_told = lines_.take())
    log::warning("TLS with another host failed", {{"host", host}, {"port", std::uint64_t{port}}, {"reason", reason}, {"not_told_before", *not_told}});
}

}  // namespace nscl::net
