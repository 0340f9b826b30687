// SPDX-License-Identifier: Apache-2.0
// Under TLS 1.3 the server judges the client after the client has finished: its alert is what the first read finds.
#include "outgoing_connection.h"

#include <utility>

#include "tls_stream.h"

namespace nscl::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr auto longest_session = std::chrono::hours{24};   ///< then certificates and keys are looked at again

class OutgoingConnection final : public TlsStream {
 public:
  OutgoingConnection(TcpSocket socket, std::shared_ptr<OutgoingContext> context, std::string host, std::uint16_t port)
      : TlsStream(std::move(socket)), context_(std::move(context)), host_(std::move(host)), port_(port) {
    ssl_ = context_->connect(descriptor(), host_, state_);
  }
  ~OutgoingConnection() override { TlsStream::close(); }   // the host is told, and ssl_ refers to the context

  Task<error_code> open() override;
  Task<ReadResult> read_some(asio::mutable_buffer into) override { return state_.handshake ? read_first(into) : TlsStream::read_some(into); }
  bool is_quiet() override { return !context_->is_retired() && Clock::now() < ends_ && TlsStream::is_quiet(); }

 private:
  Task<ReadResult> read_first(asio::mutable_buffer into);
  static bool is_of_socket(const error_code& error) {
    return error == asio::error::connection_reset || error == asio::error::timed_out || error == asio::error::no_memory;
  }

  std::shared_ptr<OutgoingContext> context_;
  std::string host_;
  std::uint16_t port_;
  Clock::time_point ends_ = Clock::now() + longest_session;
};

Task<error_code> OutgoingConnection::open() {
  if (!ssl_) co_return asio::error::no_memory;
  const auto error = co_await shake_hands(SSL_connect);
  auto& reason = state_.handshake->reason;
  if (!error) reason = context_->objection_to(ssl_.get());
  is_open_ = !error && reason.empty();
  if (is_open_) co_return error_code();
  context_->tell_failure(host_, port_, reason);
  if (!ssl_) co_return asio::error::operation_aborted;
  co_return is_of_socket(error) ? error : make_error_code(boost::system::errc::protocol_error);
}

Task<Connection::ReadResult> OutgoingConnection::read_first(asio::mutable_buffer into) {
  auto result = co_await TlsStream::read_some(into);
  const auto handshake = std::move(state_.handshake);
  if (std::get<0>(result) && !handshake->reason.empty()) context_->tell_failure(host_, port_, handshake->reason);
  co_return result;
}

}  // namespace

std::unique_ptr<Connection> make_outgoing_connection(TcpSocket socket, std::shared_ptr<OutgoingContext> context, std::string host, std::uint16_t port) {
  return std::make_unique<OutgoingConnection>(std::move(socket), std::move(context), std::move(host), port);
}

}  // namespace nscl::net
