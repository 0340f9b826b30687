// SPDX-License-Identifier: Apache-2.0
// TlsStream: a Connection over TLS, whichever side it is of. Who derives from it makes its SSL and opens it.
#pragma once

#include <string>

#include <nscl/net/connection.h>

#include "openssl.h"
#include "tls_state.h"

namespace nscl::net {

class TlsStream : public Connection {
 public:
  using error_code = boost::system::error_code;

  Task<WaitResult> wait() override { return readiness(Want::to_read); }
  Task<ReadResult> read_some(boost::asio::mutable_buffer into) override;
  std::size_t write_now(boost::asio::const_buffer octets) override;
  Task<error_code> write(boost::asio::const_buffer all) override;
  void shutdown() override;
  void cancel() override;
  void close() override;
  bool is_quiet() override;
  bool has_ended() override;
  bool gives_up_buffers() const override { return true; }
  const std::string& peer() const override { return peer_; }
  std::optional<Secret> export_secret(std::string_view label, std::string_view context, std::size_t size) override;

 private:
  TcpSocket socket_;
  std::string peer_;

 protected:
  explicit TlsStream(TcpSocket socket);

  /// `step` until the handshake is finished, or failed: SSL_accept or SSL_connect. state_.handshake has the reason.
  Task<error_code> shake_hands(int (*step)(SSL*));
  int descriptor() { return socket_.native_handle(); }

  TlsState state_;
  SslPtr ssl_;                 ///< null once the socket is closed: its descriptor may then be another's
  bool is_open_ = false;

 private:
  bool is_broken_ = false;     ///< nothing may be asked of ssl_ any more

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
  void say_goodbye();
};

}  // namespace nscl::net
