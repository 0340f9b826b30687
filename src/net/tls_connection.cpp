// SPDX-License-Identifier: Apache-2.0
// Who is let in once the handshake is finished.
#include "tls_connection.h"

#include <string>

#include "tls_certificate.h"
#include "tls_psk.h"
#include "tls_stream.h"

namespace nscl::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

class TlsConnection final : public TlsStream {
 public:
  TlsConnection(TcpSocket socket, std::shared_ptr<TlsContext> context, HandshakePlace place)
      : TlsStream(std::move(socket)), context_(std::move(context)), place_(std::move(place)) {
    state_.handshake->lookup = context_->lookup();
    ssl_ = context_->accept(descriptor(), state_);
  }
  ~TlsConnection() override { ssl_.reset(); }   // it refers to the context

  Task<error_code> open() override;
  const TlsPeer* tls_peer() const override { return is_open_ ? &tls_peer_ : nullptr; }

 private:
  std::string_view admit(PskLookup* lookup);
  std::string_view admit_holder(PskLookup& lookup);
  std::string_view admit_certificate();
  void set_end();

  std::shared_ptr<TlsContext> context_;
  HandshakePlace place_;
  TlsPeer tls_peer_;
};

Task<error_code> TlsConnection::open() {
  auto error = co_await shake_hands(SSL_accept);
  place_.leave();
  const auto handshake = std::move(state_.handshake);
  if (!error) {
    handshake->reason = admit(handshake->lookup);
    is_open_ = handshake->reason.empty();
    if (!is_open_) error = asio::error::no_permission;
  }
  if (!is_open_) context_->tell_failure(peer(), handshake->identity, handshake->reason);
  co_return error;
}

/// Why the peer of a finished handshake is not admitted; empty if it is.
std::string_view TlsConnection::admit(PskLookup* lookup) {
  auto* const ssl = ssl_.get();
  tls_peer_.protocol = SSL_get_version(ssl);
  tls_peer_.cipher = SSL_CIPHER_get_name(SSL_get_current_cipher(ssl));
  tls_peer_.is_resumed = SSL_session_reused(ssl) == 1 && (lookup == nullptr || state_.is_resumed);
  const auto problem = lookup != nullptr ? admit_holder(*lookup) : admit_certificate();
  if (problem.empty()) set_end();
  return problem;
}

std::string_view TlsConnection::admit_holder(PskLookup& lookup) {
  const auto used = psk_holder_of(SSL_get_session(ssl_.get()));
  if (!used) return "the session has no identity";
  if (SSL_version(ssl_.get()) >= TLS1_3_VERSION && SSL_session_reused(ssl_.get()) != 1) return "the session is not made with the key";
  drop_psk_holder(SSL_get_session(ssl_.get()));   // tickets have been made
  auto holder = lookup.holder(used->identity);   // it may have been revoked meanwhile
  if (!holder || holder->generation != used->generation) return "the key holds no more";
  lookup.note_use(*holder);
  tls_peer_.psk = std::move(holder);
  return {};
}

std::string_view TlsConnection::admit_certificate() {
  const CertificatePtr certificate(SSL_get1_peer_certificate(ssl_.get()));
  if (!certificate) return {};   // where one is required the handshake has failed
  if (SSL_get_verify_result(ssl_.get()) != X509_V_OK) return "the certificate is not verified";
  auto names = names_of(certificate.get());
  if (!names) return "the certificate has unreadable names";
  tls_peer_.names = std::move(*names);
  return {};
}

void TlsConnection::set_end() {
  using std::chrono::system_clock;
  tls_peer_.ends = Clock::now() + context_->options().session_time;
  if (!tls_peer_.psk || tls_peer_.psk->not_after == system_clock::time_point::max()) return;
  const auto left = tls_peer_.psk->not_after - system_clock::now();
  if (left < context_->options().session_time) tls_peer_.ends = Clock::now() + left;
}

}  // namespace

std::unique_ptr<Connection> make_tls_connection(TcpSocket socket, std::shared_ptr<TlsContext> context, HandshakePlace place) {
  return std::make_unique<TlsConnection>(std::move(socket), std::move(context), std::move(place));
}

}  // namespace nscl::net
