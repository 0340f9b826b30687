// SPDX-License-Identifier: Apache-2.0
// The session of a DM client: package 1, then answers to whatever the server wants, until it wants no more (rem.md 3.3).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dm_commands.h"
#include "dm_device.h"
#include "dm_login.h"
#include "dm_outbox.h"

namespace nscl::rem::simulator {

class DmSession {
 public:
  DmSession(std::shared_ptr<const DmClientOptions> options, std::string id, Time now);
  DmSession(const DmSession&) = delete;
  DmSession& operator=(const DmSession&) = delete;

  DmDevice& device() { return device_; }
  const DmDevice& device() const { return device_; }
  DmLogin& login() { return login_; }

  /// `called_as`: SessionID of the package 0 that it comes after; empty: it comes by itself.
  net::WebCall begin(const std::string& called_as, Time now);
  std::optional<net::WebCall> take(const net::WebAnswer& answer, Time now);
  std::optional<net::WebCall> end(std::optional<std::string> why, Time now, std::optional<std::chrono::seconds> wait = std::nullopt);

  /// Whether a package 0 is from this device's server.
  bool is_called_by(std::string_view package) const;

  bool is_open() const { return is_open_; }
  bool is_dead() const { return is_dead_; }   ///< it crashed, and comes no more
  bool is_told_to_wait() const { return told_to_wait_; }
  const std::optional<std::string>& failure() const { return failure_; }
  const std::string& events() const { return events_; }
  std::size_t requests() const { return requests_; }
  Time retry_at() const { return retry_at_; }
  void retry_now() { retry_at_ = Time{}; }

 private:
  const DmClientOptions& options() const { return device_.options(); }
  bool is_plain() const { return options().style == DmStyle::plain; }
  void say_opening();
  void say_alerts();
  std::optional<net::WebCall> post(Time now);
  std::optional<net::WebCall> post_again(Time now);
  std::optional<net::WebCall> deliver(Time now);
  std::string write(omadm::DmMessage& message);
  std::optional<net::WebCall> take_message(const omadm::DmMessage& message, const DmLogin::Octets& octets, Time now);
  void take_statuses(const omadm::DmMessage& message);
  bool take_command(const omadm::CommandElement& command, const std::string& message, Time now);
  std::optional<net::WebCall> go_on(const omadm::DmMessage& message, const DmVerdict& verdict, Time now);

  DmDevice device_;
  DmLogin login_;
  DmOutbox outbox_;
  DmCommands commands_;
  bool is_open_ = false, is_dead_ = false, told_to_wait_ = false;
  bool asks_on_ = false;                                 ///< the server has more, and is told that it may send it
  std::vector<omadm::BodyElement> first_;                ///< of the next message
  omadm::DmMessage said_;                                ///< the last one
  std::map<std::string, std::uint64_t> sent_alerts_;     ///< by the CmdID that they had in the last message
  std::uint64_t last_alert_ = 0;                         ///< that was said in this session
  std::string url_, id_, called_as_, events_;
  std::uint16_t sessions_ = 0;
  unsigned messages_ = 0, failures_ = 0;
  std::size_t requests_ = 0, room_ = 0;
  Time retry_at_{};
  std::optional<std::string> failure_;
};

}  // namespace nscl::rem::simulator
