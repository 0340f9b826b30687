// SPDX-License-Identifier: Apache-2.0
// The datagrams that a service manager receives, on a path and on an abstract name.
#include <nscl/app/systemd.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>

#include <gtest/gtest.h>

namespace nscl::app {
namespace {

/// Takes the part of the service manager.
class Receiver {
 public:
  explicit Receiver(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof address.sun_path - 1);
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    EXPECT_EQ(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), length), 0);
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;
  ~Receiver() { ::close(socket_); }

  std::string next() {
    std::array<char, 1024> buffer{};
    const ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return count < 0 ? "nothing" : std::string(buffer.data(), static_cast<std::size_t>(count));
  }

 private:
  int socket_;
};

std::string own_name(const std::string& prefix) { return prefix + "nscl-notify-" + std::to_string(getpid()); }

TEST(ServiceManager, SendsEachStateToAnAbstractSocket) {
  Receiver receiver(own_name("@"));
  const ServiceManager manager;
  EXPECT_TRUE(manager.is_present());
  EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr) << "nobody below us inherits it";
  manager.ready("Serving");
  EXPECT_EQ(receiver.next(), "READY=1\nSTATUS=Serving");
  manager.reloading();
  EXPECT_TRUE(receiver.next().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  manager.status("busy");
  EXPECT_EQ(receiver.next(), "STATUS=busy");
  manager.alive();
  EXPECT_EQ(receiver.next(), "WATCHDOG=1");
  manager.stopping();
  EXPECT_TRUE(receiver.next().starts_with("STOPPING=1\n"));
}

TEST(ServiceManager, SendsToAPath) {
  const std::string path = own_name(testing::TempDir());
  {
    Receiver receiver(path);
    ServiceManager().alive();
    EXPECT_EQ(receiver.next(), "WATCHDOG=1");
  }
  ::unlink(path.c_str());
}

TEST(ServiceManager, IsSilentWithoutOne) {
  for (const std::string& name : {std::string(), std::string("relative"), "/" + std::string(200, 'x')}) {
    setenv("NOTIFY_SOCKET", name.c_str(), 1);
    const ServiceManager manager;
    EXPECT_FALSE(manager.is_present());
    manager.alive();
  }
  setenv("NOTIFY_SOCKET", "/nobody/listens/here", 1);
  ServiceManager().alive();
}

TEST(ServiceManager, WatchdogIsFedTwiceInItsTime) {
  setenv("WATCHDOG_USEC", "30000000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_EQ(ServiceManager().watchdog_interval(), std::chrono::seconds(15));
  setenv("WATCHDOG_USEC", "30000000", 1);
  setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(ServiceManager().watchdog_interval().count(), 0) << "meant for another process";
  setenv("WATCHDOG_USEC", "nonsense", 1);
  EXPECT_EQ(ServiceManager().watchdog_interval().count(), 0);
}

}  // namespace
}  // namespace nscl::app
