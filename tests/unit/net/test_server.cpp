// SPDX-License-Identifier: Apache-2.0
// See test_server.h.
#include "test_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include <boost/asio/this_coro.hpp>

#include <nscl/net/awaiting.h>
#include <nscl/net/connection.h>

namespace nscl::net::test {
namespace {

using Clock = std::chrono::steady_clock;

WebResponse text(unsigned status, std::string body) {
  WebResponse response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::make_shared<const std::string>(std::move(body));
  return response;
}

std::string dump(const WebRequest& request) {
  std::string out = "host=" + std::string(request.host) + " authorization=" + std::string(request.authorization) +
                    " content_type=" + std::string(request.content_type) + " accept=" + std::string(request.accept) +
                    " from=" + std::string(request.from) + " if_match=" + std::string(request.if_match) +
                    " if_none_match=" + std::string(request.if_none_match) + " framing=" + (request.has_body_framing ? "1" : "0") +
                    " peer=" + std::string(request.peer);
  for (const auto& [name, value] : request.extension_fields) out += " " + std::string(name) + "=" + std::string(value);
  return out + " body=" + std::string(request.body);
}

/// Who is there, by which protocol and suite.
std::string describe(const TlsPeer* peer) {
  if (peer == nullptr) return "no TLS";
  std::string out;
  if (peer->psk) out += peer->psk->identity + " " + peer->psk->entity + " ";
  for (const auto& name : peer->names) out += name + " ";
  return out + std::string(peer->protocol) + " " + std::string(peer->cipher) + (peer->is_resumed ? " resumed" : "");
}

std::string exported(const WebRequest& request) {
  const auto secret = request.connection->export_secret("EXPORTER-test", "context", 32);
  return secret ? std::string(secret->view()) : "none";
}

/// 'a', 'b', ... in turn, as many as there should be; `missing` of them cannot be had.
class Letters final : public WebBody {
 public:
  explicit Letters(std::uint64_t size, std::uint64_t missing = 0) : size_(size), left_(size - missing) {}
  std::uint64_t size() const override { return size_; }
  Task<std::size_t> read(char* into, std::size_t room) override {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(room, left_));
    for (std::size_t i = 0; i < size; ++i) into[i] = static_cast<char>('a' + at_++ % 26);
    left_ -= size;
    co_return size;
  }

 private:
  std::uint64_t size_, left_, at_ = 0;
};

/// Counts and adds up what it is given; does not like an 'X' in front of a piece.
class Sum final : public WebSink {
 public:
  explicit Sum(Handler& handler) : handler_(handler) { ++handler_.sinks; }
  ~Sum() override { --handler_.sinks; }
  std::uint64_t limit() const override { return 1u << 20; }
  Task<Refusal> take(std::string_view octets) override {
    Refusal refusal;
    if (octets.starts_with('X')) refusal.status = 507;
    ++handler_.taken;
    handler_.largest_piece = std::max(handler_.largest_piece.load(), octets.size());
    size += octets.size();
    for (const unsigned char c : octets) sum += c;
    co_return refusal;
  }
  std::size_t size = 0, sum = 0;

 private:
  Handler& handler_;
};

}  // namespace

Task<WebResponse> Handler::admit(const WebRequest& head) {
  ++admitted_;
  WebResponse response;
  response.status = 0;
  if (head.authorization == "bad") response = text(401, "not you");
  if (head.target.ends_with("/sink")) head.sink = std::make_shared<Sum>(*this);
  co_return response;
}

