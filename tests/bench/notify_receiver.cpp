// SPDX-License-Identifier: Apache-2.0
// Many receivers in one process, one thread, as fast as they can be: every request is answered 204 at once. The first line
// written names the ports; with DEAD, the first of them takes requests and never answers. A line read ("times") is answered
// with one line for each answered request since the last one, "INDEX NANOSECONDS" (steady clock), then "end"; "count" with their number.
//   bench_notify_receiver PORTS [DEAD]
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr std::string_view no_content = "HTTP/1.1 204 No Content\r\n\r\n";

struct Arrival {
  unsigned receiver;
  std::chrono::steady_clock::time_point time;
};
using Arrivals = std::vector<Arrival>;

/// Trusts its peer: a head has a Content-Length, spelled so.
std::size_t length_in(std::string_view head) {
  constexpr std::string_view name = "\r\nContent-Length: ";
  const auto at = head.find(name);
  return at == head.npos ? 0 : std::strtoul(head.data() + at + name.size(), nullptr, 10);
}

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, unsigned receiver, bool is_dead, Arrivals& arrivals)
      : socket_(std::move(socket)), receiver_(receiver), is_dead_(is_dead), arrivals_(arrivals) {}

  void read() {
    socket_.async_read_some(asio::buffer(piece_), [self = shared_from_this()](ErrorCode error, std::size_t size) {
      if (error) return;
      self->received_.append(self->piece_, size);
      self->take_requests();
    });
  }

 private:
  void take_requests() {
    answers_.clear();
    for (;;) {
      const auto end = received_.find("\r\n\r\n");
      if (end == received_.npos) break;
      const auto size = end + 4 + length_in(std::string_view(received_).substr(0, end + 2));
      if (received_.size() < size) break;
      received_.erase(0, size);
      if (is_dead_) continue;
      arrivals_.push_back({receiver_, std::chrono::steady_clock::now()});
      answers_ += no_content;
    }
    if (answers_.empty()) return read();
    asio::async_write(socket_, asio::buffer(answers_), [self = shared_from_this()](ErrorCode error, std::size_t) {
      if (!error) self->read();
    });
  }

  tcp::socket socket_;
  const unsigned receiver_;
  const bool is_dead_;
  Arrivals& arrivals_;
  char piece_[16 * 1024];
  std::string received_, answers_;
};

class Receiver {
 public:
  Receiver(asio::io_context& context, unsigned number, bool is_dead, Arrivals& arrivals)
      : acceptor_(context, {asio::ip::address_v4::loopback(), 0}), number_(number), is_dead_(is_dead), arrivals_(arrivals) {
    accept();
  }
  unsigned port() const { return acceptor_.local_endpoint().port(); }

 private:
  void accept() {
    acceptor_.async_accept([this](ErrorCode error, tcp::socket socket) {
      if (error) return;
      socket.set_option(tcp::no_delay(true), error);
      std::make_shared<Session>(std::move(socket), number_, is_dead_, arrivals_)->read();
      accept();
    });
  }

  tcp::acceptor acceptor_;
  const unsigned number_;
  const bool is_dead_;
  Arrivals& arrivals_;
};

/// Ends the process when its standard input ends.
class Control {
 public:
  Control(asio::io_context& context, Arrivals& arrivals) : context_(context), input_(context, ::dup(STDIN_FILENO)), arrivals_(arrivals) { read(); }

 private:
  void read() {
    asio::async_read_until(input_, asio::dynamic_buffer(line_), '\n', [this](ErrorCode error, std::size_t size) {
      if (error) return context_.stop();
      if (line_.starts_with("times")) tell();
      else std::cout << arrivals_.size() << std::endl;
      line_.erase(0, size);
      read();
    });
  }

  void tell() {
    for (const auto& arrival : arrivals_) std::cout << arrival.receiver << ' ' << arrival.time.time_since_epoch() / std::chrono::nanoseconds(1) << '\n';
    std::cout << "end" << std::endl;
    arrivals_.clear();
  }

  asio::io_context& context_;
  asio::posix::stream_descriptor input_;
  Arrivals& arrivals_;
  std::string line_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: bench_notify_receiver PORTS [DEAD]\n";
    return 2;
  }
  const auto ports = static_cast<unsigned>(std::atoi(argv[1]));
  const bool has_dead = argc > 2;
  asio::io_context context(1);
  Arrivals arrivals;
  std::vector<std::unique_ptr<Receiver>> receivers;
  for (unsigned number = 0; number < ports; ++number) {
    receivers.push_back(std::make_unique<Receiver>(context, number, has_dead && number == 0, arrivals));
    std::cout << receivers.back()->port() << ' ';
  }
  std::cout << std::endl;
  Control control(context, arrivals);
  context.run();
  return 0;
}
