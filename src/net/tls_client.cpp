// SPDX-License-Identifier: Apache-2.0
#include <nscl/net/tls_client.h>

#include <algorithm>
#include <stdexcept>

#include <openssl/err.h>

#include <nscl/net/blocking_socket.h>

#include "openssl.h"
#include "response_reader.h"
#include "tls_export.h"

namespace nscl::net {
namespace {

constexpr std::size_t head_limit = 16 * 1024, body_limit = 64 * 1024, longest_identity = 128;

/// As the listeners offer them.
constexpr const char* psk_suites = "ECDHE-PSK-CHACHA20-POLY1305:ECDHE-PSK-AES128-CBC-SHA256:ECDHE-PSK-AES256-CBC-SHA384";
constexpr unsigned char suite_of_keys[] = {0x13, 0x01};   // TLS_AES_128_GCM_SHA256

std::string_view method_name(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::remove: return "DELETE";
    default: throw std::logic_error("this client does not speak that method");
  }
}

}  // namespace

struct TlsClient::State {
  explicit State(TlsClientOptions wanted) : options(std::move(wanted)), place(authority_of(options.host, options.port)), context(SSL_CTX_new(TLS_client_method())),
        socket(options.host, options.port, options.patience) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (ssl) SSL_shutdown(ssl.get());
    ERR_clear_error();
  }

  static State& of(const SSL* made) { return *static_cast<State*>(SSL_get_app_data(made)); }
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(place + ": " + what + " (" + take_openssl_error() + ")");
  }
  void demand(bool is_good, const std::string& what) const {
    if (!is_good) fail(what);
  }

  void offer_key();
  void use_certificates();
  void connect();
  void check_key() const;

  TlsClientOptions options;
  const std::string place;
  SslContextPtr context;
  BlockingSocket socket;
  SslPtr ssl;
};

void TlsClient::State::offer_key() {
  if (options.identity.size() > longest_identity) throw std::runtime_error("the identity has more than 128 octets");
  demand(SSL_CTX_set_cipher_list(context.get(), psk_suites) == 1, "OpenSSL lacks the suites for keys");
  SSL_CTX_set_psk_client_callback(context.get(), [](SSL* made, const char*, char* identity, unsigned room, unsigned char* key, unsigned key_room) {
    const auto& wanted = of(made).options;
    if (SSL_version(made) >= TLS1_3_VERSION || wanted.identity.size() >= room || wanted.key.size() > key_room) return 0u;
    std::copy(wanted.identity.begin(), wanted.identity.end(), identity);
    identity[wanted.identity.size()] = '\0';
    std::copy_n(wanted.key.data(), wanted.key.size(), key);
    return static_cast<unsigned>(wanted.key.size());
  });
  SSL_CTX_set_psk_use_session_callback(context.get(), [](SSL* made, const EVP_MD* digest, const unsigned char** identity, std::size_t* size,
                                                         SSL_SESSION** session) {
    const auto& wanted = of(made).options;
    *session = nullptr;
    if (digest != nullptr && EVP_MD_get_type(digest) != NID_sha256) return 1;   // of what the server asks for when it wants another try
    SslSessionPtr offered(SSL_SESSION_new());
    const bool is_made = offered && SSL_SESSION_set1_master_key(offered.get(), wanted.key.data(), wanted.key.size()) == 1 &&
                         SSL_SESSION_set_cipher(offered.get(), SSL_CIPHER_find(made, suite_of_keys)) == 1 &&
                         SSL_SESSION_set_protocol_version(offered.get(), TLS1_3_VERSION) == 1;
    if (!is_made) return 0;
    *session = offered.release();
    *identity = reinterpret_cast<const unsigned char*>(wanted.identity.data());
    *size = wanted.identity.size();
    return 1;
  });
}

