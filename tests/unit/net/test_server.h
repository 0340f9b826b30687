// SPDX-License-Identifier: Apache-2.0
// A listener on two I/O threads with a handler that tells what it was asked, and a client that sends raw octets.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <nscl/net/listener.h>

namespace nscl::net::test {

/// The last segment of the target says how it answers; see test_server.cpp.
class Handler final : public WebHandler {
 public:
  Task<WebResponse> admit(const WebRequest& head) override;
  bool streams(const WebRequest& head) const override { return head.target.ends_with("/sink") || head.target.ends_with("/nowhere"); }
  Task<WebResponse> handle(const WebRequest& request) override;
  WebResponse refuse(unsigned status, std::string_view reason) override;

  /// "GET /x", in the order of their arrival.
  std::vector<std::string> handled() const;
  bool has_handled(const std::string& request) const;
  int admitted() const { return admitted_; }
  std::atomic<int> sinks{0};        ///< that are there
  std::atomic<int> taken{0};        ///< pieces that sinks took
  std::atomic<std::size_t> largest_piece{0};

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> handled_;
  std::atomic<int> admitted_{0};
};

class Server {
 public:
  explicit Server(ListenerOptions options = {}, std::shared_ptr<PskLookup> lookup = nullptr);
  ~Server();

  void stop() { listener_->stop(); }
  bool wait_until_drained(std::chrono::milliseconds time);
  const ListenerFigures& figures() const { return listener_->figures(); }
  std::uint16_t port() const { return listener_->port(); }
  Listener& listener() { return *listener_; }
  Handler handler;

 private:
  boost::asio::io_context contexts_[2]{boost::asio::io_context{1}, boost::asio::io_context{1}};
  std::vector<boost::asio::executor_work_guard<Executor>> guards_;
  std::unique_ptr<Listener> listener_;
  std::vector<std::thread> threads_;
};

struct Answer {
  unsigned status = 0;     ///< 0: there was none
  std::string head, body;
  /// Value of a field, empty if there is none.
  std::string field(const std::string& name) const;
};

/// Blocking, gives up after five seconds.
class Client {
 public:
  explicit Client(std::uint16_t port, int receive_buffer = 0);
  explicit Client(const Server& server) : Client(server.port()) {}
  virtual ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool send(std::string_view octets);
  void finish_sending();
  /// Reads one answer; `has_body` false for that to a HEAD.
  Answer receive(bool has_body = true);
  Answer ask(std::string_view request) {
    send(request);
    return receive();
  }
  /// Whatever comes until the connection ends or nothing came for `time`.
  std::string drain(std::chrono::milliseconds time = std::chrono::seconds{5});
  /// True if the other side ends the connection (no reset) within five seconds.
  bool is_closed();

 private:
  bool read_more();

 protected:
  virtual long get(void* octets, std::size_t room);
  virtual long put(const void* octets, std::size_t size);

  int socket_ = -1;

 private:
  std::string buffer_;
  bool ended_ = false, reset_ = false;
};

std::string request(const std::string& method, const std::string& target, const std::string& fields = {}, const std::string& body = {});

}  // namespace nscl::net::test
