// SPDX-License-Identifier: Apache-2.0
// The service manager's side of a daemon: sd_notify(3) as one datagram, and the watchdog's interval.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace nscl::app {

/// Silent and harmless when no service manager started us. Used from the main thread only.
class ServiceManager {
 public:
  /// Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment.
  ServiceManager();

  bool is_present() const { return !address_.empty(); }

  void ready(std::string_view status) const;   ///< READY=1
  void status(std::string_view status) const;  ///< STATUS=
  void reloading() const;                      ///< RELOADING=1; followed by ready()
  void stopping() const;                       ///< STOPPING=1
  void alive() const;                          ///< WATCHDOG=1

  /// How often alive() is wanted: half of what the service manager allows; zero if it does not watch.
  std::chrono::microseconds watchdog_interval() const { return watchdog_interval_; }

 private:
  void send(std::string_view message) const;

  std::string address_;  ///< socket path; a leading '@' is an abstract name
  std::chrono::microseconds watchdog_interval_{0};
};

}  // namespace nscl::app