void TlsClient::State::use_certificates() {
  const bool has_authority = !options.ca.empty() && SSL_CTX_load_verify_file(context.get(), options.ca.c_str()) == 1;
  demand(has_authority, "the authority for its certificate cannot be read: " + options.ca);
  if (options.certificate.empty()) return;
  const bool has_certificate = SSL_CTX_use_certificate_chain_file(context.get(), options.certificate.c_str()) == 1;
  demand(has_certificate, "the certificate cannot be read: " + options.certificate);
  const bool has_key = SSL_CTX_use_PrivateKey_file(context.get(), options.private_key.c_str(), SSL_FILETYPE_PEM) == 1;
  demand(has_key, "the private key cannot be read: " + options.private_key);
}

void TlsClient::State::connect() {
  demand(context && SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) == 1, "OpenSSL has no TLS 1.2");
  // With a key there is no authority that could vouch for a certificate, so that a server without the key is refused.
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  options.identity.empty() ? use_certificates() : offer_key();
  ssl.reset(SSL_new(context.get()));
  demand(ssl && SSL_set_fd(ssl.get(), socket.get()) == 1, "no TLS connection");
  SSL_set_app_data(ssl.get(), this);
  auto* const parameters = SSL_get0_param(ssl.get());
  const bool is_address = X509_VERIFY_PARAM_set1_ip_asc(parameters, options.host.c_str()) == 1;
  if (!is_address) {
    demand(SSL_set1_host(ssl.get(), options.host.c_str()) == 1, "the host has no good name");
    SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, options.host.data());
  }
  ERR_clear_error();
  demand(SSL_connect(ssl.get()) == 1, "the TLS handshake failed");
  if (!options.identity.empty()) check_key();
}

/// That the session really is made with the key.
void TlsClient::State::check_key() const {
  const int exchange = SSL_CIPHER_get_kx_nid(SSL_get_current_cipher(ssl.get()));
  const bool is_1_3 = SSL_version(ssl.get()) >= TLS1_3_VERSION;
  demand(is_1_3 ? SSL_session_reused(ssl.get()) == 1 : exchange == NID_kx_psk || exchange == NID_kx_ecdhe_psk, "the server has not used the key");
}

TlsClient::TlsClient(TlsClientOptions options) : state_(std::make_unique<State>(std::move(options))) { state_->connect(); }
TlsClient::~TlsClient() = default;

WebAnswer TlsClient::ask(Method method, const std::string& target, std::string_view body, const Fields& fields) {
  std::string request(method_name(method));
  request.append(" ").append(target).append(" HTTP/1.1\r\nHost: ").append(state_->place).append("\r\n");
  for (const auto& [name, value] : fields) request.append(name).append(": ").append(value).append("\r\n");
  request.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  std::size_t done = 0;
  state_->demand(SSL_write_ex(state_->ssl.get(), request.data(), request.size(), &done) == 1 && done == request.size(), "the request cannot be sent");
  ResponseReader reader(method, head_limit, body_limit);
  Secret buffer(std::size_t{16} * 1024);   // an answer may hold a key
  while (!reader.is_done()) {
    std::size_t received = 0;
    const int result = SSL_read_ex(state_->ssl.get(), buffer.data(), buffer.size(), &received);
    if (result != 1 && SSL_get_error(state_->ssl.get(), result) != SSL_ERROR_ZERO_RETURN) state_->fail("there is no answer");
    if (result != 1) reader.end_of_stream();
    auto rest = buffer.view().substr(0, received);
    while (!rest.empty() && !reader.is_done() && !reader.failure()) rest.remove_prefix(reader.take(rest));
    if (reader.failure()) throw std::runtime_error(state_->place + ": no good answer: " + reader.failure()->detail);
  }
  return std::move(reader.answer());
}

std::optional<Secret> TlsClient::export_secret(std::string_view label, std::string_view context, std::size_t size) {
  return export_from(state_->ssl.get(), label, context, size);
}

std::string TlsClient::description() const {
  return std::string(SSL_get_version(state_->ssl.get())) + " " + SSL_CIPHER_get_name(SSL_get_current_cipher(state_->ssl.get()));
}

}  // namespace nscl::net
