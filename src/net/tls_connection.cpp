// SPDX-License-Identifier: Apache-2.0
// OpenSSL reads and writes the socket itself and says what it waits for; with buffers of its own given up between messages, an idle
// connection costs a sixth of what a stream with buffers between the two would.
#include "tls_connection.h"

#include <cerrno>
#include <string>

#include <openssl/err.h>

#include "tcp_socket.h"
#include "tls_certificate.h"
#include "tls_export.h"
#include "tls_psk.h"

namespace nscl::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// What OpenSSL says under TLS 1.3 if there is neither key nor certificate.
constexpr std::string_view no_certificate_either = "no suitable signature algorithm";
/// And where the verdict on the client's certificate says more.
constexpr std::string_view bad_certificate = "certificate verify failed";

class TlsConnection final : public Connection {
 public:
  TlsConnection(TcpSocket socket, std::shared_ptr<TlsContext> context, HandshakePlace place)
      : socket_(std::move(socket)), peer_(peer_of(socket_)), context_(std::move(context)), place_(std::move(place)) {
    set_up(socket_);
    state_.handshake = std::make_unique<TlsState::Handshake>();
    state_.handshake->lookup = context_->lookup();
    ssl_ = context_->accept(socket_.native_handle(), state_);
  }

  Task<error_code> open() override;
  Task<WaitResult> wait() override { return readiness(Want::to_read); }
  Task<ReadResult> read_some(asio::mutable_buffer into) override;
  std::size_t write_now(asio::const_buffer octets) override;
  Task<error_code> write(asio::const_buffer all) override;
  void shutdown() override;
  void cancel() override {
    error_code ignored;
    socket_.cancel(ignored);
  }
  void close() override;
  bool is_quiet() override;
  bool has_ended() override;
  bool gives_up_buffers() const override { return true; }
  const std::string& peer() const override { return peer_; }
  const TlsPeer* tls_peer() const override { return is_open_ ? &tls_peer_ : nullptr; }
  std::optional<Secret> export_secret(std::string_view label, std::string_view context, std::size_t size) override;

 private:
  enum class Want { nothing, to_read, to_write };
  struct Outcome {
    Want want = Want::nothing;
    error_code error;
    bool is_done() const { return want == Want::nothing && !error; }
  };

  template <class Call>
  Outcome attempt(Call&& call);
  Outcome failure(int kind);
  std::string reason_of(int kind) const;
  Outcome peek();
  Task<WaitResult> readiness(Want want);
  std::string_view admit(PskLookup* lookup);
  std::string_view admit_holder(PskLookup& lookup);
  std::string_view admit_certificate();
  void set_end();
  void say_goodbye();

  TcpSocket socket_;
  std::string peer_;
  std::shared_ptr<TlsContext> context_;
  HandshakePlace place_;
  TlsState state_;
  TlsPeer tls_peer_;
  SslPtr ssl_;                 ///< null once the socket is closed: its descriptor may then be another's
  bool is_open_ = false;
  bool is_broken_ = false;     ///< nothing may be asked of ssl_ any more
};

/// One call of OpenSSL, and what it needs to go on.
template <class Call>
TlsConnection::Outcome TlsConnection::attempt(Call&& call) {
  if (!ssl_ || is_broken_) return {Want::nothing, asio::error::not_connected};
  ERR_clear_error();
  errno = 0;
  const int result = call(ssl_.get());
  if (state_.is_flooded) {
    is_broken_ = true;
    return {Want::nothing, asio::error::connection_aborted};
  }
  return result > 0 ? Outcome() : failure(SSL_get_error(ssl_.get(), result));
}

TlsConnection::Outcome TlsConnection::failure(int kind) {
  switch (kind) {
    case SSL_ERROR_WANT_READ: return {Want::to_read, {}};
    case SSL_ERROR_WANT_WRITE: return {Want::to_write, {}};
    case SSL_ERROR_ZERO_RETURN: return {Want::nothing, asio::error::eof};
    default: break;
  }
  // A connection cut without a word is no end: what came may be a part of what was sent.
  const int cause = errno;
  is_broken_ = true;
  if (state_.handshake && state_.handshake->reason.empty()) state_.handshake->reason = reason_of(kind);
  ERR_clear_error();
  const bool has_cause = kind == SSL_ERROR_SYSCALL && cause != 0;
  return {Want::nothing, has_cause ? error_code(cause, boost::system::system_category()) : error_code(asio::error::connection_aborted)};
}

