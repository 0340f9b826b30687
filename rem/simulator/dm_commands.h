// SPDX-License-Identifier: Apache-2.0
// The commands of a server, done on a DM client (rem.md 3.6).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "dm_device.h"

namespace nscl::rem::simulator {

omadm::StatusElement status_to(const omadm::CommandElement& command, const std::string& message, std::string status);

class DmCommands {
 public:
  /// Takes what is answered, in its order.
  using Say = std::function<void(omadm::BodyElement)>;
  /// Says the alerts that a command left on the device.
  using SayAlerts = std::function<void()>;
  DmCommands(DmDevice& device, Say say, SayAlerts say_alerts)
      : device_(device), say_(std::move(say)), say_alerts_(std::move(say_alerts)), is_plain_(device.options().style == DmStyle::plain) {}

  /// Of a message with this MsgID. An Alert that is about the session itself is not for here.
  void perform(const omadm::CommandElement& command, const std::string& message, Time now);
  /// Each gets this status, and nothing is done.
  void refuse(const omadm::CommandElement& command, const std::string& message, const std::string& status);
  /// A large object is on its way: the server has to send on. Asking resets it.
  bool wants_more() { return std::exchange(wants_more_, false); }
  /// A session ends, and with it what came half.
  void forget() { partial_.reset(); }
  /// It met what that client does not survive.
  bool has_crashed() const { return has_crashed_; }

 private:
  struct Partial {
    std::string uri, data;
    std::optional<std::uint64_t> size;
  };
  void say_status(const omadm::CommandElement& command, const std::string& message, int status, const std::string& target = {});
  void get(const omadm::CommandElement& command, const std::string& message);
  void change(const omadm::CommandElement& command, const std::string& message, Time now);
  void run_atomic(const omadm::CommandElement& command, const std::string& message, Time now);
  void run_sequence(const omadm::CommandElement& command, const std::string& message, Time now);
  int write(const omadm::CommandElement& command, const omadm::Item& item, Time now);
  std::optional<int> collect(omadm::Item& item);
  void drop_partial_unless(const omadm::CommandElement& command);

  DmDevice& device_;
  const Say say_;
  const SayAlerts say_alerts_;
  const bool is_plain_;
  bool wants_more_ = false, has_crashed_ = false;
  std::optional<Partial> partial_;
};

}  // namespace nscl::rem::simulator
