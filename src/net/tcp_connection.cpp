// SPDX-License-Identifier: Apache-2.0
// Connection over plain TCP, and what a connection is unless it is more.
#include <sys/socket.h>

#include <cerrno>

#include <boost/asio/write.hpp>

#include "tcp_socket.h"

namespace nscl::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

class TcpConnection final : public Connection {
 public:
  explicit TcpConnection(TcpSocket socket) : socket_(std::move(socket)), peer_(peer_of(socket_)) { set_up(socket_); }

  Task<ReadResult> read_some(asio::mutable_buffer into) override { return socket_.async_read_some(into, awaited); }

  std::size_t write_now(asio::const_buffer octets) override {
    error_code error;
    const std::size_t written = socket_.write_some(octets, error);
    return error ? 0 : written;
  }

  Task<error_code> write(asio::const_buffer all) override {
    const auto result = co_await asio::async_write(socket_, all, awaited);
    co_return std::get<0>(result);
  }

  void shutdown() override {
    error_code ignored;
    socket_.shutdown(TcpSocket::shutdown_send, ignored);
  }
  void cancel() override {
    error_code ignored;
    socket_.cancel(ignored);
  }
  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }
  bool is_quiet() override {
    char octet = 0;
    const auto received = ::recv(socket_.native_handle(), &octet, 1, MSG_PEEK | MSG_DONTWAIT);
    return received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
  bool has_ended() override {
    char octet = 0;
    const auto received = ::recv(socket_.native_handle(), &octet, 1, MSG_PEEK | MSG_DONTWAIT);
    return received == 0 || (received < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
  }
  const std::string& peer() const override { return peer_; }

 private:
  TcpSocket socket_;
  std::string peer_;
};

}  // namespace

Task<error_code> Connection::open() { co_return error_code(); }
Task<Connection::WaitResult> Connection::wait() { co_return WaitResult(); }
std::optional<Secret> Connection::export_secret(std::string_view, std::string_view, std::size_t) { return std::nullopt; }

std::unique_ptr<Connection> make_tcp_connection(TcpSocket socket) { return std::make_unique<TcpConnection>(std::move(socket)); }

}  // namespace nscl::net
