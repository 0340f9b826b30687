// SPDX-License-Identifier: Apache-2.0
// See tls_client.h.
#include "tls_client.h"

#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include <openssl/err.h>

namespace nscl::net::test {
namespace {

constexpr std::size_t longest_identity = 128;

[[maybe_unused]] const auto without_signal = std::signal(SIGPIPE, SIG_IGN);   // as the daemon does

}  // namespace

PskLookup::Found Keys::find(std::string_view identity) {
  const std::lock_guard lock{mutex_};
  asked_.emplace_back(identity);
  Found found;
  if (identity.size() > longest_identity) return found;
  const auto row = rows_.find(identity);
  found.key = Secret(row == rows_.end() ? std::string_view("a decoy of thirty-two octets....") : row->second.octets);
  if (row != rows_.end()) found.holder = row->second.holder;
  if (row != rows_.end() && revokes_after_find_) rows_.erase(row);
  return found;
}

PskHolderPtr Keys::holder(std::string_view identity) {
  const std::lock_guard lock{mutex_};
  const auto row = rows_.find(identity);
  return row == rows_.end() ? nullptr : row->second.holder;
}

void Keys::note_use(const PskHolder& holder) {
  const std::lock_guard lock{mutex_};
  used_.push_back(holder.identity);
}

void Keys::add(const std::string& identity, const std::string& octets, std::uint64_t generation, Time not_after) {
  const std::lock_guard lock{mutex_};
  PskHolder holder;
  holder.identity = identity;
  holder.entity = "scls/" + identity;
  holder.generation = generation;
  holder.not_after = not_after;
  rows_[identity] = Row{octets, std::make_shared<const PskHolder>(holder)};
}

void Keys::revoke(const std::string& identity) {
  const std::lock_guard lock{mutex_};
  rows_.erase(identity);
}

std::vector<std::string> Keys::asked() const {
  const std::lock_guard lock{mutex_};
  return asked_;
}

std::vector<std::string> Keys::used() const {
  const std::lock_guard lock{mutex_};
  return used_;
}

TlsClient::TlsClient(const Server& server, const TlsClientOptions& options)
    : Client(server.port(), options.receive_buffer), options_(options), context_(SSL_CTX_new(TLS_client_method())) {
  auto* const context = context_.get();
  SSL_CTX_set_min_proto_version(context, options.lowest != 0 ? options.lowest : options.version);
  SSL_CTX_set_max_proto_version(context, options.version);
  const auto suites = options.suites.empty() ? std::string("DEFAULT:PSK:@SECLEVEL=0") : options.suites;
  if (SSL_CTX_set_cipher_list(context, suites.c_str()) != 1) throw std::runtime_error("no such suites: " + suites);
  if (options.offers_key) offer_key();
  if (!options.groups.empty()) SSL_CTX_set1_groups_list(context, options.groups.c_str());
  if (!options.ca.empty()) {
    SSL_CTX_load_verify_file(context, options.ca.c_str());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  }
  if (!options.certificate.empty()) {
    SSL_CTX_set_security_level(context, 0);
    if (SSL_CTX_use_certificate_chain_file(context, options.certificate.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, options.private_key.c_str(), SSL_FILETYPE_PEM) != 1)
      throw std::runtime_error("cannot use " + options.certificate);
  }
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, [](SSL* ssl, SSL_SESSION* session) {
    of(ssl).ticket_.reset(session);
    return 1;
  });
  if (!options.has_extended_master_secret) SSL_CTX_set_options(context, SSL_OP_NO_EXTENDED_MASTER_SECRET);
  ssl_.reset(SSL_new(context));
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_info_callback(ssl_.get(), [](const SSL* ssl, int where, int value) {
    if (where == SSL_CB_READ_ALERT) of(ssl).alert_ = value & 0xff;
  });
  if (!options.server_name.empty()) SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, options_.server_name.data());
  SSL_set_fd(ssl_.get(), socket_);
  if (options.session != nullptr) SSL_set_session(ssl_.get(), options.session);
  std::size_t written = 0;
  if (!options.early_data.empty()) SSL_write_early_data(ssl_.get(), options.early_data.data(), options.early_data.size(), &written);
  is_open_ = SSL_connect(ssl_.get()) == 1;
  ERR_clear_error();
}

TlsClient::~TlsClient() {
  if (ssl_) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);   // else its sessions could not be resumed
}

SslSessionPtr TlsClient::ticket() {
  if (!ticket_) ticket_.reset(SSL_get1_session(ssl_.get()));   // that of TLS 1.2, if it was resumed
  if (SSL_SESSION_has_ticket(ticket_.get()) != 1) ticket_.reset();
  return std::move(ticket_);
}

void TlsClient::offer_key() {
  SSL_CTX_set_psk_client_callback(context_.get(), [](SSL* ssl, const char*, char* identity, unsigned room, unsigned char* key, unsigned) {
    const auto& options = of(ssl).options_;
    if (SSL_version(ssl) >= TLS1_3_VERSION || options.identity.size() >= room) return 0u;
    std::copy(options.identity.begin(), options.identity.end(), identity);
    identity[options.identity.size()] = '\0';
    std::copy(options.key.begin(), options.key.end(), key);
    return static_cast<unsigned>(options.key.size());
  });
  SSL_CTX_set_psk_use_session_callback(context_.get(), [](SSL* ssl, const EVP_MD* digest, const unsigned char** identity, std::size_t* size,
                                                          SSL_SESSION** session) {
    const auto& options = of(ssl).options_;
    const unsigned char suite[] = {0x13, static_cast<unsigned char>(options.is_key_of_sha384 ? 0x02 : 0x01)};
    const auto* const cipher = SSL_CIPHER_find(ssl, suite);
    *session = nullptr;
    const bool is_other_hash = digest != nullptr && EVP_MD_get_type(SSL_CIPHER_get_handshake_digest(cipher)) != EVP_MD_get_type(digest);
    if (is_other_hash) return 1;   // of what the server asks for when it wants another try
    auto* const made = SSL_SESSION_new();
    SSL_SESSION_set1_master_key(made, reinterpret_cast<const unsigned char*>(options.key.data()), options.key.size());
    SSL_SESSION_set_cipher(made, cipher);
    SSL_SESSION_set_protocol_version(made, TLS1_3_VERSION);
    *session = made;
    *identity = reinterpret_cast<const unsigned char*>(options.identity.data());
    *size = options.identity.size();
    return 1;
  });
}

long TlsClient::get(void* octets, std::size_t room) {
  const int got = SSL_read(ssl_.get(), octets, static_cast<int>(room));
  if (got > 0) return got;
  const int kind = SSL_get_error(ssl_.get(), got);
  ERR_clear_error();
  return kind == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

long TlsClient::put(const void* octets, std::size_t size) {
  const int put = SSL_write(ssl_.get(), octets, static_cast<int>(size));
  ERR_clear_error();
  return put;
}

std::string TlsClient::exported(const std::string& label, const std::string& context, std::size_t size) {
  std::string octets(size, '\0');
  SSL_export_keying_material(ssl_.get(), reinterpret_cast<unsigned char*>(octets.data()), size, label.data(), label.size(),
                             reinterpret_cast<const unsigned char*>(context.data()), context.size(), 1);
  return octets;
}

ListenerOptions psk_options() {
  ListenerOptions options;
  options.tls.mode = TlsOptions::Mode::psk;
  return options;
}

}  // namespace nscl::net::test
