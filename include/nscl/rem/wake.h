// SPDX-License-Identifier: Apache-2.0
// Waker: calls the devices that something waits for (rem.md 4.7, 5.5). What it has to do stands in the table of devices, so that it
// goes on after a restart.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/io_context.hpp>

#include <nscl/base/time.h>
#include <nscl/rem/connection_request.h>
#include <nscl/store/store.h>

namespace nscl::rem {

/// As who a device is called; nothing, or no function: without credentials. On the thread of the Waker.
using Logins = std::function<std::optional<Login>(store::View& view, const store::ManagedDevice& device)>;

/// What is pushed to a device in place of a call; nothing, or no function: it is called. On the thread of the Waker.
using Pushes = std::function<std::optional<Push>(store::View& view, const store::ManagedDevice& device)>;

struct WakeOptions {
  std::size_t parallel = 50;                      ///< devices called at once
  std::chrono::seconds between{10};               ///< two calls of one device
  std::chrono::seconds session_time{30};          ///< a device that was called has to begin a session within
  std::chrono::seconds after_refusal{3600};       ///< until a device is called again that did not take the credentials
  std::size_t events = 200;                       ///< kept of each device
  unsigned in_vain = 5;                           ///< calls that brought no session: the next one is an alarm, and there is no next push
};

/// A device is called when its wake_due has come and an operation waits for it, or the operator wants it (wake_attempts is 0 then).
/// Each call is written before it is made, with the time of the next one: 1, 2, 4 ... minutes later, an hour at most; of OMA-DM 1, 5, 30 and
/// 120 minutes. In place of a call a bootstrap of the device is pushed, until the device comes with the password in it, or it is given up.
class Waker {
 public:
  /// Runs on `home`, whose thread calls all that is not marked otherwise. All outlive it.
  Waker(store::Store& store, const Clock& clock, boost::asio::io_context& home, ConnectionRequester& requester, Logins logins, WakeOptions options, Pushes pushes = {});
  ~Waker();
  Waker(const Waker&) = delete;
  Waker& operator=(const Waker&) = delete;

  /// Looks each second from now on.
  void start();
  /// Begins nothing more. Any thread, if `home` does not run any more.
  void stop();
  /// Any thread: a device may be due.
  void poke();

  /// Looks once; the calls go on behind it.
  void look();
  /// Whether nothing of what look() began goes on.
  bool is_idle() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace nscl::rem
