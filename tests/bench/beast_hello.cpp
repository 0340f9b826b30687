// SPDX-License-Identifier: Apache-2.0
// Baseline of the HTTP goals: the plain Boost.Beast server of its own examples (tcp_stream, async_read, async_write,
// string_body) on one thread. Any request is answered 200 with the same 300 octets.   bench_beast_hello ADDRESS PORT
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace net = boost::asio;
using net::ip::tcp;
using ErrorCode = beast::error_code;

constexpr std::size_t body_size = 300;

class Session : public std::enable_shared_from_this<Session> {
 public:
  explicit Session(tcp::socket&& socket) : stream_(std::move(socket)) {}

  void read() {
    request_ = {};
    stream_.expires_after(std::chrono::seconds(30));
    http::async_read(stream_, buffer_, request_, beast::bind_front_handler(&Session::on_read, shared_from_this()));
  }

 private:
  void on_read(ErrorCode error, std::size_t) {
    if (error) return;
    response_ = {http::status::ok, request_.version()};
    response_.set(http::field::server, "bench");
    response_.set(http::field::content_type, "application/xml");
    response_.keep_alive(request_.keep_alive());
    response_.body().assign(body_size, 'x');
    response_.prepare_payload();
    http::async_write(stream_, response_, beast::bind_front_handler(&Session::on_write, shared_from_this()));
  }

  void on_write(ErrorCode error, std::size_t) {
    if (error || !response_.keep_alive()) return;
    read();
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

class Listener {
 public:
  Listener(net::io_context& context, const tcp::endpoint& endpoint) : acceptor_(context, endpoint) {}

  void accept() {
    acceptor_.async_accept([this](ErrorCode error, tcp::socket socket) {
      if (!error) {
        socket.set_option(tcp::no_delay(true));
        std::make_shared<Session>(std::move(socket))->read();
      }
      accept();
    });
  }

 private:
  tcp::acceptor acceptor_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bench_beast_hello ADDRESS PORT\n";
    return EXIT_FAILURE;
  }
  net::io_context context(1);
  Listener listener(context, {net::ip::make_address(argv[1]), static_cast<net::ip::port_type>(std::atoi(argv[2]))});
  listener.accept();
  context.run();
}
