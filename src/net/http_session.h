// SPDX-License-Identifier: Apache-2.0
// HttpSession: the HTTP/1.1 conversation on one connection. Lives in the coroutine that runs it, on one I/O thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include <boost/beast/core/flat_buffer.hpp>

#include <nscl/net/connection.h>
#include <nscl/net/listener.h>

#include "chunk_decoder.h"
#include "head_parser.h"
#include "response_writer.h"

namespace nscl::net {

/// What the sessions of one I/O thread share; the atomics are shared by all threads.
struct SessionContext {
  const ListenerOptions& options;
  WebHandler& handler;
  ListenerFigures& figures;
  std::atomic<std::size_t>& bytes_in_flight;
  CommonFields common_fields = {};
  bool stopping = false;
};

class HttpSession {
 public:
  HttpSession(SessionContext& context, std::unique_ptr<Connection> connection);
  ~HttpSession();
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  /// Answers requests until the connection ends.
  Task<void> run();

  // Called by the I/O thread's sweeper, between the session's steps.
  Connection::Clock::time_point deadline() const { return connection_->deadline; }
  /// The deadline has passed: 408 for a request that was begun, else the end.
  void expire();
  /// Ends the connection if no request is in progress.
  void close_if_idle();
  void close() { connection_->close(); }
  /// Ends the connection; what is being done is answered first.
  void close_after_answer();
  /// True if the connection was made with the pre-shared key of one of them.
  bool is_outdated(const Listener::KeyChanges& changes) const;

 private:
  enum class Phase { opening, idle, receiving, handling, writing, lingering };

  static constexpr std::size_t first_read = 4 * 1024;
  static constexpr std::size_t kept_memory = 16 * 1024;   ///< of a buffer between requests

  Task<void> open();
  bool take_head();
  void begin_request(std::string_view head);
  bool take_body();
  bool take_sized_body();
  bool take_chunked_body();

  Task<void> receive_body();
  Task<void> admit();
  Task<void> receive_sized_body(std::size_t length);
  Task<void> receive_chunked_body();
  void keep_head();

  bool is_streamed() const;
  Task<void> receive_stream();
  Task<void> stream_sized_body(std::uint64_t length);
  Task<void> stream_chunked_body();
  Task<void> fill_piece(std::size_t size);
  Task<void> hand_over();
  Task<void> send_stream(WebBody& body);

  Task<void> answer();
  bool append(const WebResponse& response);
  void append_head(const WebResponse& response);
  Task<void> send(const WebResponse& response);
  void refuse(unsigned status, std::string_view reason);
  void finish_request();

  Task<void> fill();
  bool should_wait() const;
  Task<Connection::WaitResult> begin_idle(Connection::Clock::time_point deadline);
  Connection::Clock::time_point idle_deadline() const;
  void begin_wait(Connection::Clock::time_point deadline, Phase phase);
  bool end_wait(const boost::system::error_code& error);
  Task<std::size_t> read(boost::asio::mutable_buffer into, Connection::Clock::time_point deadline, Phase phase);
  bool flush_now();
  Task<void> flush(bool wipes = false);
  Task<void> write(std::string_view octets);
  Task<void> linger();

  std::string_view buffered() const;
  bool reserve(std::size_t octets);
  bool is_ending() const { return ending_ || broken_; }
  void set_origin();
  static void trim(std::string& text);

  SessionContext& context_;
  std::unique_ptr<Connection> connection_;
  boost::beast::flat_buffer input_;
  std::string output_;             ///< answers not yet written
  std::size_t read_size_;

  std::unique_ptr<ParsedHead> parsed_;   ///< null before a request, and while the connection is idle
  std::string kept_head_;          ///< the head, when its body did not come with it
  std::size_t head_size_ = 0;      ///< octets of the head still in front of input_
  std::size_t used_ = 0;           ///< octets of input_ that belong to the request in progress
  std::string body_;               ///< when it is not contiguous in input_
  std::unique_ptr<ChunkDecoder> chunks_;
  std::size_t reserved_ = 0;       ///< our part of context_.bytes_in_flight

  Connection::Clock::time_point session_end_ = Connection::Clock::time_point::max();   ///< of TLS
  Connection::Clock::time_point head_deadline_ = Connection::Clock::time_point::max();
  Phase phase_ = Phase::idle;
  std::chrono::milliseconds idle_time_{0};   ///< that the last answer named; 0: none
  bool timed_out_ = false;
  bool ending_ = false;            ///< the last answer is in output_ or written
  bool broken_ = false;            ///< nothing can be written any more
};

}  // namespace nscl::net
