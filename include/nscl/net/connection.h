// SPDX-License-Identifier: Apache-2.0
// Connection: a stream of octets, whatever is under it. The session above it is compiled once, not once per stream.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <nscl/base/secret.h>
#include <nscl/net/async.h>
#include <nscl/net/tls.h>

namespace nscl::net {

/// Lives and dies on one I/O thread. Errors are values: end of stream and a closed connection are not exceptions.
class Connection {
 public:
  virtual ~Connection() = default;

  using ReadResult = std::tuple<boost::system::error_code, std::size_t>;

  /// Reads at least one octet; 0 with an error code at the end.
  virtual Task<ReadResult> read_some(boost::asio::mutable_buffer into) = 0;
  /// Writes what it can without waiting; octets written, 0 if none or if there is an error, which the next write() tells.
  virtual std::size_t write_now(boost::asio::const_buffer octets) = 0;
  /// Writes all of it.
  virtual Task<boost::system::error_code> write(boost::asio::const_buffer all) = 0;
  /// Orderly end of what we send; the other side may still send.
  virtual void shutdown() = 0;
  /// Ends the read in progress with an error; the connection stays usable.
  virtual void cancel() = 0;
  /// Ends it at once; operations in progress complete with an error.
  virtual void close() = 0;
  /// False if the other side has ended the connection or sent something that nobody has read. Does not wait.
  virtual bool is_quiet() = 0;
  virtual const std::string& peer() const = 0;
  /// The other end has closed, or the connection broke; what it sent before may still be unread.
  virtual bool has_ended() = 0;

  /// What has to be done before the first octet: the handshake of TLS, nothing otherwise. Call once, before anything else.
  virtual Task<boost::system::error_code> open();
  /// True if a connection that only waits should hold no buffer to read into: while is_quiet(), use wait().
  virtual bool gives_up_buffers() const { return false; }
  using WaitResult = std::tuple<boost::system::error_code>;
  /// Returns when something has come, which may be too little to be read. cancel() and close() end it with an error.
  virtual Task<WaitResult> wait();
  /// Who is at the other end of an opened TLS connection; null without TLS.
  virtual const TlsPeer* tls_peer() const { return nullptr; }
  /// `size` octets that both ends of this TLS session, and nobody else, can make (RFC 5705). nullopt without TLS, and where TLS 1.2
  /// lacks the extended master secret that makes them unique.
  virtual std::optional<Secret> export_secret(std::string_view label, std::string_view context, std::size_t size);

  using Clock = std::chrono::steady_clock;
  /// The I/O thread's sweeper ends what the session waits for once this has passed. A plain store, so that a request
  /// does not pay for a timer.
  Clock::time_point deadline = Clock::time_point::max();

  /// What a handler keeps with the connection; destroyed with it, on its I/O thread, which tells of the end.
  std::shared_ptr<void> attachment;
};

using TcpSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
std::unique_ptr<Connection> make_tcp_connection(TcpSocket socket);

}  // namespace nscl::net
