// SPDX-License-Identifier: Apache-2.0
// Server: builds the object graph, runs the I/O threads, stops in order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nscl/app/config.h>

namespace nscl::app {

class Server {
 public:
  /// `clock`: tests pass their own. `when_bound` is called once every address is bound, before the first thread starts and
  /// anything of the store is touched: the place to give up root. Throws std::runtime_error (text for the operator) if the
  /// store or an address cannot be opened, and what `when_bound` throws.
  Server(const Config& config, const Clock& clock, const std::function<void()>& when_bound = {});
  ~Server();

  /// The password of the administrator made at this start, once; nullopt if there were principals already.
  /// It is also in the file admin-password of the data directory.
  std::optional<std::string> new_administrator_password() const;

  /// Starts the threads; returns when all listeners accept.
  void start();
  /// Ports in the order of config.listeners.
  std::vector<std::uint16_t> ports() const;
  /// Drains and stops within stop_time. Idempotent.
  void stop();
  /// Takes over what can change at run time (log level, policy); throws ConfigError and changes nothing if `config`
  /// changes what cannot.
  void reload(const Config& config);
  /// True while every I/O thread and the writer of the store make progress; the watchdog looks at it.
  bool is_alive() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nscl::app
