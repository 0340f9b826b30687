// SPDX-License-Identifier: Apache-2.0
// See web_peer.h.
#include "web_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

#include <boost/asio/co_spawn.hpp>

namespace nscl::net::test {
namespace {

using Clock = std::chrono::steady_clock;

void set_patience(int socket) {
  const timeval patience{20, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int bound_socket(std::uint16_t& port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("cannot bind");
  port = ntohs(address.sin_port);
  return socket;
}

}  // namespace

bool Conversation::read_more() {
  char octets[65536];
  const auto received = ::recv(socket_, octets, sizeof octets, 0);
  if (received > 0) buffer_.append(octets, static_cast<std::size_t>(received));
  return received > 0;
}

std::string Conversation::read() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!read_more()) return {};
  end += 4;
  const auto at = buffer_.find("Content-Length: ");
  if (at < end) end += std::stoul(buffer_.substr(at + 16));
  while (buffer_.size() < end)
    if (!read_more()) return {};
  std::string request = buffer_.substr(0, end);
  buffer_.erase(0, end);
  return request;
}

void Conversation::send(std::string_view octets) {
  while (!octets.empty()) {
    const auto sent = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    octets.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Conversation::finish() { ::shutdown(socket_, SHUT_WR); }

void Conversation::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

void Conversation::reset() {
  const linger none{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &none, sizeof none);
  close();
}

bool Conversation::is_ended() {
  char octet = 0;
  const auto received = ::recv(socket_, &octet, 1, 0);
  return received == 0 || (received < 0 && errno == ECONNRESET);
}

Peer::Peer(std::function<void(Peer&)> script) : socket_(bound_socket(port_)) {
  set_patience(socket_);
  ::listen(socket_, 64);
  thread_ = std::thread([this, script = std::move(script)] {
    script(*this);
    is_done_ = true;
  });
}

Peer::~Peer() {
  ::shutdown(socket_, SHUT_RDWR);
  thread_.join();
  ::close(socket_);
}

Conversation Peer::accept() {
  const int socket = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
  if (socket >= 0) set_patience(socket);
  return Conversation{socket};
}

bool Peer::has_further() const {
  pollfd waiting{socket_, POLLIN, 0};
  return ::poll(&waiting, 1, 0) == 1 && (waiting.revents & POLLHUP) == 0;   // the latter: the test is over
}

DeadPort::DeadPort() : socket_(bound_socket(port_)) {
  ::listen(socket_, 0);
  for (int& filler : fillers_) {
    filler = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    auto address = loopback(port_);
    ::connect(filler, reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
}

DeadPort::~DeadPort() {
  for (const int filler : fillers_) ::close(filler);
  ::close(socket_);
}

std::uint16_t free_port() {
  std::uint16_t port = 0;
  ::close(bound_socket(port));
  return port;
}

std::string ok(const std::string& body, const std::string& fields) {
  return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

WebCall get(const std::string& uri) {
  WebCall call;
  call.method = Method::get;
  call.uri = uri;
  return call;
}

WebClientOptions loopback_options() {
  WebClientOptions options;
  options.allowed_networks = {"127.0.0.0/8"};
  return options;
}

Ended Caller::start(WebCall call) {
  auto ended = std::make_shared<std::optional<WebResult>>();
  boost::asio::co_spawn(context, client.call(std::move(call)), [ended](const std::exception_ptr& problem, WebResult result) {
    if (problem) std::rethrow_exception(problem);
    *ended = std::move(result);
  });
  return ended;
}

bool Caller::run_until(const std::function<bool()>& condition) {
  for (const auto end = Clock::now() + std::chrono::seconds{30}; !condition();) {
    if (Clock::now() > end) return false;
    context.restart();
    if (context.run_one_for(std::chrono::milliseconds{5}) == 0) std::this_thread::yield();
  }
  return true;
}

WebResult Caller::call(WebCall call) {
  const auto ended = start(std::move(call));
  if (!run_until_ended(ended)) throw std::runtime_error("the call did not end");
  return std::move(**ended);
}

std::optional<WebFailure::Kind> failure_of(const WebResult& result) {
  return result ? std::nullopt : std::optional{result.error().kind};
}

}  // namespace nscl::net::test
