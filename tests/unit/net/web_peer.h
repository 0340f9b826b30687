// SPDX-License-Identifier: Apache-2.0
// A scripted peer on 127.0.0.1 that says exactly the octets a test wants, and a client under test with its io_context.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <boost/asio/io_context.hpp>

#include <nscl/net/web_client.h>

namespace nscl::net::test {

/// One accepted connection, read and written blockingly; gives up after twenty seconds.
class Conversation {
 public:
  explicit Conversation(int socket) : socket_(socket) {}
  Conversation(Conversation&& other) noexcept : socket_(std::exchange(other.socket_, -1)), buffer_(std::move(other.buffer_)) {}
  Conversation& operator=(Conversation&& other) noexcept {
    std::swap(socket_, other.socket_);
    std::swap(buffer_, other.buffer_);
    return *this;
  }
  ~Conversation() { close(); }

  bool is_open() const { return socket_ >= 0; }
  int descriptor() const { return socket_; }
  /// Head and body of the next request; empty if there is none.
  std::string read();
  void send(std::string_view octets);
  /// Ends what this side sends.
  void finish();
  void close();
  void reset();
  /// True if the client ends the connection.
  bool is_ended();

 private:
  bool read_more();

  int socket_;
  std::string buffer_;
};

/// Runs its script on a thread of its own; joined at the end.
class Peer {
 public:
  explicit Peer(std::function<void(Peer&)> script);
  ~Peer();

  Conversation accept();
  /// Whether a connection waits to be accepted.
  bool has_further() const;
  bool is_done() const { return is_done_; }
  std::string uri(const std::string& path = "/") const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  int socket_ = -1;
  std::atomic<bool> is_done_{false};
  std::thread thread_;
};

/// A port of 127.0.0.1 that neither takes nor refuses a connection: its queue is full.
class DeadPort {
 public:
  DeadPort();
  ~DeadPort();
  std::string uri() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
  std::uint16_t port_ = 0;
  int socket_ = -1;
  int fillers_[4] = {-1, -1, -1, -1};
};

/// A port that nobody listens on.
std::uint16_t free_port();

/// "HTTP/1.1 200 OK" with that body and its length.
std::string ok(const std::string& body, const std::string& fields = {});

WebCall get(const std::string& uri);

/// Options that allow 127.0.0.0/8.
WebClientOptions loopback_options();

/// What became of a call, once it has ended.
using Ended = std::shared_ptr<std::optional<WebResult>>;

class Caller {
 public:
  explicit Caller(WebClientOptions options = loopback_options()) : client(context, std::move(options)) {}

  Ended start(WebCall call);
  /// Runs the client until `condition` holds; false after thirty seconds.
  bool run_until(const std::function<bool()>& condition);
  bool run_until_ended(const Ended& call) {
    return run_until([&] { return call->has_value(); });
  }
  /// Starts a call and runs until it has ended.
  WebResult call(WebCall call);

  boost::asio::io_context context{1};
  WebClient client;
};

/// The kind of the failure; nullopt if there is an answer.
std::optional<WebFailure::Kind> failure_of(const WebResult& result);

}  // namespace nscl::net::test
