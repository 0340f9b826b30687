// SPDX-License-Identifier: Apache-2.0
// OpenSSL reads and writes the socket itself and says what it waits for; with buffers of its own given up between messages, an idle
// connection costs a sixth of what a stream with buffers between the two would.
#include "tls_stream.h"

#include <cerrno>

#include <openssl/err.h>

#include "tcp_socket.h"
#include "tls_export.h"

namespace nscl::net {
namespace {

namespace asio = boost::asio;

/// What OpenSSL says under TLS 1.3 if there is neither key nor certificate.
constexpr std::string_view no_certificate_either = "no suitable signature algorithm";
/// And where the verdict on the other side's certificate says more.
constexpr std::string_view bad_certificate = "certificate verify failed";

}  // namespace

TlsStream::TlsStream(TcpSocket socket) : socket_(std::move(socket)), peer_(peer_of(socket_)) {
  set_up(socket_);
  state_.handshake = std::make_unique<TlsState::Handshake>();
}

void TlsStream::cancel() {
  error_code ignored;
  socket_.cancel(ignored);
}

/// One call of OpenSSL, and what it needs to go on.
template <class Call>
TlsStream::Outcome TlsStream::attempt(Call&& call) {
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

TlsStream::Outcome TlsStream::failure(int kind) {
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
std::string TlsStream::reason_of(int kind) const {
  if (kind == SSL_ERROR_SYSCALL) return "the connection broke";
  auto reason = take_openssl_error();
  if (reason == bad_certificate) return X509_verify_cert_error_string(SSL_get_verify_result(ssl_.get()));
  const bool lacks_key = reason == no_certificate_either && state_.handshake->lookup != nullptr;
  return lacks_key ? "no pre-shared key was offered" : reason;
}

TlsStream::Outcome TlsStream::peek() {
  return attempt([](SSL* ssl) {
    char octet = 0;
    return SSL_peek(ssl, &octet, 1);
  });
}

Task<Connection::WaitResult> TlsStream::readiness(Want want) {
  return socket_.async_wait(want == Want::to_read ? TcpSocket::wait_read : TcpSocket::wait_write, awaited);
}

Task<boost::system::error_code> TlsStream::shake_hands(int (*step)(SSL*)) {
  auto outcome = attempt(step);
  while (outcome.want != Want::nothing) {
    const auto [error] = co_await readiness(outcome.want);
    if (error) state_.handshake->reason = "it was not finished in time";
    outcome = error ? Outcome{Want::nothing, error} : attempt(step);
  }
  co_return outcome.error;
}

Task<Connection::ReadResult> TlsStream::read_some(asio::mutable_buffer into) {
  std::size_t octets = 0;
  const auto call = [&](SSL* ssl) { return SSL_read_ex(ssl, into.data(), into.size(), &octets); };
  auto outcome = attempt(call);
  while (outcome.want != Want::nothing) {
    const auto [error] = co_await readiness(outcome.want);
    outcome = error ? Outcome{Want::nothing, error} : attempt(call);
  }
  co_return ReadResult(outcome.error, outcome.error ? 0 : octets);
}

std::size_t TlsStream::write_now(asio::const_buffer octets) {
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

Task<boost::system::error_code> TlsStream::write(asio::const_buffer all) {
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
void TlsStream::say_goodbye() {
  if (!is_open_ || is_broken_ || !ssl_ || (SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0) return;
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

void TlsStream::shutdown() {
  say_goodbye();
  error_code ignored;
  socket_.shutdown(TcpSocket::shutdown_send, ignored);
}

void TlsStream::close() {
  say_goodbye();
  ssl_.reset();
  error_code ignored;
  socket_.close(ignored);
}

/// OpenSSL gives up the buffer to read into when it finds nothing; the other one it keeps if a ticket was the last that came.
bool TlsStream::is_quiet() {
  const bool is_silent = peek().want != Want::nothing;
  if (is_silent) SSL_free_buffers(ssl_.get());
  return is_silent;
}

bool TlsStream::has_ended() { return static_cast<bool>(peek().error); }

std::optional<Secret> TlsStream::export_secret(std::string_view label, std::string_view context, std::size_t size) {
  if (!is_open_ || !ssl_) return std::nullopt;
  return export_from(ssl_.get(), label, context, size);
}

}  // namespace nscl::net