Task<WebResponse> Handler::handle(const WebRequest& request) {
  {
    const std::lock_guard lock{mutex_};
    handled_.push_back(std::string(name_of(request.method)) + " " + std::string(request.target));
  }
  const auto how = request.target.substr(request.target.rfind('/') + 1);
  WebResponse response = text(200, std::string(request.target));
  if (how == "echo") response = text(200, std::string(request.body));
  if (how == "dump") response = text(200, dump(request));
  if (how == "tls") response = text(200, describe(request.tls));
  if (how == "exported") response = text(200, exported(request));
  if (how == "big") response = text(200, std::string(1u << 20, 'b'));
  if (how == "huge") response = text(200, std::string(32u << 20, 'h'));
  if (how == "length") response = text(200, std::to_string(request.body.size()));
  if (how == "letters") response.stream = std::make_shared<Letters>(3'000'000);
  if (how == "short") response.stream = std::make_shared<Letters>(3'000'000, 1);
  if (how == "sink" && request.sink) {
    const auto& sum = static_cast<const Sum&>(*request.sink);
    response = text(200, std::to_string(sum.size) + " " + std::to_string(sum.sum) + " " + std::to_string(request.body.size()));
  }
  if (how == "none") response.status = 204;
  if (how == "same") response.status = 304;
  if (how == "close") response.close = true;
  if (how == "patient") response.idle_time = std::chrono::seconds{60};
  if (how == "cookie") response.body = std::make_shared<const std::string>(request.cookie);
  if (how == "split") response.fields.emplace_back("Location", "/x\r\nSet-Cookie: a=b\r\n\r\nHTTP/1.1 200 OK");
  if (how == "throw") throw std::runtime_error("on purpose");
  if (how == "gone") {   // waits for the other side to leave, as long polls do
    Timer timer{co_await boost::asio::this_coro::executor};
    for (int i = 0; i < 500 && !request.connection->has_ended(); ++i) {
      timer.expires_after(std::chrono::milliseconds{10});
      co_await timer.async_wait(as_result);
    }
    const std::lock_guard lock{mutex_};
    handled_.push_back(request.connection->has_ended() ? "the peer left" : "the peer stayed");
  }
  if (how == "slow") {
    Timer timer{co_await boost::asio::this_coro::executor};
    timer.expires_after(std::chrono::milliseconds{300});
    co_await timer.async_wait(as_result);
  }
  co_return response;
}

WebResponse Handler::refuse(unsigned status, std::string_view reason) { return text(status, std::string(reason)); }

std::vector<std::string> Handler::handled() const {
  const std::lock_guard lock{mutex_};
  return handled_;
}

bool Handler::has_handled(const std::string& request) const {
  const auto all = handled();
  return std::find(all.begin(), all.end(), request) != all.end();
}

Server::Server(ListenerOptions options, std::shared_ptr<PskLookup> lookup) {
  options.port = 0;
  listener_ = std::make_unique<Listener>(std::vector<boost::asio::io_context*>{&contexts_[0], &contexts_[1]}, options, handler, std::move(lookup));
  listener_->start();
  for (auto& context : contexts_) {
    guards_.emplace_back(context.get_executor());
    threads_.emplace_back([&context] { context.run(); });
  }
}

Server::~Server() {
  for (auto& context : contexts_) context.stop();
  for (auto& thread : threads_) thread.join();
}

bool Server::wait_until_drained(std::chrono::milliseconds time) {
  const auto end = Clock::now() + time;
  while (!listener_->is_drained()) {
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

std::string Answer::field(const std::string& name) const {
  const auto at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

Client::Client(std::uint16_t port, int receive_buffer) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{5, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (receive_buffer != 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error("cannot connect");
}

Client::~Client() { ::close(socket_); }

long Client::get(void* octets, std::size_t room) { return ::recv(socket_, octets, room, 0); }

long Client::put(const void* octets, std::size_t size) { return ::send(socket_, octets, size, MSG_NOSIGNAL); }

bool Client::send(std::string_view octets) {
  while (!octets.empty()) {
    const auto sent = put(octets.data(), octets.size());
    if (sent <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Client::finish_sending() { ::shutdown(socket_, SHUT_WR); }

bool Client::read_more() {
  char octets[65536];
  const auto received = get(octets, sizeof octets);
  ended_ = received == 0;
  reset_ = received < 0 && errno == ECONNRESET;
  if (received <= 0) return false;
  buffer_.append(octets, static_cast<std::size_t>(received));
  return true;
}

Answer Client::receive(bool has_body) {
  Answer answer;
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!read_more()) return answer;
  answer.head = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  answer.status = static_cast<unsigned>(std::stoul(answer.head.substr(9, 3)));
  const auto length = answer.field("Content-Length");
  const std::size_t size = has_body && !length.empty() ? std::stoul(length) : 0;
  while (buffer_.size() < size)
    if (!read_more()) return {};
  answer.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return answer;
}

std::string Client::drain(std::chrono::milliseconds time) {
  const timeval patience{time.count() / 1000, static_cast<suseconds_t>(time.count() % 1000 * 1000)};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  while (read_more()) {
  }
  return std::move(buffer_);
}

bool Client::is_closed() {
  const auto rest = drain();
  return ended_ && !reset_;
}

std::string request(const std::string& method, const std::string& target, const std::string& fields, const std::string& body) {
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: a\r\n" + fields;
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

}  // namespace nscl::net::test
