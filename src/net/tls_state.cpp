// SPDX-License-Identifier: Apache-2.0
#include "tls_state.h"

#include <sys/socket.h>

#include <string_view>

#include <openssl/err.h>

namespace nscl::net {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int most_messages = 16;
constexpr auto message_window = std::chrono::seconds{10};
constexpr std::size_t message_head = 4;   ///< type and length of a handshake message

/// OpenSSL's callback of TLS 1.2 gets the identity as a C string, where one with a NUL looks like its beginning; the message has all of it.
void keep_identity(std::string& identity, std::string_view message) {
  message.remove_prefix(message_head);
  if (message.size() < 2) return;
  const auto octet = [&message](std::size_t at) { return static_cast<unsigned char>(message[at]); };
  identity.assign(message.substr(2, std::size_t{octet(0)} << 8 | octet(1)));
}

void on_message(int is_sent, int /*version*/, int type, const void* octets, std::size_t size, SSL* ssl, void* /*argument*/) {
  const std::string_view message(static_cast<const char*>(octets), size);
  auto& state = state_of(ssl);
  if (type == SSL3_RT_HANDSHAKE && is_sent == 0 && size > message_head) {
    // A server may send tickets as often as it likes, and nobody here uses them.
    if (message[0] == SSL3_MT_KEY_UPDATE || message[0] == SSL3_MT_NEWSESSION_TICKET) state.count_message();
    if (message[0] == SSL3_MT_CLIENT_KEY_EXCHANGE && state.handshake && state.handshake->lookup != nullptr)
      guarded(false, [&] { return keep_identity(state.handshake->identity, message), true; });
  }
  // An attempt to renegotiate shows in nothing but our answer to it.
  if (type == SSL3_RT_ALERT && is_sent != 0 && size == 2 && message[1] == SSL_AD_NO_RENEGOTIATION) state.count_message();
  // OpenSSL goes on reading such messages as long as there are any: only the socket stops it.
  if (state.is_flooded) ::shutdown(SSL_get_fd(ssl), SHUT_RDWR);
}

}  // namespace

void TlsState::count_message() {
  const auto now = Clock::now();
  if (now - window_ > message_window) {
    window_ = now;
    messages_ = 0;
  }
  is_flooded = is_flooded || ++messages_ > most_messages;
}

void watch_messages(SSL_CTX* context) { SSL_CTX_set_msg_callback(context, on_message); }

std::string take_openssl_error() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "no reason given";
  const char* const reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "error " + std::to_string(code);
}

}  // namespace nscl::net
