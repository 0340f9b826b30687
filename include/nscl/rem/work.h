// SPDX-License-Identifier: Apache-2.0
// Work: what the engine of a management protocol (the ACS) asks of device management, and tells it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <nscl/base/error.h>
#include <nscl/base/time.h>
#include <nscl/net/async.h>
#include <nscl/rem/assignment.h>
#include <nscl/rem/device_facts.h>
#include <nscl/rem/task.h>
#include <nscl/store/management.h>

namespace nscl::rem {

/// A session begins: who calls, why, and what it told.
struct Contact {
  std::string device;                    ///< its id
  store::ManagementProtocol protocol = store::ManagementProtocol::bbf_tr069;
  DeviceFacts facts;                     ///< what this contact told; empty fields say nothing
  std::vector<store::ManagementEvent> events;   ///< with code, key and text; the rest is set here
  std::vector<Leaf> leaves;              ///< values that came along
  std::string gateway = {};              ///< id of the device that it is behind, if it tells; empty: no news
  bool is_bootstrap = false, is_boot = false;   ///< the device was reset, or restarted
  std::optional<bool> ends_reboot = {};  ///< it restarted as it was told to, by the rule of its model; nothing: its events tell
  Time password_set{};                   ///< when the password was set that it showed; the epoch: it showed none of its own
};

struct Welcome {
  store::ManagedState state = store::ManagedState::quarantined;
  DeviceFacts facts;                     ///< all that is known now
};

/// A device tells how something ended that it had accepted.
struct Completion {
  std::string device;
  std::string key;                       ///< may be empty, or nobody's
  std::string kind;                      ///< "TransferComplete", "DUStateChangeComplete", "AutonomousTransferComplete" ...
  std::optional<bool> is_upload = std::nullopt;   ///< of a transfer, where the message says so
  Report report;                         ///< done or failed
  std::string object = {};               ///< OMA-DM: the node that tells it, for an operation whose key is not told
};

/// Called on I/O threads, by one session of a device at a time; what is changed is durable when a call returns.
/// An error is service_unavailable: the store cannot write; the device is told to come again.
class Work {
 public:
  virtual ~Work() = default;

  /// not_found: the device is unknown and such are refused; nothing was kept. forbidden: the operator rejected it.
  virtual net::Task<Result<Welcome>> begin(Contact contact, boost::asio::io_context& context) = 0;

  /// The next operation for the device. Nothing if there is none, or it is quarantined. What restarts the
  /// device comes last.
  virtual net::Task<Result<std::optional<Assignment>>> next(std::string device, boost::asio::io_context& context) = 0;

  virtual net::Task<Result<void>> finish(std::string device, std::uint64_t operation, Report report, boost::asio::io_context& context) = 0;

  virtual net::Task<Result<void>> complete(Completion completion, boost::asio::io_context& context) = 0;

  /// The session is over; an operation that was not finished counts as no_answer. Does not wait.
  virtual void end(const std::string& device, std::optional<std::uint64_t> operation) = 0;
};

}  // namespace nscl::rem
