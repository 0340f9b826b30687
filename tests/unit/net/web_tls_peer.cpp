// SPDX-License-Identifier: Apache-2.0
// See web_tls_peer.h.
#include "web_tls_peer.h"

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include <openssl/err.h>

namespace nscl::net::test {
namespace {

[[maybe_unused]] const auto pipe_signal_ignored = std::signal(SIGPIPE, SIG_IGN);   // as the daemon does

const TlsPeerOptions& options_of(const SSL* ssl) { return *static_cast<const TlsPeerOptions*>(SSL_get_app_data(ssl)); }

void take_keys(SSL_CTX* context) {
  SSL_CTX_set_psk_server_callback(context, [](SSL* ssl, const char*, unsigned char* key, unsigned) {
    const auto& octets = options_of(ssl).key;
    std::copy(octets.begin(), octets.end(), key);
    return static_cast<unsigned>(octets.size());
  });
  SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256");
}

}  // namespace

TlsConversation::TlsConversation(Conversation conversation, const TlsPeerOptions& options)
    : options_(options), conversation_(std::move(conversation)), context_(SSL_CTX_new(TLS_server_method())) {
  auto* const context = context_.get();
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, options.lowest);
  SSL_CTX_set_max_proto_version(context, options.highest);
  if (options.own != nullptr && (SSL_CTX_use_certificate_chain_file(context, options.own->certificate_file.c_str()) != 1 ||
                                 SSL_CTX_use_PrivateKey_file(context, options.own->key_file.c_str(), SSL_FILETYPE_PEM) != 1))
    throw std::runtime_error("cannot use " + options.own->certificate_file);
  if (!options.client_ca.empty()) {
    SSL_CTX_load_verify_file(context, options.client_ca.c_str());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  if (!options.key.empty()) take_keys(context);
  ssl_.reset(SSL_new(context));
  SSL_set_app_data(ssl_.get(), &options_);
  SSL_set_fd(ssl_.get(), conversation_.descriptor());
  is_open_ = SSL_accept(ssl_.get()) == 1;
  ERR_clear_error();
}

std::string TlsConversation::server_name() const {
  const char* const name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
  return name != nullptr ? name : "";
}

std::string TlsConversation::read() {
  std::string request;
  char octet = 0;
  while (!request.ends_with("\r\n\r\n")) {
    if (!is_open_ || SSL_read(ssl_.get(), &octet, 1) != 1) return {};
    request += octet;
  }
  return request;
}

void TlsConversation::send(std::string_view octets) {
  SSL_write(ssl_.get(), octets.data(), static_cast<int>(octets.size()));
  ERR_clear_error();
}

void TlsConversation::finish() {
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
  conversation_.finish();
}

CertificateRequest authority_request(std::string name) {
  CertificateRequest request;
  request.name = std::move(name);
  request.is_authority = true;
  return request;
}

CertificateRequest server_request() {
  CertificateRequest request;
  request.name = "server";
  request.alternative_names = "DNS:localhost,IP:127.0.0.1";
  request.usage = "serverAuth";
  return request;
}

WebClientOptions speaking(const OutgoingTls::Options& options) {
  auto made = loopback_options();
  made.tls = std::make_shared<const OutgoingTls>(OutgoingTls::read(options));
  return made;
}

WebClientOptions trusting(const std::string& ca) {
  OutgoingTls::Options options;
  options.usual.ca = ca;
  return speaking(options);
}

std::string https(std::uint16_t port, const std::string& path, const std::string& host) { return "https://" + host + ":" + std::to_string(port) + path; }

}  // namespace nscl::net::test
