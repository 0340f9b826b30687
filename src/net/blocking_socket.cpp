// SPDX-License-Identifier: Apache-2.0
#include <nscl/net/blocking_socket.h>

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>

namespace nscl::net {

BlockingSocket::BlockingSocket(const std::string& host, const std::string& port, std::chrono::seconds patience) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) throw std::runtime_error(host + ": unknown host");
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(found, &::freeaddrinfo);
  const timeval time{static_cast<time_t>(patience.count()), 0};
  for (const addrinfo* one = list.get(); one != nullptr; one = one->ai_next) {
    const int socket = ::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol);
    if (socket < 0) continue;
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);   // bounds connect() as well
    if (::connect(socket, one->ai_addr, one->ai_addrlen) == 0) {
      socket_ = socket;
      return;
    }
    ::close(socket);
  }
  throw std::runtime_error(authority_of(host, port) + ": no connection");
}

BlockingSocket::~BlockingSocket() { ::close(socket_); }

std::string authority_of(const std::string& host, const std::string& port) {
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
}

}  // namespace nscl::net
