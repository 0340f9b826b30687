// SPDX-License-Identifier: Apache-2.0
// sd_notify(3) without its library: a datagram to the socket the service manager named.
#include <nscl/app/systemd.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace nscl::app {
namespace {

std::string take_variable(const char* name) {
  const char* value = std::getenv(name);
  std::string out = value == nullptr ? "" : value;
  unsetenv(name);
  return out;
}

std::int64_t number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

}  // namespace

ServiceManager::ServiceManager() : address_(take_variable("NOTIFY_SOCKET")) {
  if (!address_.starts_with('/') && !address_.starts_with('@')) address_.clear();
  if (address_.size() >= sizeof(sockaddr_un::sun_path)) address_.clear();
  const std::int64_t allowed = number_in(take_variable("WATCHDOG_USEC"));
  const std::int64_t watched = number_in(take_variable("WATCHDOG_PID"));
  if (allowed > 0 && (watched == 0 || watched == getpid())) watchdog_interval_ = std::chrono::microseconds(allowed / 2);
}

void ServiceManager::ready(std::string_view status) const { send("READY=1\nSTATUS=" + std::string(status)); }

void ServiceManager::status(std::string_view status) const { send("STATUS=" + std::string(status)); }

void ServiceManager::reloading() const {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t microseconds = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void ServiceManager::stopping() const { send("STOPPING=1\nSTATUS=Finishing the requests in progress"); }

void ServiceManager::alive() const { send("WATCHDOG=1"); }

void ServiceManager::send(std::string_view message) const {
  if (!is_present()) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::copy(address_.begin(), address_.end(), to.sun_path);
  if (to.sun_path[0] == '@') to.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return;
  // The address families share their storage by design of the socket interface.
  (void)::sendto(socket, message.data(), message.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), length);
  ::close(socket);
}

}  // namespace nscl::app