/// Why a handshake failed, for the log.
std::string TlsConnection::reason_of(int kind) const {
  if (kind == SSL_ERROR_SYSCALL) return "the connection broke";
  auto reason = take_openssl_error();
  if (reason == bad_certificate) return X509_verify_cert_error_string(SSL_get_verify_result(ssl_.get()));
  const bool lacks_key = reason == no_certificate_either && state_.handshake->lookup != nullptr;
  return lacks_key ? "no pre-shared key was offered" : reason;
}

TlsConnection::Outcome TlsConnection::peek() {
  return attempt([](SSL* ssl) {
    char octet = 0;
    return SSL_peek(ssl, &octet, 1);
  });
}

Task<Connection::WaitResult> TlsConnection::readiness(Want want) {
  return socket_.async_wait(want == Want::to_read ? TcpSocket::wait_read : TcpSocket::wait_write, as_result);
}

Task<error_code> TlsConnection::open() {
  auto outcome = attempt(SSL_accept);
  while (outcome.want != Want::nothing) {
    const auto [error] = co_await readiness(outcome.want);
    if (error) state_.handshake->reason = "it was not finished in time";
    outcome = error ? Outcome{Want::nothing, error} : attempt(SSL_accept);
  }
  place_.leave();
  const auto handshake = std::move(state_.handshake);
  if (!outcome.error) {
    handshake->reason = admit(handshake->lookup);
    is_open_ = handshake->reason.empty();
    if (!is_open_) outcome.error = asio::error::no_permission;
  }
  if (!is_open_) context_->tell_failure(peer_, handshake->identity, handshake->reason);
  co_return outcome.error;
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

Task<Connection::ReadResult> TlsConnection::read_some(asio::mutable_buffer into) {
  std::size_t octets = 0;
  const auto call = [&](SSL* ssl) { return SSL_read_ex(ssl, into.data(), into.size(), &octets); };
  auto outcome = attempt(call);
  while (outcome.want != Want::nothing) {
    const auto [error] = co_await readiness(outcome.want);
    outcome = error ? Outcome{Want::nothing, error} : attempt(call);
  }
  co_return ReadResult(outcome.error, outcome.error ? 0 : octets);
}

std::size_t TlsConnection::write_now(asio::const_buffer octets) {
  std::size_t written = 0;
  const auto call = [&](SSL* ssl) {
    std::size_t taken = 0;
    const int result = SSL_write_ex(ssl, octets.data(), octets.size(), &taken);
    written += taken;
    octets += taken;
    return result;
  };
  while (octets.size() != 0 && attempt(call).is_done()) {
  }
  return written;
}

Task<error_code> TlsConnection::write(asio::const_buffer all) {
  const auto call = [&](SSL* ssl) {
    std::size_t taken = 0;
    const int result = SSL_write_ex(ssl, all.data(), all.size(), &taken);
    all += taken;
    return result;
  };
  Outcome outcome;
  while (all.size() != 0 && !outcome.error) {
    outcome = attempt(call);
    if (outcome.want == Want::nothing) continue;
    const auto [error] = co_await readiness(outcome.want);
    outcome.error = error;
  }
  co_return outcome.error;
}

/// close_notify, if it can go at once.
void TlsConnection::say_goodbye() {
  if (!is_open_ || is_broken_ || !ssl_ || (SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0) return;
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

void TlsConnection::shutdown() {
  say_goodbye();
  error_code ignored;
  socket_.shutdown(TcpSocket::shutdown_send, ignored);
}

void TlsConnection::close() {
  say_goodbye();
  ssl_.reset();
  error_code ignored;
  socket_.close(ignored);
}

/// OpenSSL gives up its own buffer when it finds nothing.
bool TlsConnection::is_quiet() { return peek().want != Want::nothing; }

bool TlsConnection::has_ended() { return static_cast<bool>(peek().error); }

std::optional<Secret> TlsConnection::export_secret(std::string_view label, std::string_view context, std::size_t size) {
  if (!is_open_ || !ssl_) return std::nullopt;
  return export_from(ssl_.get(), label, context, size);
}

}  // namespace

std::unique_ptr<Connection> make_tls_connection(TcpSocket socket, std::shared_ptr<TlsContext> context, HandshakePlace place) {
  return std::make_unique<TlsConnection>(std::move(socket), std::move(context), std::move(place));
}

}  // namespace nscl::net
